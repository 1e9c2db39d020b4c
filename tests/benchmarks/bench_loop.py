"""The cost of the harness's step loop over the same training written by hand without dabench.

`make bench` runs both in turn, on the mini suite's network and data. pytest-benchmark's timer counts in units of the
hand-written round just before, so that its table, its stored run and `--benchmark-compare-fail` are about ratios: on a
busy or another machine they say something, seconds do not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from dabench.config.suite_file import find_suite
from dabench.execution.deep_run import build
from dabench.execution.execute import open_pair
from dabench.execution.pair_data import PairData
from dabench.execution.training import TrainingRecipe, train
from dabench.methods.base import DeepMethod
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import load_registry
from dabench.runs.job import Job
from dabench.seeding import reproducible

STEPS, ROUNDS, LIMIT = 60, 15, 1.10


class Reverse(torch.autograd.Function):
    """Gradient reversal."""

    @staticmethod
    def forward(ctx, x, strength):  # type: ignore[no-untyped-def]
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):  # type: ignore[no-untyped-def]
        return -ctx.strength * grad, None


def _job(method: str, folder: Path) -> Job:
    registry = load_registry()
    plan = make_plan(find_suite("mini", registry), registry, device_kind="cpu", methods=[method], seeds=(100,))
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    return next(job for job in jobs if job.method.name == method)


def _by_harness(job: Job, data: PairData) -> Callable[[], None]:
    budget = job.settings.budget.model_copy(update={"steps": STEPS, "checkpoints": 1})
    recipe = TrainingRecipe(job.settings.optimiser, job.settings.schedule, budget)
    method = build(job, data, job.method.load())

    def run() -> None:
        for _ in train(method, data.problem, recipe, job.seed):
            pass

    return run


def _by_hand(job: Job, data: PairData, adapt: bool) -> Callable[[], None]:
    """The training that a person would write: an epoch's permutation, batches by index, SGD with the schedule."""
    method: DeepMethod = build(job, data, job.method.load())
    problem, settings = data.problem, job.settings
    batch = settings.budget.batch

    def run() -> None:
        network = method.network
        optimiser = torch.optim.SGD(
            method.parameters(),
            settings.optimiser.lr,
            settings.optimiser.momentum,
            weight_decay=settings.optimiser.weight_decay,
            fused=True,
        )
        source_order = problem.source_rows[torch.randperm(len(problem.source_rows))]
        target_order = torch.randperm(len(problem.target_x))
        at_source = at_target = 0
        method.train()
        for step in range(STEPS):
            progress = step / STEPS
            if settings.schedule.name == "inverse":
                rate = (1 + settings.schedule.alpha * progress) ** -settings.schedule.beta
                optimiser.param_groups[0]["lr"] = settings.optimiser.lr * rate
            if at_source + batch > len(source_order):
                source_order, at_source = problem.source_rows[torch.randperm(len(problem.source_rows))], 0
            if at_target + batch > len(target_order):
                target_order, at_target = torch.randperm(len(problem.target_x)), 0
            rows = source_order[at_source : at_source + batch]
            source_x, source_y = problem.prepare(problem.source_x[rows]), problem.source_y[rows]
            target_x = problem.prepare(problem.target_x[target_order[at_target : at_target + batch]])
            at_source, at_target = at_source + batch, at_target + batch
            both = network.features(torch.cat([source_x, target_x]) if adapt else source_x)
            loss = cross_entropy(network.classify(both[:batch]), source_y)
            if adapt:
                is_target = torch.cat([torch.zeros(batch, 1), torch.ones(batch, 1)])
                ramp = 2 / (1 + math.exp(-10 * progress)) - 1
                loss = loss + binary_cross_entropy_with_logits(method.domain(Reverse.apply(both, ramp)), is_target)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    return run


class Ratio:
    """A timer whose unit is the time that the reference took last."""

    def __init__(self, reference: Callable[[], None]) -> None:
        self._reference, self._unit = reference, 1.0

    def measure(self) -> None:
        """Run the reference."""
        begun = time.perf_counter()
        self._reference()
        self._unit = time.perf_counter() - begun

    def __call__(self) -> float:
        """Now, in that unit: only differences mean something."""
        return time.perf_counter() / self._unit


@pytest.mark.benchmark(group="times the hand-written loop (the column says s)")
@pytest.mark.parametrize("name", ["source_only", "dann"])
def test_the_loop_costs_little_over_a_bare_one(benchmark: BenchmarkFixture, tmp_path: Path, name: str) -> None:
    job = _job(name, tmp_path)
    data = open_pair(job, torch.device("cpu"))
    with reproducible():
        harness = _by_harness(job, data)
        ratio = Ratio(_by_hand(job, data, adapt=name == "dann"))
        benchmark._timer = ratio  # no public way to set it from within a test
        benchmark.pedantic(harness, setup=ratio.measure, rounds=ROUNDS, warmup_rounds=1)
    median = benchmark.stats.stats.median
    print(f"\n{name}: {median:.3f} times the hand-written loop")
    assert median <= LIMIT
