"""The estimate of the time that is left."""

from __future__ import annotations

import pytest

from dabench.plugin.registry import Registry
from dabench.runs.job import Finished, Outcome, Started
from dabench.session.time_left import TimeLeft
from tests.support.toy_runs import plan_of


def ended(run_id: str, wall_s: float, train_s: float) -> Finished:
    """The end of a run that took so long."""
    return Finished(run_id, Outcome(status="ok", wall_s=wall_s, train_s=train_s))


def test_the_start_of_a_worker_does_not_count(registry: Registry) -> None:
    runs = plan_of(registry, ["dann"], seeds=[0, 1, 2, 3], bounds=[]).runs
    left = TimeLeft(runs)
    assert left.seconds is None
    for number in (0, 1):
        left.started(Started(runs[number].run_id, number))
    left.finished(ended(runs[0].run_id, 60.0, 2.0))
    assert left.seconds == pytest.approx(3 * 2.0), "one worker is known, and three runs are left"
    left.finished(ended(runs[1].run_id, 62.0, 2.0))
    assert left.seconds == pytest.approx(2 * 2.0 / 2)
    left.started(Started(runs[2].run_id, 0))
    left.finished(ended(runs[2].run_id, 3.0, 2.0))
    assert left.seconds == pytest.approx(3.0 / 2)


def test_every_method_goes_on_as_fast_as_it_was(registry: Registry) -> None:
    runs = plan_of(registry, ["dann", "mmd"], seeds=[0, 1, 2], bounds=[]).runs
    left = TimeLeft(runs)
    first, *others = [run for run in runs if run.method.name == "dann"]
    slow = [run for run in runs if run.method.name == "mmd"]
    left.finished(ended(first.run_id, 60.0, 1.0))
    left.finished(ended(others[0].run_id, 1.0, 1.0))
    left.finished(ended(slow[0].run_id, 10.0, 9.0))
    assert left.seconds == pytest.approx(1.0 + 2 * 10.0)


def test_runs_that_trained_nothing_say_nothing(registry: Registry) -> None:
    runs = plan_of(registry, ["dann"], seeds=[0, 1], bounds=[]).runs
    left = TimeLeft(runs)
    left.finished(ended(runs[0].run_id, 30.0, 0.0))
    assert left.seconds is None
