"""Results of several machines in one folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.errors import ResultsError
from dabench.results.folder import read_results
from dabench.results.merge import merge
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from dabench.results.verify import verify
from dabench.runs.record import Checkpoint
from tests.support.factories import make_record


@pytest.fixture
def a(tmp_path: Path) -> Path:
    write_record(tmp_path / "a", make_record(0.7, seed=0))
    write_record(tmp_path / "a", make_record(0.8, seed=1))
    return tmp_path / "a"


@pytest.fixture
def b(tmp_path: Path) -> Path:
    return tmp_path / "b"


def seeds(folder: Path) -> dict[int, float]:
    frame = read_results(folder).frame
    return dict(zip(frame["seed"], frame["accuracy_selected"], strict=True))


def test_new_runs_are_copied_with_their_logs(a: Path, b: Path) -> None:
    path = write_record(b, make_record(0.9, seed=2))
    path.with_suffix(".log").write_text("log")
    path.with_suffix(".npz").write_bytes(b"\x00outputs")
    write_record(b, make_record(0.8, seed=1, minute=7))
    done = merge(a, [b])
    assert (done.copied, done.there, done.conflicts, done.flaws) == (1, 1, [], [])
    assert seeds(a) == {0: 0.7, 1: 0.8, 2: 0.9}
    new = a / path.relative_to(b)
    assert new.read_bytes() == path.read_bytes()
    assert new.with_suffix(".log").read_text() == "log"
    assert not new.with_suffix(".npz").exists()
    assert verify(a)[1] == []


def test_merging_twice_or_into_nothing_changes_no_number(a: Path, b: Path) -> None:
    for _ in range(2):
        merge(b, [a])
    assert seeds(b) == seeds(a)
    assert merge(b, [a]).there == 2


def test_the_same_run_with_other_numbers_is_a_conflict_that_changes_nothing(a: Path, b: Path) -> None:
    other = write_record(b, make_record(0.75, seed=0))
    write_record(b, make_record(0.9, seed=2))
    done = merge(a, [b])
    (conflict,) = done.conflicts
    assert str(other) in conflict
    assert conflict.endswith("are the same run with other numbers"), "nothing else differs"
    assert seeds(a) == {0: 0.7, 1: 0.8, 2: 0.9}


def test_a_conflict_between_two_kinds_of_processor_says_so(a: Path, b: Path) -> None:
    env = make_record().env.model_copy(update={"processor": "another"})
    write_record(b, make_record(0.75, seed=0, env=env))
    (conflict,) = merge(a, [b]).conflicts
    assert conflict.endswith("with other numbers (processor another → x86_64)")


def test_a_loss_that_is_no_number_is_no_conflict_with_itself(a: Path, b: Path) -> None:
    nan = Checkpoint(step=1, losses={"x": float("nan")}, scores={}, target_accuracy=0.1)
    for folder, minute in ((a, 0), (b, 1)):
        write_record(folder, make_record(0.1, seed=5, status="collapsed", checkpoints=[nan], minute=minute))
    assert merge(a, [b]).conflicts == []


def test_a_run_that_went_well_replaces_one_that_failed_and_never_the_other_way(a: Path, b: Path) -> None:
    write_record(a, make_record(None, seed=3))
    write_record(b, make_record(0.9, seed=3))
    write_record(b, make_record(None, seed=0, minute=9))
    done = merge(a, [b])
    assert (done.replaced, done.copied, done.there) == (1, 0, 1)
    assert seeds(a) == {0: 0.7, 1: 0.8, 3: 0.9}


def test_what_cannot_be_read_is_named_and_left(a: Path, b: Path) -> None:
    damaged = write_record(b, make_record(0.9, seed=2))
    damaged.write_text("{")
    done = merge(a, [b])
    assert [flaw.path for flaw in done.flaws] == [damaged]
    in_the_way = a / damaged.relative_to(b)
    in_the_way.write_text("precious")
    write_record(b, make_record(0.9, seed=2))
    (conflict,) = merge(a, [b]).conflicts
    assert str(in_the_way) in conflict
    assert in_the_way.read_text() == "precious"


@pytest.mark.slow
def test_published_rows_are_joined_without_doubling_a_run(a: Path, b: Path) -> None:
    publish(a, "mini", a / "mini.csv")
    write_record(b, make_record(0.8, seed=1, minute=2))
    write_record(b, make_record(0.6, seed=4, minute=2))
    publish(b, "mini", b / "mini.csv")
    for path in (b / "runs").rglob("*.json"):
        path.unlink()
    done = merge(a, [b])
    assert (done.rows, done.there, done.conflicts) == (1, 1, [])
    assert read_results(a / "mini.csv").frame["seed"].tolist() == [0, 1, 4]
    assert merge(a, [b]).rows == 0
    write_record(b, make_record(0.5, seed=0, minute=2))
    publish(b, "mini", b / "mini.csv")
    assert len(merge(a, [b]).conflicts) == 2  # the record, and its row


def test_only_folders_can_be_merged_and_not_into_themselves(a: Path) -> None:
    for source, message in ((a / "nowhere", "no results folder"), (a, "into itself")):
        with pytest.raises(ResultsError, match=message):
            merge(a, [source])
