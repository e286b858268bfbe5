"""What a network is made of, and the stem that names it."""

import re
from dataclasses import dataclass

from quant_training.errors import UnknownNetError

_STEM = re.compile(
    r"(?P<net>v[12])-(?:float32|w(?P<w>[2-8])a(?P<a>[2-8]))(?:-(?P<suffix>[a-z0-9-]+))?"
)


@dataclass(frozen=True)
class NetConfig:
    """What a network is made of; bit widths of ``None`` mean float32."""

    net: str = "v2"
    weight_bits: int | None = 4  # narrow range, one scale per output channel
    act_bits: int | None = 4  # unsigned, one scale per tensor
    classifier_bits: int = 8  # one scale per tensor, so that logits compare as integers

    @classmethod
    def from_stem(cls, stem: str) -> "NetConfig":
        """Configuration named by a stem such as ``v2-w4a4``, ``v1-float32`` or ``v2-w4a4-paper``.

        Raises
        ------
        UnknownNetError
            If the stem does not name V1 or V2 with bit widths of 2 to 8.
        """
        match = _STEM.fullmatch(stem)
        if match is None:
            raise UnknownNetError(stem)
        bits = (int(match["w"]), int(match["a"])) if match["w"] else (None, None)
        return cls(match["net"], *bits)

    @property
    def quantised(self) -> bool:
        return self.weight_bits is not None
