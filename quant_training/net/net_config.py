"""What a network is made of."""

from dataclasses import dataclass

from arrhythminet.errors import StemError
from arrhythminet.stem import Stem

NETS = ("v1", "v2")


@dataclass(frozen=True)
class NetConfig:
    """What a network is made of; bit widths of ``None`` mean float32."""

    net: str = "v2"
    weight_bits: int | None = 4  # narrow range, one scale per output channel
    act_bits: int | None = 4  # unsigned, one scale per tensor
    classifier_bits: int = 8  # one scale per tensor, so that logits compare as integers

    @classmethod
    def from_stem(cls, text: str) -> "NetConfig":
        """Configuration named by a stem such as ``v2-w4a4``, ``v1-float32`` or ``v2-w4a4-paper``.

        Raises
        ------
        StemError
            If the stem does not name V1 or V2 with bit widths of 2 to 8.
        """
        stem = Stem.parse(text)
        if stem.net not in NETS:
            raise StemError(text)
        return cls(stem.net, stem.weight_bits, stem.act_bits)

    @property
    def quantised(self) -> bool:
        return self.weight_bits is not None
