"""Observers of `--log`: what they are told, and what each library then holds."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import dabench
from dabench.errors import UsageError
from dabench.plugin.registry import Registry
from dabench.runner.recorder import Recorder
from dabench.runs.job import Progress, Started
from dabench.session.run_session import with_observers
from dabench.specs.spec import Origin
from tests.support.toy_runs import plan_of, run

ORIGIN = Origin(distribution="test", version="1", entry_point="test")
STEPS = ("budget.steps=6", "budget.checkpoints=2")


class Notes:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def run_started(self, plan: Any, results: Path, options: Any) -> None:
        self.told.append(("run_started", (len(plan.runs), results.name, options.device)))

    def run_began(self, run: Any, worker: int, device: str, resumed: bool) -> None:
        self.told.append(("run_began", (run.method.name, worker, device, resumed)))

    def step(self, step: int, losses: dict[str, float]) -> None:
        self.told.append(("step", (step, sorted(losses))))

    def checkpoint(self, step: int, values: dict[str, float], losses: dict[str, float]) -> None:
        self.told.append(("checkpoint", (step, sorted(values), sorted(losses))))

    def run_finished(self, record: Any, artifacts: Path) -> None:
        self.told.append(("run_finished", (record.method, artifacts.parent.name)))

    def suite_finished(self, complete: bool) -> None:
        self.told.append(("suite_finished", complete))


def observed(registry: Registry, folder: Path, observer: Any, **options: Any) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[], pairs=["toy_a:toy_b"], sets=STEPS)
    run(plan, folder, registry.with_observers([(ORIGIN, observer)]), **options)


@pytest.mark.parametrize("launcher", ["inline", pytest.param("processes", marks=pytest.mark.slow)])
def test_an_observer_is_told_everything_in_order(registry: Registry, tmp_path: Path, launcher: str) -> None:
    notes = Notes()
    observed(registry, tmp_path, notes, log_every=2, launcher=launcher)
    losses = ["class", "domain"]
    scores = ["source_val_accuracy"]
    steps = [("step", (2, losses)), ("checkpoint", (3, scores, losses)), ("step", (4, losses)), ("step", (6, losses))]
    assert notes.told == [
        ("run_started", (1, tmp_path.name, "cpu")),
        ("run_began", ("dann", 0, "cpu", False)),
        *steps,
        ("checkpoint", (6, scores, losses)),
        ("run_finished", ("dann", "dann")),
        ("suite_finished", True),
    ]


def test_an_observer_is_told_of_a_step_once_however_often_a_run_is_tried(registry: Registry, tmp_path: Path) -> None:
    notes = Notes()
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[], pairs=["toy_a:toy_b"], sets=STEPS)
    recorder, (planned,) = Recorder(plan, tmp_path, registry.with_observers([(ORIGIN, notes)])), plan.runs
    for steps in ((2, 4), (2, 4, 6)):  # the worker of the first try has died, and no state was saved
        recorder.take(planned, Started(planned.run_id, 0))
        for step in steps:
            recorder.take(planned, Progress(planned.run_id, step, 6, 1.0, None, {"class": 1.0}))
            recorder.take(planned, Progress(planned.run_id, step, 6, 1.0, {"source_val_accuracy": 0.5}))
    told = [(what, content[0]) for what, content in notes.told if what in ("step", "checkpoint")]
    assert told == [(what, step) for step in (2, 4, 6) for what in ("step", "checkpoint")]
    assert [what for what, _ in notes.told].count("run_began") == 2


@pytest.mark.slow
def test_losses_are_those_of_checkpoints_where_no_interval_is_named(registry: Registry, tmp_path: Path) -> None:
    notes = Notes()
    observed(registry, tmp_path, notes)
    assert [what for what, _ in notes.told if what in ("step", "checkpoint")] == ["checkpoint", "checkpoint"]


@pytest.mark.slow
def test_watching_changes_no_number(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[], pairs=["toy_a:toy_b"], sets=STEPS)
    (plain,), (watched,) = (
        run(plan, tmp_path / name, registry, log_every=every).values() for name, every in (("a", 0), ("b", 1))
    )
    assert plain.checkpoints == watched.checkpoints
    assert plain.predictions_sha256 == watched.predictions_sha256


@pytest.mark.slow
def test_an_observer_that_raises_costs_no_run(registry: Registry, tmp_path: Path) -> None:
    broken = SimpleNamespace(checkpoint=lambda step: 1 / 0)
    with pytest.warns(UserWarning, match="dabench_checkpoint of test:test raised ZeroDivisionError"):
        observed(registry, tmp_path, broken)
    assert len(dabench.load(tmp_path)) == 1


def test_an_observer_is_asked_for_by_name(registry: Registry, tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(UsageError, match=r"unknown observer 'tensorbord'\. Did you mean 'tensorboard'"):
        with_observers(registry, ["tensorbord"], tmp_path)
    monkeypatch.setattr("dabench.session.run_session.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"--log mlflow needs mlflow: pip install 'dabench\[mlflow\]'"):
        with_observers(registry, ["mlflow"], tmp_path)
    assert with_observers(registry, [], tmp_path)._observers == []


@pytest.mark.slow
def test_tensorboard_holds_losses_scores_and_accuracies(registry: Registry, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from dabench.observers.tensorboard import TensorBoard

    observed(registry, tmp_path, TensorBoard(tmp_path), log_every=2)
    (file,) = (tmp_path / "tensorboard").rglob("events*")
    events = EventAccumulator(str(file.parent)).Reload()
    assert {"loss/class", "loss/domain", "source_val_accuracy"} <= set(events.Tags()["scalars"])
    assert [event.step for event in events.Scalars("loss/class")] == [2, 3, 4, 6, 6]
    accuracy = dabench.load(tmp_path).frame()["accuracy_selected"].iloc[0]
    assert events.Scalars("target_accuracy/selected")[0].value == pytest.approx(accuracy)


@pytest.mark.slow  # it makes a database of some fifty tables
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of SQLAlchemy, which MLflow calls
def test_mlflow_holds_losses_scores_and_accuracies(registry: Registry, tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("mlflow")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    from mlflow.tracking import MlflowClient

    from dabench.observers.mlflow import MLflow

    observed(registry, tmp_path, MLflow(tmp_path), log_every=2)
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("toy")
    (made,) = client.search_runs([experiment.experiment_id])
    assert made.info.status == "FINISHED"
    assert made.data.params["pair"] == "toy_a:toy_b"
    accuracy = dabench.load(tmp_path).frame()["accuracy_selected"].iloc[0]
    assert made.data.metrics["target_accuracy/selected"] == pytest.approx(accuracy)
    steps = [metric.step for metric in client.get_metric_history(made.info.run_id, "loss/class")]
    assert sorted(steps) == [2, 3, 4, 6, 6]


def test_trackio_is_told_the_same(registry: Registry, tmp_path: Path, monkeypatch) -> None:
    """With a stand-in for the library, whose dependencies are hundreds of megabytes."""
    made: list[Any] = []

    class Run:
        def __init__(self, **given: Any) -> None:
            self.given, self.logged, self.done = given, list[tuple[int, set[str]]](), False
            made.append(self)

        def log(self, values: dict[str, float], step: int) -> None:
            self.logged.append((step, set(values)))

        def finish(self) -> None:
            self.done = True

    monkeypatch.setitem(sys.modules, "trackio", SimpleNamespace(init=Run))
    monkeypatch.delitem(sys.modules, "dabench.observers.trackio", raising=False)
    from dabench.observers.trackio import Trackio

    observed(registry, tmp_path, Trackio(tmp_path), log_every=3)
    (one,) = made
    assert (one.given["project"], one.given["config"]["pair"], one.done) == ("toy", "toy_a:toy_b", True)
    assert one.logged[0] == (3, {"loss/class", "loss/domain"})
    assert "target_accuracy/selected" in one.logged[-1][1]
