"""The notebook runs from top to bottom on the simulated board and shows what it promises."""

import nbformat
import notebook
import pytest

from sim.overlay import stand_in


@pytest.mark.xdist_group("board")
def test_notebook_runs_and_all_logits_are_exact(monkeypatch):
    notebook.check(notebook.execute(monkeypatch, stand_in.STEM, notebook.ROOT))


def test_notebook_is_stored_without_outputs():
    for cell in nbformat.read(notebook.NOTEBOOK, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
