"""Resources of a mapped netlist in the report's terms, and whether they fit the device."""

from collections import Counter
from collections.abc import Mapping

from hw.errors import HardwareError
from hw.implement.device import PART, RESOURCES

KEYS = ("LUT", "LUTRAM", "FF", "DSP48E1", "RAMB18E1", "RAMB36E1")
"""``LUT`` counts every LUT site, those used as memory or shift register (``LUTRAM``) too."""

_LUTRAM_SITES = {
    "RAM32X1S": 1,
    "RAM32X1D": 2,
    "RAM32M": 4,
    "RAM64X1S": 1,
    "RAM64X1D": 2,
    "RAM64M": 4,
    "RAM128X1S": 2,
    "RAM128X1D": 4,
    "RAM256X1S": 4,
    "SRL16E": 1,
    "SRLC16E": 1,
    "SRLC32E": 1,
}
_CELLS: dict[str, dict[str, int]] = {
    **{f"LUT{inputs}": {"LUT": 1} for inputs in range(1, 7)},
    "INV": {"LUT": 1},
    **{name: {"LUT": sites, "LUTRAM": sites} for name, sites in _LUTRAM_SITES.items()},
    **{name: {"FF": 1} for name in ("FDRE", "FDSE", "FDCE", "FDPE", "LDCE", "LDPE")},
    **{name: {name: 1} for name in ("DSP48E1", "RAMB18E1", "RAMB36E1")},
}


def of_netlist(netlist: Mapping, top: str) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Resources of ``top`` and of each module instance in it.

    Parameters
    ----------
    netlist : mapping
        A mapped hierarchical netlist as Yosys' ``write_json`` gives it.
    top : str
        Name of the top module.

    Returns
    -------
    total, instances
        Counts by ``KEYS``: of all of ``top``, and by instance name of what it instantiates.
        Cells of ``top`` itself are in ``total`` only.
    """
    modules = netlist["modules"]
    if top not in modules:
        raise HardwareError(f"the netlist has no module {top!r}, only {', '.join(sorted(modules))}")
    known: dict[str, Counter[str]] = {}

    def count(name: str) -> Counter[str]:
        if name not in known:
            known[name] = Counter()
            for cell_type, cells in Counter(
                cell["type"] for cell in modules[name]["cells"].values()
            ).items():
                part = _CELLS.get(cell_type) or (count(cell_type) if cell_type in modules else {})
                for key, sites in part.items():
                    known[name][key] += cells * sites
        return known[name]

    instances = {
        instance: _filled(count(cell["type"]))
        for instance, cell in sorted(modules[top]["cells"].items())
        if cell["type"] in modules
    }
    return _filled(count(top)), instances


def _filled(counts: Mapping[str, int]) -> dict[str, int]:
    return {key: counts.get(key, 0) for key in KEYS}


def check_fits(total: Mapping[str, int], what: str) -> None:
    """Raise when ``total`` needs more of anything than the device has."""
    used = {
        **total,
        "RAMB36E1": total["RAMB36E1"] + (total["RAMB18E1"] + 1) // 2,
    }
    over = [
        f"{used[key]:,} {key} of {limit:,}" for key, limit in RESOURCES.items() if used[key] > limit
    ]
    if over:
        raise HardwareError(
            f"{what} does not fit the {PART}: {', '.join(over)}; "
            "compile it with a larger II (more cycles per beat)"
        )
