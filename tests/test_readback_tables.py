"""LUT tables without the inputs that do not matter."""

from hypothesis import given
from hypothesis import strategies as st

from hw.readback.netlist import ONE, ZERO
from hw.readback.tables import reduce


@given(
    st.integers(0, 2**64 - 1),
    st.lists(st.sampled_from([ZERO, ONE, "a", "b", "c", None]), min_size=6, max_size=6),
    st.tuples(*[st.booleans()] * 4),
)
def test_the_smaller_table_gives_the_same_output(table, nets, values):
    level = dict(zip(["a", "b", "c", None], values, strict=True)) | {ZERO: False, ONE: True}
    smaller, kept = reduce(table, nets)
    index = sum(level[net] << place for place, net in enumerate(nets))
    short = sum(level[net] << place for place, net in enumerate(kept))
    assert smaller >> short & 1 == table >> index & 1
    assert not {ZERO, ONE} & set(kept)


def test_an_input_that_does_not_matter_goes():
    assert reduce(0b1100, ["a", "b"]) == (0b10, ["b"])


def test_an_unknown_input_that_does_not_matter_goes():
    assert reduce(0b1010, ["a", None]) == (0b10, ["a"])
