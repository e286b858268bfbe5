"""LUT tables: dropping the inputs that they do not depend on."""

from hw.readback.netlist import ONE, ZERO


def reduce(table: int, nets: list[str | None]) -> tuple[int, list[str | None]]:
    """Drop constant inputs and inputs that do not matter.

    Parameters
    ----------
    table : int
        Bit ``i`` is the output for input value ``i``.
    nets : list of str or None
        Input nets, least significant first; None where nothing is known to drive the pin.

    Returns
    -------
    tuple
        The smaller table and the nets it still depends on.
    """
    kept = list(nets)
    for place in reversed(range(len(kept))):
        low, high = _cofactors(table, len(kept), place)
        if kept[place] == ZERO or low == high:
            table = low
        elif kept[place] == ONE:
            table = high
        else:
            continue
        del kept[place]
    return table, kept


def _cofactors(table: int, inputs: int, place: int) -> tuple[int, int]:
    low = high = 0
    block = 1 << place
    mask = (1 << block) - 1
    for number in range(1 << inputs >> place + 1):
        part = table >> number * 2 * block
        low |= (part & mask) << number * block
        high |= (part >> block & mask) << number * block
    return low, high
