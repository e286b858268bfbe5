"""The notebook runs from top to bottom on the simulated board and shows what it promises."""

import os
from pathlib import Path

import nbclient
import nbformat
import pytest

from sim.overlay import stand_in

pytestmark = pytest.mark.xdist_group("board")

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "board" / "notebooks" / "cycles_per_beat.ipynb"
NETS = [stand_in.STEM, *filter(None, [os.environ.get("BOARD_NET")])]
"""The stand-in network always; BOARD_NET names a compiled one to run as well."""


def execute(monkeypatch, stem):
    pytest.importorskip(
        "ipykernel", reason="the notebook's kernel is missing: pip install ipykernel"
    )
    monkeypatch.setenv("NET", stem)
    monkeypatch.setenv("BEATS", "40")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=900, resources={"metadata": {"path": str(ROOT)}}
    )
    client.execute()
    return notebook


def outputs(notebook):
    found = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in found)
    pictures = [output for output in found if "image/png" in output.get("data", {})]
    return text, pictures


@pytest.mark.parametrize("stem", NETS)
def test_notebook_runs_and_all_logits_are_exact(monkeypatch, stem):
    text, pictures = outputs(execute(monkeypatch, stem))
    assert len(pictures) >= 2
    assert "cycle counts are simulated" in text
    count = text.split(" beats have PyTorch's logits")[0].rsplit("\n", 1)[-1]
    right, total = count.split(" of ")
    assert right == total
    assert text.count("InputError") == 3
    assert "RunError: the overlay ended the run" in text
    assert "the next run: exact" in text


def test_notebook_is_stored_without_outputs():
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
