"""The spool gives back what was put in, and nothing that is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dabench.files import DamagedFileError
from dabench.results.environment import code_info
from dabench.runner.launchers.spool import OUTCOME, Spool, Tail, Writer
from dabench.runs.job import Answer, Finished, Outcome, Predictions, Progress, Started
from dabench.runs.machine import environment


def _finished(confidence: bool = True) -> Finished:
    classes = np.array([2, 7, 0, 7, 1, 7], dtype=np.int64)[::2]
    sure = np.array([0.1, 1 / 3, 0.9]) if confidence else None
    answer = Answer(
        step=3, losses={"class": 0.1 + 0.2}, scores={"x": float("nan")}, predictions=Predictions(classes, sure)
    )
    outcome = Outcome(
        status="ok", answers=(answer, answer), picks={"last_step": 1}, steps=3, wall_s=1 / 7, source_free=False,
        environment=environment("cpu"),
    )  # fmt: skip
    return Finished("ab12", outcome, ("torch's default dtype",))


@pytest.mark.parametrize("confidence", [True, False])
def test_an_outcome_comes_back_to_the_bit(tmp_path: Path, confidence: bool) -> None:
    spooled, event = Spool(tmp_path).of("ab12"), _finished(confidence)
    assert not spooled.has_ended
    Writer(spooled, 2).put(event)
    (found,) = Spool(tmp_path).ended()
    end = found.finished()
    assert (end.run_id, end.changed, end.outcome.tries) == ("ab12", event.changed, 2)
    for before, after in zip(event.outcome.answers, end.outcome.answers, strict=True):
        np.testing.assert_array_equal(after.predictions.classes, before.predictions.classes)
        assert after.predictions.classes.dtype == np.int64
        assert after.losses == before.losses
        assert np.isnan(after.scores["x"])
        if before.predictions.confidence is None:
            assert after.predictions.confidence is None
        else:
            np.testing.assert_array_equal(after.predictions.confidence, before.predictions.confidence)
    plain = ("status", "picks", "steps", "wall_s", "source_free", "environment")
    assert [getattr(end.outcome, name) for name in plain] == [getattr(event.outcome, name) for name in plain]
    found.forget()
    assert not Spool(tmp_path).ended()


def test_an_outcome_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: pytest.fail("waits"))
    Writer(Spool(tmp_path).of("ab12"), 1).put(_finished())
    assert Spool(tmp_path).of("ab12").finished().outcome.steps == 3


def test_events_are_read_as_they_come_and_each_once(tmp_path: Path) -> None:
    spooled = Spool(tmp_path).of("ab12")
    writer, tail = Writer(spooled, 1), Tail("ab12", spooled.lines(1))
    assert list(tail.news()) == []
    writer.begin()
    started = Started("ab12", 0, environment("cpu"), True, code_info())
    writer.put(started)
    assert list(tail.news()) == [started]
    writer.put(Progress("ab12", 1, 9, 2.5))  # right after another line: left out
    writer.put(Progress("ab12", 3, 9, 2.5, {"source_val_accuracy": 0.5}))
    with spooled.lines(1).open("a") as file:
        file.write('{"step": 4')  # a line that is being written
    assert list(tail.news()) == [Progress("ab12", 3, 9, 2.5, {"source_val_accuracy": 0.5})]
    assert spooled.started() == started


@pytest.mark.parametrize("damage", [lambda whole: whole[:-1], lambda whole: whole.replace(b"plain", b"Plain", 1)])
def test_what_is_damaged_is_no_outcome(tmp_path: Path, damage: object) -> None:
    spooled = Spool(tmp_path).of("ab12")
    Writer(spooled, 1).put(_finished())
    file = spooled.folder / OUTCOME
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    with pytest.raises(DamagedFileError):
        spooled.finished()
