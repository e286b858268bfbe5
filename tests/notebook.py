"""Runs the board's notebook and checks what it promises, for the tests of both networks."""

import os
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "board" / "notebooks" / "cycles_per_beat.ipynb"


def execute(monkeypatch: pytest.MonkeyPatch, stem: str, folder: Path) -> nbformat.NotebookNode:
    """Run the notebook in ``folder``, where ``build/<stem>`` is."""
    monkeypatch.setenv("NET", stem)
    monkeypatch.setenv("BEATS", "40")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=900, resources=resources).execute()
    return notebook


def check(notebook: nbformat.NotebookNode) -> None:
    """All logits are PyTorch's, there are pictures, and every error is told and survived."""
    found = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in found)
    assert len([output for output in found if "image/png" in output.get("data", {})]) >= 2
    assert "cycle counts are simulated" in text
    count = text.split(" beats have PyTorch's logits")[0].rsplit("\n", 1)[-1]
    right, total = count.split(" of ")
    assert right == total
    for kind in ("BeatError: ", "SignalError: ", "RecordError: "):
        assert kind in text
    assert "RunError: the overlay ended the run" in text
    assert "the next run: exact" in text
