"""A classifier fitted after training shares the network of the row that reports the network's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dabench.execution import deep_run
from dabench.execution.readout import Readout
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runner.launchers.order import WaitingJobs
from dabench.runner.launchers.processes import give
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from dabench.runs.job import Job
from dabench.runs.record import RunRecord
from tests.support.toy_runs import numbers, plan_of, run

SVM = {"readout": "linear_svm", "budget": {"steps": 24, "batch": 16, "checkpoints": 1}}
ROWS: list[Any] = ["dann", {"method": "dann", "as": "svm", "recipe": SVM}]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of the networks that were built, in order."""
    names: list[str] = []
    built = deep_run.built

    def counted(task: Any, *arguments: Any) -> Any:
        names.append(task.method.name)
        return built(task, *arguments)

    monkeypatch.setattr(deep_run, "built", counted)
    return names


def rows_of(registry: Registry, folder: Path, methods: list[Any], **suite: Any) -> dict[str, RunRecord]:
    """Records of the toy suite's pair with seed 0, by variant."""
    plan = plan_of(registry, seeds=[0], bounds=[], methods=methods, **suite)
    recorder = Recorder(plan, folder, registry, [])
    carry_out(recorder, RunOptions(device="cpu", launcher="inline"))
    return {record.variant: record for record in recorder.records}


def test_a_network_is_trained_once_for_both_rows(registry: Registry, tmp_path: Path, trained: list[str]) -> None:
    plan = plan_of(registry, seeds=[0, 1], bounds=[], methods=[*ROWS, "coral"])
    records = run(plan, tmp_path, registry)
    assert trained == ["dann", "dann", "source_only", "source_only"]
    assert {record.status for record in records.values()} == {"ok"}


class FakeWorker:
    """A worker that never finishes by itself."""

    def __init__(self) -> None:
        self.job: Job | None = None

    def give(self, job: Job) -> None:
        self.job = job

    @property
    def row(self) -> tuple[str, str] | None:
        return (self.job.method.name, self.job.settings.readout) if self.job else None


def test_what_reads_a_network_is_not_begun_while_another_worker_trains_it(registry: Registry, tmp_path: Path) -> None:
    nearest = {"method": "dann", "as": "nearest", "recipe": {**SVM, "readout": "nearest_neighbour"}}
    plan = plan_of(registry, seeds=[0], bounds=[], methods=[*ROWS, nearest, "coral"])
    waiting = WaitingJobs(make_jobs(plan, plan.runs, tmp_path, registry, RunOptions(device="cpu")))
    first, second = pool = [FakeWorker(), FakeWorker()]

    def rows() -> list[Any]:
        assert not list(give(pool, waiting))  # type: ignore[arg-type]
        return [worker.row for worker in pool]

    assert rows() == [("dann", "network"), ("coral", "network")], "coral reads another network, and need not wait"
    second.job = None
    assert rows() == [("dann", "network"), None]
    first.job = None  # it failed, and left no features
    assert rows() == [("dann", "linear_svm"), None], "one of the two trains the network"
    assert first.job is not None
    first.job.files.features.parent.mkdir(parents=True)
    first.job.files.features.touch()
    assert rows() == [("dann", "linear_svm"), ("dann", "nearest_neighbour")]


def test_the_numbers_are_those_of_a_network_trained_for_it(
    registry: Registry, tmp_path: Path, trained: list[str]
) -> None:
    shared = rows_of(registry, tmp_path / "shared", ROWS)["svm"]
    alone = rows_of(registry, tmp_path / "alone", ROWS[1:])["svm"]
    assert shared.status == "ok"
    assert trained == ["dann", "dann"]
    assert numbers(shared) == numbers(alone)
    often = {**SVM, "budget": {"steps": 24, "batch": 16, "checkpoints": 2}}
    fitted = rows_of(registry, tmp_path / "often", [{"method": "dann", "as": "svm", "recipe": often}])["svm"]
    assert fitted.predictions_sha256 == shared.predictions_sha256
    assert fitted.checkpoints[-1].scores == shared.checkpoints[-1].scores


def test_other_options_are_another_network(registry: Registry, tmp_path: Path, trained: list[str]) -> None:
    rows_of(registry, tmp_path, ["dann", {**ROWS[1], "options": {"weight": 0.5}}])
    assert trained == ["dann", "dann"]


@pytest.mark.parametrize("checkpoints", [1, 2])
def test_the_bound_that_sees_target_labels_fits_its_classifier_to_them(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpoints: int
) -> None:
    seen: list[Any] = []
    fit = Readout.fit
    monkeypatch.setattr(Readout, "fit", lambda self, x, y: seen.append(y) or fit(self, x, y))
    recipe = {**SVM, "budget": {"steps": 24, "batch": 16, "checkpoints": checkpoints}}
    rows = [{"method": name, "as": "svm", "recipe": recipe} for name in ("target_only", "source_only")]
    plan = plan_of(registry, seeds=[0], bounds=[], methods=rows)
    run(plan, tmp_path, registry)
    target, source = (plan.domains[name].open().train.y for name in ("toy_b", "toy_a"))
    assert len(seen) == 2 * checkpoints
    for y in seen[:checkpoints]:
        np.testing.assert_array_equal(y, target)
    for y in seen[checkpoints:]:
        assert len(y) < len(source)  # some of the source is held out
        assert sorted(set(y)) == sorted(set(source))


def test_a_network_that_broke_is_no_ground_for_a_classifier(registry: Registry, tmp_path: Path) -> None:
    records = rows_of(registry, tmp_path, ROWS, optimiser={"name": "sgd", "lr": 1e30})
    assert records[""].status == "collapsed"
    assert records["svm"].status == "failed"
    assert "the network of dann, whose features are read" in str(records["svm"].error)
