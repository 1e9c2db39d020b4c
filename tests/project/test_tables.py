"""The committed tables are those that `make tables` makes from the committed results."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.cli.main import main
from dabench.results.folder import read_results

ROOT = Path(__file__).parents[2]


def test_published_results_are_whole() -> None:
    results = read_results(ROOT / "results/mini.csv")
    assert not results.flaws
    assert len(results.frame) == 50
    assert set(results.frame["status"]) == {"ok"}
    assert not results.frame["code_dirty"].any()


SUITES = sorted(path.stem for path in (ROOT / "results").glob("*.csv"))


@pytest.mark.parametrize(("form", "suffix"), [("markdown", "md"), ("latex", "tex")])
@pytest.mark.parametrize("suite", SUITES)
def test_no_table_is_stale(suite: str, form: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    made = tmp_path / suite
    table = ["table", suite, "--results", f"results/{suite}.csv", "--all-pairs"]
    with pytest.raises(SystemExit) as stop:
        main([*table, "--format", form, "--output", str(made)])
    assert stop.value.code == 0
    assert made.read_text() == (ROOT / f"tables/{suite}.{suffix}").read_text(), "run `make tables`"


def test_every_table_has_results() -> None:
    assert "mini" in SUITES
    assert {path.stem for path in (ROOT / "tables").iterdir() if path.suffix in (".md", ".tex")} == set(SUITES)
