"""The overlay's register map, written once.

The driver reads it from here; ``python -m hw.overlay.generate`` makes the SystemVerilog package
``hw/overlay/overlay_pkg.sv`` and the registers of the ``.hwh`` from it.
"""

import hashlib
from typing import NamedTuple, Tuple

MAGIC = int.from_bytes(b"ECGN", "big")
VERSION = 0x0001_0000
"""Major version in the upper half: a driver and an overlay of different majors do not fit."""

BASE_ADDRESS = 0x43C0_0000
ADDRESS_RANGE = 0x1000
RESULT_BYTES = 32
"""label, a logit (int32) a class, latency cycles, interval cycles; little-endian."""


class Field(NamedTuple):
    """Bits of a register."""

    name: str
    bit: int
    description: str
    width: int = 1


class Register(NamedTuple):
    """One 32-bit register.

    ``access``: ``ro`` read only, ``rw`` read and write, ``w1c`` a 1 clears the bit, ``wo`` write
    only, reads 0.
    """

    name: str
    offset: int
    access: str
    description: str
    fields: Tuple[Field, ...] = ()
    reset: int = 0


REGISTERS = (
    Register("MAGIC", 0x00, "ro", "Identifies the overlay", reset=MAGIC),
    Register("VERSION", 0x04, "ro", "Major version in the upper half", reset=VERSION),
    Register("NETWORK_HASH", 0x08, "ro", "First 32 bits of the SHA-256 of the network's stem"),
    Register("BEAT_SAMPLES", 0x0C, "ro", "Samples (bytes) of a beat"),
    Register(
        "CONTROL",
        0x10,
        "wo",
        "Commands",
        (
            Field("START", 0, "start a run of BEAT_COUNT beats"),
            Field("RESET", 1, "end the run, reset the network, clear the errors if no run was on"),
        ),
    ),
    Register(
        "STATUS",
        0x14,
        "ro",
        "State of the run",
        (
            Field("BUSY", 0, "a run is on or is being cleared away: START is refused"),
            Field("DONE", 1, "the run has ended, well or not; START clears it"),
        ),
    ),
    Register(
        "ERROR",
        0x18,
        "w1c",
        "Why the run ended early or a request was refused; START clears it",
        (
            Field("SOURCE_ADDRESS", 0, "source unaligned to 8 bytes or outside the memory"),
            Field(
                "DESTINATION_ADDRESS",
                1,
                "destination unaligned to 32 bytes, outside the memory or over the source",
            ),
            Field("LENGTH", 2, "beat count is zero or more than MAX_BEATS"),
            Field("READ", 3, "the memory answered a read with an AXI error"),
            Field("WRITE", 4, "the memory answered a write with an AXI error"),
            Field("BUSY", 5, "START while busy; the run that was on is not affected"),
            Field("TIMEOUT", 6, "nothing moved for WATCHDOG cycles"),
            Field("ABORTED", 7, "RESET ended the run"),
            Field("BUS_STUCK", 8, "the memory left a transaction open; BUSY until it answers"),
        ),
    ),
    Register("IRQ_ENABLE", 0x1C, "rw", "Interrupt on", (Field("DONE", 0, "the run has ended"),)),
    Register(
        "IRQ_PENDING", 0x20, "w1c", "Interrupt from", (Field("DONE", 0, "the run has ended"),)
    ),
    Register("SOURCE", 0x24, "rw", "Physical address of the beats, 8-byte aligned"),
    Register("DESTINATION", 0x28, "rw", "Physical address of the results, 32-byte aligned"),
    Register("BEAT_COUNT", 0x2C, "rw", "Beats in a run, 1 to MAX_BEATS"),
    Register("MAX_BEATS", 0x30, "ro", "Largest beat count"),
    Register("MEMORY_FIRST", 0x34, "ro", "Lowest address the overlay may use"),
    Register("MEMORY_LAST", 0x38, "ro", "Highest address the overlay may use"),
    Register(
        "WATCHDOG", 0x3C, "rw", "Cycles without progress that end a run; 0: 2^32", reset=1_000_000
    ),
    Register("BEATS_DONE", 0x40, "ro", "Results that reached memory in this run"),
    Register("TOTAL_CYCLES_LOW", 0x44, "ro", "Cycles from START to the last result in memory"),
    Register("TOTAL_CYCLES_HIGH", 0x48, "ro", "Upper half; both rest once the run has ended"),
    Register(
        "FIRST_LATENCY", 0x4C, "ro", "Cycles from the first beat's first sample to its result"
    ),
    Register("MIN_INTERVAL", 0x50, "ro", "Fewest cycles between two results; 0 if none"),
    Register("MAX_INTERVAL", 0x54, "ro", "Most cycles between two results; 0 if none"),
)

OFFSETS = {register.name: register.offset for register in REGISTERS}
ERROR_BITS = {
    field.name: field.bit
    for register in REGISTERS
    if register.name == "ERROR"
    for field in register.fields
}


def mask(register: str, field: str) -> int:
    """Bit mask of a register's field, e.g. ``mask("STATUS", "BUSY")``."""
    for entry in REGISTERS:
        if entry.name == register:
            for bits in entry.fields:
                if bits.name == field:
                    return ((1 << bits.width) - 1) << bits.bit
    raise KeyError(f"{register}.{field} is not in the register map")


def network_hash(stem: str) -> int:
    """Value of NETWORK_HASH for a stem such as ``v2-w4a4``."""
    return int.from_bytes(hashlib.sha256(stem.encode()).digest()[:4], "big")


def describe_errors(value: int) -> str:
    """Names and meanings of the error bits set in ``value``; empty if none is."""
    entry = next(register for register in REGISTERS if register.name == "ERROR")
    return "; ".join(
        f"{field.name} ({field.description})" for field in entry.fields if value >> field.bit & 1
    )
