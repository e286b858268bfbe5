"""The notebook of explanations runs from top to bottom on committed results, without data."""

import os
import re
from pathlib import Path

import nbclient
import nbformat
import pytest

pytest.importorskip("captum")
pytest.importorskip("shap")
pytest.importorskip("neurokit2")

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "quant_training" / "explain" / "explanations.ipynb"


def test_notebook_shows_maps_values_and_what_was_measured(monkeypatch):
    if not (ROOT / "results" / "explain.json").is_file():
        pytest.skip("results/explain.json is not here: make explain writes it")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(ROOT)}}
    nbclient.NotebookClient(notebook, timeout=600, resources=resources).execute()
    found = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in found)
    pictures = [output for output in found if "image/png" in output.get("data", {})]
    assert len(pictures) >= 3
    total, logit = re.findall(r"they sum to (\S+); the logit is (\S+)", text)[0]
    assert float(total) == pytest.approx(float(logit), abs=2e-3)
    assert text.count("random order") == 4
    assert any("holds" in output.get("data", {}).get("text/markdown", "") for output in found)


def test_notebook_is_stored_without_outputs():
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
