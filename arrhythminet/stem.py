"""A network's one name, from configuration to bitstream.

``<net>-<precision>[-<protocol>][-<form>][-s<seed>][-dsp0]``: protocol and form are left out where
they are ``beat``, the seed where it is 0. ``dsp0`` is the same trained network in hardware without
a DSP48E1.
"""

import re
from dataclasses import dataclass, replace
from typing import Optional

from arrhythminet.errors import StemError

PROTOCOLS = ("paper", "beat", "patient")
"""How training and test beats are divided, see ``quant_training.data.protocols``."""
FORMS = ("beat", "rhythm")
"""What a beat's 360 values are, see :mod:`arrhythminet.beats`."""

_STEM = re.compile(
    r"(?P<net>[a-z][a-z0-9]*)-(?:float32|w(?P<weights>[2-8])a(?P<acts>[2-8]))"
    r"(?:-(?P<protocol>paper|patient))?(?:-(?P<form>rhythm))?(?:-s(?P<seed>[1-9]\d*))?(?P<dsp0>-dsp0)?"
)


@dataclass(frozen=True)
class Stem:
    """A network's name in its parts; bit widths of ``None`` mean float32."""

    net: str
    weight_bits: Optional[int] = None
    act_bits: Optional[int] = None
    protocol: str = "beat"
    form: str = "beat"
    seed: int = 0
    dsp: bool = True

    @classmethod
    def parse(cls, text: str) -> "Stem":
        """Parts of a name such as ``v2-w4a4``, ``v1-float32-s2`` or ``v1-w4a4-patient-rhythm``.

        Raises
        ------
        StemError
            If it is no such name.
        """
        match = _STEM.fullmatch(text)
        if match is None:
            raise StemError(text)
        weights, acts = match["weights"], match["acts"]
        return cls(
            match["net"],
            int(weights) if weights else None,
            int(acts) if acts else None,
            match["protocol"] or "beat",
            match["form"] or "beat",
            int(match["seed"] or 0),
            match["dsp0"] is None,
        )

    def __str__(self) -> str:
        suffixes = [suffix for suffix in (self.protocol, self.form) if suffix != "beat"]
        seed = [f"s{self.seed}"] if self.seed else []
        return "-".join([self.net, self.precision, *suffixes, *seed]) + self._multipliers

    @property
    def precision(self) -> str:
        """``w4a4``, or ``float32``."""
        return "float32" if self.weight_bits is None else f"w{self.weight_bits}a{self.act_bits}"

    @property
    def hardware(self) -> str:
        """What sets the hardware's shape, whatever was trained: ``v2-w4a4``, ``v2-w4a4-dsp0``."""
        return f"{self.net}-{self.precision}{self._multipliers}"

    @property
    def trained(self) -> str:
        """Name of the checkpoint: the stem without what only hardware knows."""
        return str(replace(self, dsp=True))

    @property
    def _multipliers(self) -> str:
        return "" if self.dsp else "-dsp0"

    @property
    def module(self) -> str:
        """Name of the RTL top module: ``v2_w4a4``."""
        return str(self).replace("-", "_")
