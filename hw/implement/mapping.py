"""Map RTL to the device's cells module by module: in parallel, each module only once.

Yosys elaborates the design as a whole. Then the modules that the top instantiates, each
flattened, are mapped in batches, several processes at a time, and kept by what they were made
from: a run that was cut short goes on where it stopped, and a changed layer is mapped alone.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from arrhythminet import steps
from arrhythminet.files import write_text
from hw.errors import HardwareError
from hw.tools import yosys

_LIBRARY = [
    "read_verilog -lib -specify +/xilinx/cells_sim.v",
    "read_verilog -lib +/xilinx/cells_xtra.v",
]
_BATCH_BYTES = 2_000_000
# nextpnr-xilinx puts shift registers with different enables into one slice, which has one enable
# for them, and then routes for ever.
_MAP = "synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -nosrl"
_BLACKBOX = "attribute \\blackbox 1\n"
_END = re.compile(r"^end\n", re.MULTILINE)
_MODULE = re.compile(r"^module (\S+)$", re.MULTILINE)
_HEADER = re.compile(r"^(?:#|autoidx).*\n", re.MULTILINE)
_PORT = re.compile(r"^  (wire .*(?:input|output|inout) \d+ .*)$", re.MULTILINE)
_NUMBERED = re.compile(r"\$\S*\$\d+(?!\S)")


def recipe(dsp: bool = True) -> str:
    """Command that maps a module, with DSP48E1 slices or without."""
    return f"{_MAP}{'' if dsp else ' -nodsp'} -run prepare:check"


def elaborate(folder: Path, paths: list[Path], top: str, mapped: tuple[str, Path] | None) -> Path:
    """The design in RTLIL: ``top`` and the modules that it instantiates, each flattened."""
    staged = folder / "src"
    output = folder / "elaborated.il"
    box, boxes = "", []
    if mapped:
        box = f" ={mapped[0]}"
        boxes = ["read_json src/mapped.json", f"blackbox {mapped[0]}", "delete *"]
    commands = [
        *boxes,
        yosys.LIBRARY,
        f"read_verilog -sv -defer {' '.join(f'src/{path.name}' for path in paths)}",
        f"hierarchy -check -top {top}",
        f"setattr -mod -set keep_hierarchy 1 {top}/* %M",
        "proc",
        "flatten",
        "opt_clean",
        "delete */t:$scopeinfo",
        "setattr -unset src */*",
        "setattr -mod -unset src *",
        f"select *{box}",
        f"write_rtlil -selected {output.name}.tmp",
    ]

    def make(_: Path) -> None:
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for path in paths:
            shutil.copyfile(path, staged / path.name)
        if mapped:
            shutil.copyfile(mapped[1], staged / "mapped.json")
        yosys.run(commands, folder, "elaborate")

    inputs = [*paths, mapped[1]] if mapped else paths
    steps.once(output, steps.digest(inputs, *commands, yosys.version()), make)
    return output


def split(rtlil: str) -> dict[str, str]:
    """Text of every module of an RTLIL file by name.

    Names that Yosys numbered through the whole run are numbered through the module instead, so
    that the text depends on nothing but the module.
    """
    modules, start = {}, 0
    for found in _END.finditer(rtlil):
        text = _HEADER.sub("", rtlil[start : found.end()])
        start = found.end()
        head = _MODULE.search(text)
        if head is None:
            raise HardwareError("Yosys wrote RTLIL without a module name; see elaborate.log")
        modules[head.group(1)] = _renumbered(text)
    return modules


def _renumbered(text: str) -> str:
    names: dict[str, str] = {}

    def number(found: re.Match) -> str:
        return names.setdefault(found.group(), f"$n${len(names)}")

    return _NUMBERED.sub(number, text)


def ports_only(text: str) -> str:
    """A module's RTLIL without its contents: what a module that instantiates it has to know."""
    name = _MODULE.search(text)
    ports = "".join(f"  {wire}\n" for wire in _PORT.findall(text))
    return f"attribute \\blackbox 1\nmodule {name.group(1) if name else ''}\n{ports}end\n"


def batches(names: Iterable[str], modules: dict[str, str]) -> list[list[str]]:
    """Names in groups of bounded size, the largest modules first."""
    groups: list[list[str]] = []
    room = 0
    for name in sorted(names, key=lambda name: (-len(modules[name]), name)):
        if len(modules[name]) > room:
            groups.append([])
            room = _BATCH_BYTES
        groups[-1].append(name)
        room -= len(modules[name])
    return groups


def plain(module: dict) -> dict:
    """A mapped module with hidden cells numbered and hidden nets' names left out.

    What else was mapped in the same run then leaves no trace.
    """
    number = count()
    cells = {
        f"$cell${next(number)}" if name.startswith("$") else name: cell
        for name, cell in module["cells"].items()
    }
    nets = {name: net for name, net in module["netnames"].items() if not name.startswith("$")}
    return {**module, "cells": cells, "netnames": nets}


def map_batch(folder: Path, number: int, texts: dict[str, Path], source: str, command: str) -> None:
    """Map the modules of an RTLIL text and keep each at the path given for its name."""
    name = f"batch{number}"
    write_text(folder / f"{name}.il", source)
    commands = [*_LIBRARY, f"read_rtlil {name}.il", command, *yosys.write_netlist(f"{name}.json")]
    try:
        yosys.run(commands, folder, name)
        netlist = json.loads((folder / f"{name}.json").read_text())["modules"]
        for module, path in texts.items():
            write_text(path, json.dumps(plain(netlist[module.removeprefix("\\")])))
    finally:
        (folder / f"{name}.json").unlink(missing_ok=True)
        (folder / f"{name}.il").unlink(missing_ok=True)


def map_modules(folder: Path, elaborated: str, top: str, command: str) -> dict[str, dict]:
    """Map what :func:`elaborate` gave; modules by name, as in Yosys' JSON netlists.

    ``command`` is a :func:`recipe`.
    """
    modules = split(elaborated)
    boxes = "".join(text for text in modules.values() if _BLACKBOX in text)
    modules = {name: text for name, text in modules.items() if _BLACKBOX not in text}
    sources = {name: boxes + text for name, text in modules.items()}
    stubs = "".join(ports_only(text) for name, text in modules.items() if name != f"\\{top}")
    sources[f"\\{top}"] = stubs + sources[f"\\{top}"]
    kept = folder / "modules"
    kept.mkdir(parents=True, exist_ok=True)
    version = f"{yosys.version()} {command}"
    paths = {
        name: kept / f"{hashlib.sha256((version + source).encode()).hexdigest()[:24]}.json"
        for name, source in sources.items()
    }
    for stale in set(kept.iterdir()) - set(paths.values()):
        stale.unlink()
    todo = [name for name, path in paths.items() if not path.is_file() and name != f"\\{top}"]
    groups = [
        (names, boxes + "".join(modules[name] for name in names))
        for names in batches(todo, modules)
    ]
    if not paths[f"\\{top}"].is_file():
        groups.append(([f"\\{top}"], sources[f"\\{top}"]))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [
            pool.submit(map_batch, folder, number, {n: paths[n] for n in names}, source, command)
            for number, (names, source) in enumerate(groups)
        ]
        try:
            for run in runs:
                run.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {name.removeprefix("\\"): json.loads(path.read_text()) for name, path in paths.items()}
