"""Integers as one packed SystemVerilog constant."""

import numpy as np


def packed_literal(values: np.ndarray, width: int) -> str:
    """Sized constant of integers of ``width`` bits, first value in the least significant bits.

    Parameters
    ----------
    values : array of int, any shape
        Last axis fastest; signed or unsigned.
    width : int
        Bits a value.

    Raises
    ------
    ValueError
        If a value needs more bits, be it read as signed or as unsigned.
    """
    flat = np.asarray(values, dtype=np.int64).ravel()
    limit = 1 << width
    if (flat < -limit // 2).any() or (flat >= limit).any():
        raise ValueError(f"values {flat.min()}..{flat.max()} do not fit {width} bits")
    bits = ((flat[:, None] >> np.arange(width)) & 1).astype(np.uint8).ravel()
    number = int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")
    return f"{bits.size}'h{number:0{-(-bits.size // 4)}x}"
