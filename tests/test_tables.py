"""The committed tables are those that `make tables` makes from the committed results."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.cli.main import main
from dabench.results import read_results

ROOT = Path(__file__).parent.parent


def test_published_results_are_whole() -> None:
    results = read_results(ROOT / "results/mini.csv")
    assert not results.problems
    assert len(results.frame) == 50
    assert set(results.frame["status"]) == {"ok"}
    assert not results.frame["code_dirty"].any()


def test_the_table_of_mini_is_not_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    made = tmp_path / "mini.md"
    with pytest.raises(SystemExit) as stop:
        main(["table", "mini", "--results", "results/mini.csv", "--format", "markdown", "--output", str(made)])
    assert stop.value.code == 0
    assert made.read_text() == (ROOT / "tables/mini.md").read_text(), "run `make tables`"
