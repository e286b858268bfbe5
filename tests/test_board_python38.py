"""The board's Python 3.8 reads the driver."""

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {
    "arrhythminet": {"board", "hw", "sim", "quant_training"},
    "board": {"hw", "sim", "quant_training"},
}
"""What ships to the board, and the folders that it must not import."""
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
IMPORTS = """
import board.driver, board.inputs, board.samples, board.registers
import arrhythminet.frontend.front_end
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_syntax_is_python_38(path):
    ast.parse(path.read_text(), str(path), feature_version=(3, 8))


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_stay_within_what_ships(folder):
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            packages = {name.split(".")[0] for name in names}
            assert not packages & FOLDERS[folder], f"{path} imports {names}"


def test_python_38_imports_the_driver():
    python = shutil.which("python3.8")
    if python is None:
        pytest.skip("no python3.8 on PATH")
    if subprocess.run([python, "-c", "import numpy"], check=False, capture_output=True).returncode:
        pytest.skip("python3.8 has no numpy")
    subprocess.run([python, "-c", IMPORTS], cwd=ROOT, check=True)
