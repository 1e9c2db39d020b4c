"""Wins and losses of a method."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dabench.cli.context import Context
from dabench.cli.main import cli
from dabench.config.row_choice import RowChoice
from dabench.errors import UsageError
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.table import Row, Table
from dabench.leaderboard.versus import versus, versus_text
from dabench.results.record_file import write_record
from dabench.stats.seeds import Sample, paired_p
from tests.support.factories import make_frame, make_record, make_records

RUNS: dict[str, list[float | None]] = {
    "dann": [0.70, 0.72, 0.71, 0.73],
    "coral": [0.60, 0.61, 0.61, 0.64],
    "mmd": [0.705, 0.71, 0.72, 0.73],
    "uda": [0.75, 0.78, 0.76, 0.78],
}
OTHER = "digits:glyphs"


def table_of(runs: dict[str, list[float | None]] = RUNS, **overrides: object) -> tuple[Table, Row]:
    (table,) = build_tables(make_frame(*make_records(runs, **overrides)))
    return table, next(row for row in table.rows if row.method == "dann")


def test_it_wins_loses_or_is_even() -> None:
    found = {name: by_pair["digits:digits_m"] for name, by_pair in versus(*table_of()).items()}
    assert {name: difference.verdict for name, difference in found.items()} == {
        "coral": "better", "mmd": "even", "uda": "worse",
    }  # fmt: skip
    assert found["coral"].interval.mean == pytest.approx(0.1)
    assert str(found["mmd"]).startswith("-0.1 [")


@pytest.mark.slow
def test_the_correction_is_over_the_methods_of_the_pair() -> None:
    found = versus(*table_of())["mmd"]["digits:digits_m"]
    own, rival = (Sample(dict(enumerate(value for value in RUNS[name] if value)), 0.0) for name in ("dann", "mmd"))
    assert found.p == pytest.approx(paired_p(own, rival))  # the largest of three keeps its p-value
    nearest = versus(*table_of())["uda"]["digits:digits_m"]
    alone = versus(*table_of({name: RUNS[name] for name in ("dann", "uda")}))["uda"]["digits:digits_m"]
    assert nearest.p is not None
    assert alone.p is not None
    assert nearest.p > alone.p


def test_seeds_are_paired_and_a_failed_one_has_no_partner() -> None:
    found = versus(*table_of({"dann": [0.5, 0.8, 0.9], "coral": [0.4, None, 0.7]}))["coral"]["digits:digits_m"]
    assert found.interval.mean == pytest.approx(0.15)
    assert found.interval.n == 2


def test_one_seed_is_no_test() -> None:
    found = versus(*table_of({"dann": [0.5], "coral": [0.4]}))["coral"]["digits:digits_m"]
    assert (found.p, found.verdict, str(found)) == (None, "no test", "+10.0")


def test_other_settings_and_other_data_are_not_compared() -> None:
    records = [*make_records({"dann": [0.5, 0.6]}), *make_records({"coral": [0.4, 0.4]}, comparison_sha256="b" * 64)]
    (table,) = build_tables(make_frame(*records))
    assert versus(table, table.rows[0]) == {}
    assert "nothing to compare" in versus_text([table], RowChoice.parse("dann"))


def test_pairs_fold_to_the_width_and_are_counted() -> None:
    records = [*make_records(RUNS), *make_records({**RUNS, "coral": RUNS["uda"]}, pair=OTHER)]
    tables = build_tables(make_frame(*records))
    wide, narrow = (versus_text(tables, RowChoice.parse("dann"), width) for width in (200, 60))
    assert max(map(len, narrow.splitlines())) <= 60
    (line,) = (line for line in wide.splitlines() if line.startswith(" coral"))
    assert line.split()[-1] == "1/0/1"
    assert narrow.count(" coral") == 2
    assert "digits → glyphs" in narrow


def invoke(folder: Path, *arguments: str) -> Result:
    for seed in range(2):
        write_record(folder, make_record(0.7, seed=seed))
        write_record(folder, make_record(0.6, seed=seed, method="coral"))
    result = CliRunner().invoke(
        cli, ["versus", *arguments, "--results", str(folder)], standalone_mode=False, obj=Context()
    )
    if result.exception:
        raise result.exception
    return result


@pytest.mark.slow
def test_the_command(tmp_path: Path) -> None:
    lines = invoke(tmp_path, "mini", "dann").stdout.splitlines()
    assert lines[0].startswith("DANN against … · mini")
    (line,) = (line for line in lines if line.startswith(" CORAL"))
    assert line.split() == ["CORAL", "+10.0", "[+10.0,", "+10.0]", ">", "1/0/0"]
    with pytest.raises(UsageError, match=r"'coal'.*coral"):
        invoke(tmp_path, "mini", "coal")
