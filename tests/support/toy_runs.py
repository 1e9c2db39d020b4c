"""Runs of the toy suite, for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dabench import Batch
from dabench.config.overrides import parse_overrides
from dabench.config.suite import Suite
from dabench.config.suite_file import find_suite
from dabench.data.prepared import PreparedDomain
from dabench.data.prepared_copy import Meta
from dabench.data.splits.given import target_labels
from dabench.execution.deep_run import build
from dabench.execution.execute import execute, open_pair
from dabench.execution.pair_data import PairData
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.runner.judge import Judge
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out, done_records
from dabench.runs.job import Finished, Job, Outcome
from dabench.runs.plan import Plan
from dabench.runs.record import RunRecord

METHODS = ["coral", "deep_coral", "dann", "mmd"]


def plan_of(registry: Registry, only: list[str] | None = None, *, sets: tuple[str, ...] = (), **changes: Any) -> Plan:
    """A plan of the toy suite, with fields of the suite changed."""
    suite = find_suite("toy", registry)
    if changes:
        suite = Suite.model_validate({**suite.model_dump(by_alias=True), **changes})
    return make_plan(suite, registry, device_kind="cpu", methods=only, overrides=parse_overrides(sets))


def opened(
    registry: Registry, folder: Path, method: str, *, sets: tuple[str, ...] = (), **changes: Any
) -> tuple[Job, PairData]:
    """The job of a method on the first pair with seed 0, and its data."""
    plan = plan_of(registry, [method], seeds=[0], sets=sets, **changes)
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    job = next(job for job in jobs if job.method.name == method)
    return job, open_pair(job, torch.device("cpu"))


def method_and_batch(registry: Registry, folder: Path, name: str, *sets: str) -> tuple[Any, Batch]:
    """A built-in method, set up and untrained, and a batch in the middle of its training."""
    job, data = opened(registry, folder, name, sets=sets)
    problem = data.problem
    rows = torch.arange(20)
    batch = Batch(
        source_x=problem.prepare(problem.source_x[rows]),
        source_y=problem.source_y[rows],
        target_x=problem.prepare(problem.target_x[rows]),
        target_y=None,
        source_index=rows,
        target_index=rows,
        step=12,
        progress=0.5,
    )
    return build(job, data, job.method.load()).eval(), batch


def run(plan: Plan, results: Path, registry: Registry, **options: Any) -> dict[tuple[str, str, int], RunRecord]:
    """Carry out a plan; records by (pair, method, seed)."""
    found, _ = done_records(plan, results)
    recorder = Recorder(plan, results, registry, list(found.values()))
    carry_out(recorder, RunOptions(device="cpu", **{"launcher": "inline", **options}))
    return {(record.pair, record.method, record.seed): record for record in recorder.records}


def numbers(record: RunRecord) -> Any:
    """All that must be equal to the bit in two runs that are the same."""
    return (
        record.run_id,
        record.predictions_sha256,
        record.accuracy,
        record.selections,
        record.per_class,
        record.metrics,
        record.checkpoints,
    )


def outcome_of(job: Job) -> Outcome:
    """The outcome of a job: executed here, and judged by the labels of its target."""
    (finished,) = (event for event in execute(job) if isinstance(event, Finished))
    return judged(job, finished).outcome


def judged(job: Job, finished: Finished) -> Finished:
    """The end of a job with what its predictions are worth."""
    target = job.data.target
    domain = target if isinstance(target, PreparedDomain) else PreparedDomain(**vars(target))
    event = Judge({target.name: domain}).judged(job, finished)
    assert isinstance(event, Finished)
    return event


@dataclass(frozen=True)
class Poisoned(PreparedDomain):
    """A domain whose labels are wrong in both splits, from the moment they are read."""

    def labels_of(self, split: str) -> Any:
        return np.random.Generator(np.random.PCG64(9)).permutation(super().labels_of(split))

    def open_aux(self) -> Any:
        return {name: labels.max() - labels for name, labels in super().open_aux().items()}


def with_poison(job: Job) -> Job:
    """A job whose target labels are wrong, those that it is judged by included; shots that it is given stay right."""
    target, given = Poisoned(**vars(job.data.target), aux=Meta.read(job.data.target.folder).aux), job.data.given
    if given.target is not None:
        given = replace(given, target=target_labels(target, job.settings.transductive))
    data = replace(job.data, target=target, given=given)
    return replace(job, data=data, network=job.network and replace(job.network, data=data))


def with_limits(job: Job, **limits: Any) -> Job:
    """A job with other limits."""
    return replace(job, limits=replace(job.limits, **limits))
