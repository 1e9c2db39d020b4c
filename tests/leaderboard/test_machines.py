"""Runs of several machines in one table: what is compared, and what the table says about it."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import console, html, latex, markdown
from dabench.leaderboard.formats import csv as csv_
from dabench.leaderboard.formats import json as json_
from dabench.leaderboard.formats.footnotes import UNLIKE, footnotes
from dabench.leaderboard.gains import relative_gain
from dabench.leaderboard.table import Cell, Table
from dabench.leaderboard.versus import versus
from dabench.results.folder import read_results
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from dabench.runs.record import CodeInfo, RunRecord
from tests.support.factories import make_frame, make_record, make_records

PAIR = "digits:digits_m"
RUNS: dict[str, list[float | None]] = {
    "source_only": [0.50, 0.52, 0.51],
    "coral": [0.54, 0.55, 0.59],
    "dann": [0.70, 0.75, 0.80],
    "target_only": [0.90, 0.91, 0.92],
}
ENV = make_record().env
HERE = ENV.model_copy(update={"cpu_capability": "AVX2", "onednn_isa": "AVX2", "blas": "openblas 0.3.30 Haswell"})
OTHERS = [
    {"env": HERE},
    {"env": ENV.model_copy(update={"processor": "another"})},
    {"env": ENV.model_copy(update={"onednn_isa": "AVX2"})},
    {"env": ENV.model_copy(update={"blas": "openblas 0.3.30 Zen"})},
    {"env": ENV.model_copy(update={"torch": "2.8.0"})},
    {"env": ENV.model_copy(update={"device": "NVIDIA H200"})},
    {"code": CodeInfo(commit="f" * 40, dirty=False, numerics=2)},
]
ALIKE = [
    {"env": ENV.model_copy(update={"torch": "2.9.0+cu128"})},
    {"env": ENV.model_copy(update={"python": "3.12.1"})},
    {"code": CodeInfo(commit="a" * 40, dirty=True)},
]


def mixed(change: dict[str, Any], *which: tuple[str, int], runs: dict[str, list[float | None]] = RUNS) -> Table:
    """A table whose runs of some (method, seed) are from another machine."""
    records = make_records(runs)
    moved = [run.model_copy(update=change) if (run.method, run.seed) in which else run for run in records]
    (table,) = build_tables(make_frame(*moved))
    return table


def cells(table: Table) -> dict[str, Cell]:
    return {row.method: row.cells[PAIR] for row in table.rows}


def whole(method: str) -> list[tuple[str, int]]:
    return [(method, seed) for seed in range(3)]


@pytest.mark.slow
@pytest.mark.parametrize("change", OTHERS)
def test_runs_of_another_machine_are_no_pairs(change: dict[str, Any]) -> None:
    table = mixed(change, *whole("source_only"))
    for method in ("coral", "dann"):
        cell = cells(table)[method]
        assert (cell.gap.value, cell.gap.why, cell.gap.n) == (None, "no pairs", 0)
        assert (cell.gain, cell.p_source_only, cell.unlike) == (None, None, True)
    assert cells(table)["dann"].best, "the methods are still pairs of each other"
    assert UNLIKE in footnotes(table)
    assert "no pairs: the bounds were run on another kind of machine than these runs" in footnotes(table)


@pytest.mark.slow
@pytest.mark.parametrize("change", ALIKE)
def test_what_leaves_the_bits_as_they_are_makes_no_difference(change: dict[str, Any]) -> None:
    table, plain = mixed(change, *whole("source_only")), mixed({})
    assert cells(table)["dann"].gap == cells(plain)["dann"].gap
    assert cells(table)["dann"].p_best == cells(plain)["dann"].p_best
    assert UNLIKE not in footnotes(table)


@pytest.mark.slow
def test_pairs_are_made_seed_by_seed() -> None:
    table = mixed({"env": HERE}, ("source_only", 0), ("target_only", 1))
    cell = cells(table)["dann"]
    assert (cell.n, cell.gap.n, cell.gap.value) == (3, 1, pytest.approx((0.80 - 0.51) / (0.92 - 0.51)))
    assert cell.gain is not None
    assert (cell.gain.n, cell.gain.mean) == (2, pytest.approx((0.23 + 0.29) / 2))
    above = mixed({"env": HERE}, ("target_only", 1))
    assert (cells(above)["dann"].gap.n, UNLIKE in footnotes(above)) == (2, True)
    together = mixed({"env": HERE}, *((method, 0) for method in RUNS))
    assert cells(together)["dann"].gap == cells(mixed({}))["dann"].gap, "each seed is of one machine"
    assert UNLIKE not in footnotes(together)
    assert any(note.startswith("runs of more than one kind of machine") for note in together.notes)


@pytest.mark.slow
def test_methods_that_are_no_pairs_are_not_ranked_and_none_is_best() -> None:
    table = mixed({"env": HERE}, ("dann", 2))
    for method in ("coral", "dann"):
        cell = cells(table)[method]
        assert (cell.best, cell.tied, cell.p_best, cell.unlike) == (False, False, None, True)
    assert all(row.rank is None for row in table.rows)
    assert all(row.rank is not None for row in mixed({}).rows if not row.bound)


def test_a_method_that_cannot_be_the_best_takes_it_from_no_other() -> None:
    table = mixed({"env": HERE, "status": "collapsed"}, *whole("coral"))
    assert (cells(table)["dann"].best, cells(table)["dann"].unlike) == (True, False)


@pytest.mark.slow
def test_that_source_only_is_above_is_said_only_where_there_could_be_a_best() -> None:
    below = RUNS | {"source_only": [0.85, 0.86, 0.87]}
    note = "no method is called best where none is above source only"
    assert note in footnotes(mixed({}, runs=below))
    table = mixed({"env": HERE}, ("dann", 2), runs=below)
    assert note not in footnotes(table)
    assert UNLIKE in footnotes(table)


def test_a_share_without_an_interval_says_that_it_is_for_lack_of_pairs() -> None:
    table = mixed({"env": HERE}, ("target_only", 1))
    assert (cells(table)["dann"].gap.n, cells(table)["dann"].gap.low) == (2, None)
    said = [note for note in footnotes(table) if note.startswith("a share without an interval")]
    assert said == ["a share without an interval: a bound lacks runs on the kind of machine of the method's runs"]


@pytest.mark.slow
def test_ranks_over_pairs_are_tested_only_among_pairs() -> None:
    pairs = [f"d{number}:e{number}" for number in range(6)]
    records = [record for pair in pairs for record in make_records(RUNS | {"mmd": [0.6, 0.6, 0.6]}, pair)]
    assert build_tables(make_frame(*records))[0].ranking is not None
    moved = [run.model_copy(update={"env": HERE}) if run.method == "mmd" else run for run in records]
    assert build_tables(make_frame(*moved))[0].ranking is None


def test_a_method_is_set_against_pairs_only() -> None:
    table = mixed({"env": HERE}, ("coral", 0), *whole("target_only"))
    dann = next(row for row in table.rows if row.method == "dann")
    found = versus(table, dann)
    assert found["coral"][PAIR].interval.n == 2
    assert "train on target" not in found
    gain = relative_gain(cells(table)["dann"], cells(table)["coral"])
    assert gain is not None
    assert gain.n == 2


def test_the_note_counts_the_machines_by_what_differs() -> None:
    table = mixed({"env": HERE}, ("dann", 0), ("dann", 1))
    (note,) = table.notes
    assert note == (
        "runs of more than one kind of machine: 10 with unknown instructions of torch, of oneDNN, BLAS; "
        "2 with instructions of torch AVX2, of oneDNN AVX2, BLAS openblas 0.3.30 Haswell"
    )


@pytest.mark.slow
@pytest.mark.parametrize("status", ["failed", "timeout"])
def test_a_run_without_a_number_makes_no_second_torch(status: str) -> None:
    """The record of such a run may lack the build of torch, or the name of the GPU."""
    env = ENV.model_copy(update={"torch": "2.9.0+cu128"})
    failed = make_record(None, seed=1, env=ENV.model_copy(update={"device": "cuda"}), status=status)
    (table,) = build_tables(make_frame(make_record(env=env), failed))
    assert (table.notes, table.device) == ((), "cpu")
    (alone,) = build_tables(make_frame(failed))
    assert alone.device == "cuda"


@pytest.mark.slow
def test_numbers_of_two_torches_never_stand_together_without_a_note() -> None:
    for other in ("2.8.0", "2.9.0+cu128"):
        table = mixed({"env": ENV.model_copy(update={"torch": other})}, ("coral", 0))
        assert table.notes == (f"runs of more than one torch: {', '.join(sorted(['2.9.0', other]))}",)
        for render in (console.render, markdown.render, latex.render, html.render):
            assert "runs of more than one torch" in " ".join(render([table]).split())


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A folder where a repetition of published runs was stopped after seven."""
    for record in make_records(RUNS | {"mmd": [0.6, 0.61, 0.59]}):
        write_record(tmp_path / "elsewhere", record)
    publish(tmp_path / "elsewhere", "mini", tmp_path / "results" / "mini.csv")
    here: dict[str, list[float | None]] = {"source_only": RUNS["source_only"], "target_only": RUNS["target_only"]}
    for record in [*make_records(here), make_record(0.53, method="coral")]:
        write_record(tmp_path / "results", record.model_copy(update={"env": HERE, "finished": later(record)}))
    return tmp_path / "results"


