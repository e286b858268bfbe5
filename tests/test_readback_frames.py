"""Configuration packets to frames, on bitstreams that the test writes itself."""

import json
import struct

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.readback.frames import FRAME_WORDS, addresses, read_bit

IDCODE = 0x3727093
PART = {
    "idcode": IDCODE,
    "global_clock_regions": {
        half: {
            "rows": {
                "0": {
                    "configuration_buses": {
                        "CLB_IO_CLK": {"configuration_columns": {"0": {"frame_count": 2}}},
                        "BLOCK_RAM": {"configuration_columns": {"0": {"frame_count": 1}}},
                    }
                }
            }
        }
        for half in ("top", "bottom")
    },
}


def packet(register, *payload):
    return [1 << 29 | 2 << 27 | register << 13 | len(payload), *payload]


def bit_file(words):
    data = struct.pack(f">{len(words)}I", *words)
    fields = b"\0\x09\x0f\xf0\x0f\xf0\x0f\xf0\x0f\xf0\0\0\x01"
    for letter, text in ((b"a", b"test\0"), (b"b", b"part\0")):
        fields += letter + struct.pack(">H", len(text)) + text
    return fields + b"e" + struct.pack(">I", len(data)) + data


@pytest.fixture
def part(tmp_path):
    path = tmp_path / "part.json"
    path.write_text(json.dumps(PART))
    return path


def written(tmp_path, words):
    path = tmp_path / "some.bit"
    path.write_bytes(bit_file([0xFFFFFFFF, 0xAA995566, 0x20000000, *words]))
    return path


def burst(far, rows):
    count = len(rows) * FRAME_WORDS
    head = [*packet(4, 1), *packet(1, far), 1 << 29 | 2 << 27 | 2 << 13, 2 << 29 | 2 << 27 | count]
    return [*head, *(int(word) for row in rows for word in row)]


def frame(value):
    return np.full(FRAME_WORDS, value)


def test_addresses_count_as_the_device_does():
    assert addresses(PART) == [0, 1, 0x400000, 0x400001, 0x800000, 0xC00000]


def test_a_burst_fills_frames_from_its_address_and_skips_the_padding_between_rows(tmp_path, part):
    rows = [frame(1), frame(2), frame(0), frame(0), frame(3), frame(99)]
    frames = read_bit(written(tmp_path, [*packet(12, IDCODE), *burst(0, rows)]), part)
    assert frames.words[:, 0].tolist() == [1, 2, 3, 0, 0, 0]


def test_single_frames_land_at_their_addresses(tmp_path, part):
    words = [*packet(12, IDCODE), *burst(0x800000, [frame(7), frame(0)])]
    words += burst(0x400001, [frame(5), frame(0)])
    frames = read_bit(written(tmp_path, words), part)
    assert frames.words[:, 100].tolist() == [0, 0, 0, 5, 7, 0]


def test_bits_of_a_block_are_numbered_over_its_words(tmp_path, part):
    row = frame(0)
    row[3] = 1 << 4
    frames = read_bit(written(tmp_path, [*packet(12, IDCODE), *burst(1, [row, frame(0)])]), part)
    bits = frames.bits(0, 2, 2, 2)
    assert np.argwhere(bits).tolist() == [[1, 36]]
    frames.flip(0, 1, 32 * 3 + 4)
    assert not frames.words.any()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*packet(12, 0x1234)], "is for device 0x00001234"),
        ([*packet(12, IDCODE)], "writes no frame"),
        ([*packet(12, IDCODE), *burst(0x20, [frame(1), frame(0)])], "is not in the part's address"),
        ([*packet(12, IDCODE), *burst(0, [frame(1), frame(0)])[:-1]], "a packet is cut short"),
        ([0x80000000], "is no packet"),
    ],
)
def test_a_wrong_bitstream_is_refused_in_one_line(tmp_path, part, words, message):
    with pytest.raises(HardwareError, match=message) as caught:
        read_bit(written(tmp_path, words), part)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path, part):
    with pytest.raises(HardwareError, match=r"cannot read .*absent\.bit"):
        read_bit(tmp_path / "absent.bit", part)
