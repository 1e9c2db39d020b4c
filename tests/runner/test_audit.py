"""Audits of published rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.cli.audit import audit_file
from dabench.plugin.registry import Registry
from dabench.results.cells import rows_of
from dabench.results.publish import publish
from dabench.results.verified import read_marks
from dabench.runner.audit import new_rows, sample
from tests.support.factories import make_frame, make_record
from tests.support.toy_runs import plan_of, run

ROWS = rows_of(make_frame(*[make_record(0.5, method=method, seed=seed) for method in ("a", "b") for seed in range(9)]))


def test_rows_are_new_or_have_other_numbers() -> None:
    before = rows_of(make_frame(make_record(0.8), make_record(0.7, seed=1)))
    after = rows_of(
        make_frame(make_record(0.8), make_record(0.71, seed=1), make_record(0.6, seed=2), make_record(None, seed=3))
    )
    assert [row["seed"] for row in new_rows(after, before)] == [1, 2]
    assert [row["seed"] for row in new_rows(after, [])] == [0, 1, 2]


def test_every_method_has_its_turn_and_the_salt_decides() -> None:
    for salt in "xyz":
        assert {row["method"] for row in sample(ROWS, 2, salt)} == {"a", "b"}
    assert sample(ROWS, 4, "x") == sample(ROWS[::-1], 4, "x"), "whatever the order of the rows"
    drawn = {tuple(row["run_id"] for row in sample(ROWS, 4, str(salt))) for salt in range(8)}
    assert len(drawn) > 4
    assert len(sample(ROWS, 100, "x")) == 18


@pytest.mark.slow
def test_rows_that_come_out_are_marked_and_edited_ones_fail(registry: Registry, tmp_path: Path) -> None:
    run(plan_of(registry, ["coral"], seeds=[0, 1], bounds=[]), tmp_path / "made", registry)
    file = publish(tmp_path / "made", "toy", tmp_path / "results" / "toy.csv")
    assert audit_file(registry, file, None, 1, 600, "", marks=True) == 0
    (mark,) = read_marks(file.parent)
    assert (mark.suite, mark.verdict) == ("toy", "identical")
    assert audit_file(registry, file, file, 1, 600, "", marks=True) == 0, "nothing is new"
    before = tmp_path / "before.csv"
    before.write_bytes(file.read_bytes())
    header, first, second, *rest = file.read_text().splitlines()
    file.write_text("\n".join([header, first, second.replace(",ok,", ",ok ,"), *rest]) + "\n")
    assert audit_file(registry, file, before, 1, 600, "", marks=False) == 1
