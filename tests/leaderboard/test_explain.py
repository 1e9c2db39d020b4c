"""Everything behind one cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.errors import UsageError
from dabench.leaderboard.explain import explain
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from tests.support.factories import make_record, make_records

RUNS: dict[str, list[float | None]] = {
    "source_only": [0.50, 0.52, 0.51],
    "dann": [0.70, 0.75, None],
    "target_only": [0.90, 0.91, 0.92],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for record in make_records(RUNS):
        write_record(tmp_path, record)
    return tmp_path


def test_a_cell_without_shots_takes_none(folder: Path) -> None:
    with pytest.raises(UsageError, match="without labelled target examples: leave --shots out"):
        explain(folder, "mini", "digits:digits_m", "dann", shots="10")


def section(text: str, title: str) -> list[str]:
    lines = text.partition(f"{title}\n{'-' * len(title)}\n")[2].partition("\n\n")[0]
    return lines.splitlines()


@pytest.mark.slow
def test_a_cell_is_explained_from_its_records(folder: Path) -> None:
    log = next(folder.glob("runs/mini/*/dann/0-*.json")).with_suffix(".log")
    log.write_text("started")
    text = explain(folder, "mini", "digits:digits_m", "dann")
    assert text.startswith("dann on digits → digits_m\nmini · unsupervised · backbone small · 3 seeds · last step")
    assert "accuracy     .725 ±.035, 95 % interval [.407, 1.000]" in text
    assert "gap covered  54 % [" in text
    assert "warning      2 of 3 seeds, 1 failed" in text
    assert [line.split()[:5] for line in section(text, "Seeds")[1:]] == [
        ["0", "ok", "0.7000", "0.7000", "0.7100"],
        ["1", "ok", "0.7500", "0.7500", "0.7600"],
        ["2", "failed", "-", "-", "-"],
    ]
    assert [line.split() for line in section(text, "Settings")] == [["budget.steps", "200"], ["options.weight", "1.0"]]
    checkpoints = section(text, "Checkpoints of seed 1")
    assert "target accuracy (not seen by any selector)" in checkpoints[0]
    assert checkpoints[1].split() == ["100", "0.01", "0.9000", "0.7500"]
    assert section(text, "Accuracy per class")[1].split()[0] == "0"
    assert section(text, "Error of seed 2")[0].startswith("Traceback")
    assert section(text, "Error of seed 2")[-1] == "ValueError: wrong"
    files = section(text, "Files")
    assert len(files) == 4
    assert files[1].endswith(str(log))
    assert "env_torch" in text
    assert "f" * 40 in text


@pytest.mark.slow
def test_published_rows_alone_say_what_is_missing_and_why(folder: Path) -> None:
    out = publish(folder, "mini", folder / "published" / "mini.csv")
    for path in (out, out.parent):
        text = explain(path, "mini", "digits:digits_m", "dann")
        assert "accuracy     .725 ±.035" in text
        assert "Checkpoints of" not in text
        assert section(text, "Settings") == []
        assert "seeds 0,1,2: published rows only" in text
        assert "dabench run mini --pairs digits:digits_m --methods dann --seeds 0,1,2 --fresh" in text
        assert "seed 2  failed: ValueError: wrong" in text


@pytest.mark.slow
def test_a_bound_covers_no_gap(folder: Path) -> None:
    assert "a bound of the table covers none" in explain(folder, "mini", "digits:digits_m", "target-only")


@pytest.mark.slow
def test_seeds_from_different_versions_are_told_apart(folder: Path) -> None:
    env = make_record().env.model_copy(update={"torch": "2.8.0"})
    write_record(folder, make_record(0.7, method="mmd"))
    write_record(folder, make_record(0.7, method="mmd", seed=1, env=env))
    text = explain(folder, "mini", "digits:digits_m", "mmd")
    versions = [line.split(maxsplit=1)[1] for line in section(text, "Versions") if line.startswith("env_torch")]
    assert [" ".join(line.split()) for line in versions] == ["2.8.0 seeds 1", "2.9.0 seeds 0"]


@pytest.mark.slow
def test_older_runs_of_the_cell_are_mentioned(folder: Path) -> None:
    write_record(folder, make_record(0.9, plugin="new", minute=1))
    text = explain(folder, "mini", "digits:digits_m", "dann")
    assert "left out     3 older runs" in text
    assert len(section(text, "Seeds")) == 2


def test_an_unknown_cell_lists_those_there_are(folder: Path) -> None:
    with pytest.raises(
        UsageError, match=r"Did you mean 'digits:digits_m dann'.*digits:digits_m: dann, source_only, target"
    ):
        explain(folder, "mini", "digits:digitsm", "dan")


@pytest.mark.slow
def test_variants_are_asked_for(folder: Path) -> None:
    for variant in ("a=1", "a=2"):
        write_record(folder, make_record(0.6, method="mmd", variant=variant))
    with pytest.raises(UsageError, match=r"variants 'a=1', 'a=2'.*--variant"):
        explain(folder, "mini", "digits:digits_m", "mmd")
    assert explain(folder, "mini", "digits:digits_m", "mmd", "a=2").startswith("mmd (a=2) on")
    assert explain(folder, "mini", "digits:digits_m", "dann").startswith("dann on")


@pytest.mark.slow
def test_a_row_is_explained_by_the_name_that_the_suite_gives_it(folder: Path) -> None:
    for seed in (0, 1):
        write_record(folder, make_record(method="dann", variant="long", seed=seed))
    assert explain(folder, "mini", "digits:digits_m", "dann:long").startswith("dann (long) on")
    assert explain(folder, "mini", "digits:digits_m", "dann:").startswith("dann on")
    path = publish(folder, "mini", folder / "mini.csv")
    made = section(explain(path, "mini", "digits:digits_m", "dann:long"), "Files")[-1]
    assert made == "  dabench run mini --pairs digits:digits_m --methods dann:long --seeds 0,1 --fresh"
    with pytest.raises(UsageError, match=r"no row dann:longer on the pair digits:digits_m, but dann:, dann:long;"):
        explain(folder, "mini", "digits:digits_m", "dann:longer")
