"""The notebook of the tutorial runs from its first cell to its last, from an empty folder."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "docs/tutorial/notebook.ipynb"


@pytest.mark.slow
def test_the_notebook_runs(tmp_path: Path, data: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    html = [data["text/html"] for data in shown if "text/html" in data]
    tables, bars = ([text for text in html if mark in text] for mark in ("<table>", "<progress"))
    assert "mean matching" in tables[0]
    assert "weight=0.001" in tables[-1]
    assert any("image/png" in data for data in shown)
    assert len(html) == len(tables) + len(bars) + 3  # the other three are frames: nothing else was shown
    assert ['value="12" max="12"' in bar for bar in bars] == [True, False]
    assert 'value="3" max="3"' in bars[1]
