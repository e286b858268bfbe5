"""The overlay's RTL is accepted by the tools and follows the register map."""

from pathlib import Path

from board import registers
from hw.overlay.generate import PACKAGE, systemverilog_package
from hw.overlay.sources import BLACKBOXES, CORE, LIBRARY, TOP
from hw.tools import yosys
from hw.tools.verilator import lint
from sim.overlay import stand_in


def test_package_is_what_the_register_map_generates():
    assert PACKAGE.read_text() == systemverilog_package(), "run: python -m hw.overlay.generate"


def test_registers_do_not_overlap_and_are_words():
    offsets = [register.offset for register in registers.REGISTERS]
    assert len(set(offsets)) == len(offsets)
    assert all(offset % 4 == 0 and offset < registers.ADDRESS_RANGE for offset in offsets)


def test_error_bits_are_described_by_name():
    text = registers.describe_errors(1 << registers.ERROR_BITS["LENGTH"])
    assert text.startswith("LENGTH (")
    assert registers.describe_errors(0) == ""


def test_verilator_has_no_warning():
    sources = [*CORE, TOP, *BLACKBOXES, *LIBRARY, *stand_in.SOURCES]
    assert lint(sources, "overlay_top") == ""


def test_yosys_accepts_the_whole_design_and_finds_no_problem(tmp_path):
    names = []
    for path in [*CORE, TOP, *LIBRARY, *stand_in.SOURCES]:
        (tmp_path / path.name).write_text(path.read_text())
        names.append(path.name)
    commands = [
        f"read_verilog -sv -defer {' '.join(names)}",
        yosys.LIBRARY,
        "hierarchy -check -top overlay_top",
        "proc",
        "check -assert",
    ]
    yosys.run(commands, tmp_path, "check")


def test_readme_lists_every_register():
    text = (Path(registers.__file__).parent / "README.md").read_text()
    for register in registers.REGISTERS:
        assert f"| 0x{register.offset:02x} | {register.name} | {register.access} |" in text