def later(record: RunRecord) -> str:
    return (pd.Timestamp(record.finished) + pd.Timedelta(days=1)).isoformat()


@pytest.mark.slow
def test_a_table_says_how_many_runs_are_from_here_and_how_many_published(stopped: Path) -> None:
    results = read_results(stopped, "mini")
    (table,) = build_tables(results.frame, from_csv=results.from_csv)
    assert (table.runs, table.from_csv) == (15, 8)
    for render in (console.render, markdown.render, latex.render, html.render):
        assert "15 runs (7 here, 8 published)" in " ".join(render([table]).replace("\\_", "_").split())
    counts = {method: cell.from_csv for method, cell in cells(table).items()}
    assert counts == {"source_only": 0, "coral": 2, "dann": 3, "mmd": 3, "target_only": 0}
    lines = csv.DictReader(StringIO(csv_.render([table])))
    assert {line["method"]: int(line["from_csv"]) for line in lines} == counts
    assert {row["method"]: row["pairs"][PAIR]["from_csv"] for row in json.loads(json_.render([table]))} == counts


@pytest.mark.slow
def test_published_runs_are_not_paired_with_those_of_another_machine(stopped: Path) -> None:
    results = read_results(stopped, "mini")
    (table,) = build_tables(results.frame, from_csv=results.from_csv)
    assert cells(table)["dann"].gap.why == "no pairs"
    assert cells(table)["coral"].gap.n == 1
    assert not any(cell.best for cell in cells(table).values()), "coral has a run from here"


@pytest.mark.slow
def test_runs_of_one_place_need_no_words(stopped: Path) -> None:
    for path in (stopped / "mini.csv", stopped.parent / "elsewhere"):
        results = read_results(path, "mini")
        (table,) = build_tables(results.frame, from_csv=results.from_csv)
        assert "here" not in console.render([table])
        assert table.from_csv == 0


@pytest.mark.slow
def test_a_published_row_that_stands_for_a_failed_record_is_published(stopped: Path) -> None:
    failed = make_record(None, method="mmd", seed=0, minute=-9)
    write_record(stopped, failed)
    results = read_results(stopped, "mini")
    assert failed.run_id in results.from_csv
    assert len(results.from_csv) == 8
