"""Fixed seeds: a run is a pure function of code, settings, data and seed (DESIGN, section 9)."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dabench.execution.execute import execute
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runs.job import Finished, Job
from tests.support.toy_runs import judged, numbers, plan_of, run, with_limits


@pytest.fixture(scope="module")
def reference(module_registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The numbers of all methods, made one by one in this process."""
    records = run(plan_of(module_registry), tmp_path_factory.mktemp("reference"), module_registry)
    return {str(key): numbers(record) for key, record in records.items()}


def test_processes_give_the_same_bits_as_inline(
    registry: Registry, tmp_path: Path, reference: dict[str, object]
) -> None:
    records = run(plan_of(registry), tmp_path / "other", registry, launcher="processes", workers=2)
    assert {str(key): numbers(record) for key, record in records.items()} == reference


def test_the_order_of_runs_changes_nothing(registry: Registry, tmp_path: Path, reference: dict[str, object]) -> None:
    plan = plan_of(registry)
    shuffled = list(plan.runs)
    random.Random(0).shuffle(shuffled)
    assert shuffled != list(plan.runs)
    records = run(replace(plan, runs=tuple(shuffled)), tmp_path / "other", registry)
    assert {str(key): numbers(record) for key, record in records.items()} == reference


def test_another_method_in_the_command_changes_nothing(registry: Registry, tmp_path: Path) -> None:
    alone = run(plan_of(registry, ["dann"]), tmp_path / "alone", registry)
    beside = run(plan_of(registry, ["toy_mean", "deep_coral", "dann"]), tmp_path / "beside", registry)
    assert len(beside) > len(alone)
    assert {key: numbers(record) for key, record in alone.items()} == {key: numbers(beside[key]) for key in alone}


def test_the_state_of_the_process_changes_nothing_and_is_left_alone(
    registry: Registry, tmp_path: Path, reference: dict[str, object]
) -> None:
    torch.manual_seed(12345)
    np.random.seed(12345)  # noqa: NPY002 - it is the global state that a run must not depend on
    random.seed(12345)
    before = torch.get_rng_state(), np.random.get_state(), random.getstate()  # noqa: NPY002
    threads, grad = torch.get_num_threads(), torch.is_grad_enabled()
    records = run(plan_of(registry), tmp_path / "other", registry)
    assert {str(key): numbers(record) for key, record in records.items()} == reference
    assert torch.equal(torch.get_rng_state(), before[0])
    assert all(np.array_equal(a, b) for a, b in zip(np.random.get_state(), before[1], strict=True))  # noqa: NPY002
    assert random.getstate() == before[2]
    assert (torch.get_num_threads(), torch.is_grad_enabled()) == (threads, grad)
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]  # set by torch's class
    assert torch.get_default_dtype() == torch.float32


def _jobs(registry: Registry, folder: Path, methods: list[str], *sets: str) -> dict[str, Job]:
    plan = plan_of(registry, methods, sets=sets, seeds=[0])
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    eager = {job.method.name: with_limits(job, save_every_s=0.0) for job in jobs}
    return {
        name: replace(job, network=job.network and with_limits(job.network, save_every_s=0.0))
        for name, job in eager.items()
    }


def _finish(job: Job) -> Finished:
    (event,) = (event for event in execute(job) if isinstance(event, Finished))
    finished = judged(job, event)
    assert finished.outcome.status == "ok", finished.outcome.error
    return finished


@pytest.mark.parametrize("steps", [1, 5, 8, 20, 23])
@pytest.mark.parametrize("method", ["dann", "coral", "adabn", "mean_teacher", "toy_stages"])
def test_interrupted_and_resumed_is_the_same_to_the_bit(
    registry: Registry, tmp_path: Path, method: str, steps: int
) -> None:
    sets = ("backbone.options.batch_norm=true",) if method == "adabn" else ()
    whole = _finish(_jobs(registry, tmp_path / "whole", [method], *sets)[method]).outcome
    job = _jobs(registry, tmp_path / "parts", [method], *sets)[method]
    events = execute(job)
    for _ in range(steps):
        next(events)
    events.close()  # as an interrupt does
    assert job.files.state.is_file()
    resumed = _finish(job).outcome
    assert "goes on from step" in job.files.log.read_text()
    assert not job.files.state.exists()
    for field in ("predictions_sha256", "accuracy", "checkpoints", "metrics", "per_class", "steps", "images_seen"):
        assert getattr(resumed, field) == getattr(whole, field), field


def test_a_state_that_cannot_be_read_begins_anew(registry: Registry, tmp_path: Path) -> None:
    whole = _finish(_jobs(registry, tmp_path / "whole", ["dann"])["dann"]).outcome
    job = _jobs(registry, tmp_path / "parts", ["dann"])["dann"]
    job.files.state.parent.mkdir(parents=True)
    job.files.state.write_bytes(b"PK truncated")
    resumed = _finish(job).outcome
    assert resumed.checkpoints == whole.checkpoints
    assert "cannot be read, so the run begins anew" in job.files.log.read_text()


@pytest.mark.gpu
def test_a_gpu_gives_the_same_bits_twice(registry: Registry, tmp_path: Path) -> None:
    outcomes = []
    for name in ("first", "second"):
        job = _jobs(registry, tmp_path / name, ["coral"])["coral"]
        outcomes.append(_finish(replace(job, device="cuda:0", network=replace(job.network, device="cuda:0"))).outcome)
    assert outcomes[0].checkpoints == outcomes[1].checkpoints
    assert outcomes[0].predictions_sha256 == outcomes[1].predictions_sha256
