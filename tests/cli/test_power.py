"""`dabench power`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dabench.cli.power import command
from dabench.results.record_file import write_record
from dabench.stats.power import seeds_needed
from tests.support.factories import make_records


def lines(tmp_path: Path, *arguments: str) -> list[list[str]]:
    result = CliRunner().invoke(command, ["mini", "--results", str(tmp_path), *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [line.split("  ") for line in result.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    runs: dict[str, list[float | None]] = {
        "source_only": [0.50, 0.52, 0.51],
        "dann": [0.70, 0.75, 0.80],
        "target_only": [0.90, 0.91, 0.92],
    }
    for record in make_records(runs):
        write_record(tmp_path, record)
    return tmp_path


def test_it_names_the_seeds_that_show_a_difference(folder: Path) -> None:
    fields = [field.strip() for field in lines(folder)[1] if field.strip()]
    assert fields[:4] == ["digits → digits_m", "dann", "3", "4.6"]  # the gains are .20, .23 and .29
    assert int(fields[5]) == seeds_needed(0.01, 0.045825756949558)
    assert int(fields[6]) > int(fields[5])


@pytest.mark.slow
def test_a_larger_difference_takes_fewer_seeds(folder: Path) -> None:
    def needed(*arguments: str) -> int:
        return int([field.strip() for field in lines(folder, *arguments)[1] if field.strip()][5])

    assert needed("--points", "5") < needed() < needed("--power", "0.95")


def test_without_a_bound_there_is_nothing_to_say(tmp_path: Path) -> None:
    for record in make_records({"dann": [0.7, 0.8]}):
        write_record(tmp_path, record)
    result = CliRunner().invoke(command, ["mini", "--results", str(tmp_path)], catch_exceptions=False)
    assert result.stdout == "There is no method with two seeds or more beside source only.\n"
