"""Let nextpnr-xilinx use both DSP48E1 slices of a tile.

It puts a slice without a cascade input only into the lower half of a tile, so that of 220 slices
110 could be used, and its placer does not end when more are asked for. Here chains of odd length
are joined in twos by the A cascade, which the upper slice ignores (``A_INPUT`` is ``DIRECT``).
"""

from itertools import count

_CASCADES = (
    ("PCOUT", "PCIN"),
    ("ACOUT", "ACIN"),
    ("BCOUT", "BCIN"),
    ("CARRYCASCOUT", "CARRYCASCIN"),
)
_A_WIDTH = 30


def chains(cells: dict[str, dict]) -> list[list[str]]:
    """Cascades of DSP48E1 cells, from the first slice to the last, single ones too."""
    slices = {name: cell for name, cell in cells.items() if cell["type"] == "DSP48E1"}
    follower: dict[str, str] = {}
    for source, sink in _CASCADES:
        driver = {bit: name for name, cell in slices.items() for bit in _nets(cell, source)}
        for name, cell in slices.items():
            for bit in _nets(cell, sink):
                if bit in driver:
                    follower[driver[bit]] = name
    found = []
    for name in sorted(slices.keys() - set(follower.values())):
        chain = [name]
        while chain[-1] in follower:
            chain.append(follower[chain[-1]])
        found.append(chain)
    return found


def join(module: dict) -> int:
    """Join chains of odd length in twos, neighbours by name first.

    Parameters
    ----------
    module : dict
        A flat module of a Yosys JSON netlist; changed in place.

    Returns
    -------
    int
        Tiles that the DSP48E1 slices now take.
    """
    cells = module["cells"]
    found = chains(cells)
    odd = [chain for chain in found if len(chain) % 2]
    fresh = count(1 + max((bit for cell in cells.values() for bit in _all_nets(cell)), default=1))
    pairs = list(zip(odd[::2], odd[1::2], strict=False))
    for lower, upper in pairs:
        bits = [next(fresh) for _ in range(_A_WIDTH)]
        for cell, port, direction in (
            (cells[lower[-1]], "ACOUT", "output"),
            (cells[upper[0]], "ACIN", "input"),
        ):
            cell["connections"][port] = bits
            cell["port_directions"][port] = direction
    return sum((len(chain) + 1) // 2 for chain in found) - len(pairs)


def _nets(cell: dict, port: str) -> list[int]:
    return [bit for bit in cell["connections"].get(port, []) if isinstance(bit, int)]


def _all_nets(cell: dict) -> list[int]:
    return [bit for port in cell["connections"] for bit in _nets(cell, port)]
