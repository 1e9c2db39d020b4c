"""Where the time of a training step of `mini` goes: the loop's own parts, and the network's.

    python tests/benchmarks/step_parts.py [METHOD] [SOURCE:TARGET]

Microseconds of processor time, medians of steps, one thread, with memory as a worker has it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from dabench.config.suite_file import find_suite
from dabench.execution.batches import BatchSampler
from dabench.execution.deep_run import build
from dabench.execution.execute import open_pair
from dabench.execution.training import LossMeans, TrainingRecipe, _enter_training, _optimisers, _set_rate
from dabench.methods.base import DeepMethod, total
from dabench.parallel.memory import keep_freed_memory
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import load_registry
from dabench.runs.job import Job
from dabench.seeding import reproducible, seed_torch, stream

STEPS, WARM = 300, 20


class Parts:
    """Times of parts by name."""

    def __init__(self) -> None:
        self.took: dict[str, list[int]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Note the processor time of the block."""
        begun = time.process_time_ns()
        yield
        self.took.setdefault(name, []).append(time.process_time_ns() - begun)


def _job(method: str, pair: str) -> Job:
    registry = load_registry()
    bound = method in ("source_only", "target_only")
    methods = None if bound else [method]
    plan = make_plan(find_suite("mini", registry), registry, device_kind="cpu", methods=methods, seeds=(100,))
    jobs = make_jobs(plan, plan.runs, Path(tempfile.mkdtemp()), registry, RunOptions(device="cpu"))
    return next(j for j in jobs if j.method.name == method and f"{j.data.source.name}:{j.data.target.name}" == pair)


def main(name: str = "dann", pair: str = "digits:digits_m") -> None:
    """Make the steps of `execution.training.train` for a method of one stage, part by part."""
    job = _job(name, pair)
    data, settings, part = open_pair(job, torch.device("cpu")), job.settings, Parts()
    recipe = TrainingRecipe(settings.optimiser, settings.schedule, settings.budget)
    with reproducible():
        method: DeepMethod = build(job, data, job.method.load())
        method.enter(method.stages()[0])
        method.optimisers = _optimisers(method, recipe.optimiser, {})
        batches = BatchSampler(data.problem, job.seed, recipe.budget.batch, method.views, steps=recipe.budget.steps)
        modules, means = list(method.modules()), LossMeans()
        for step in range(STEPS):
            progress = step / STEPS
            with part("learning rate"):
                _set_rate(method.optimisers, {}, recipe, progress)
            with part("seed"):
                seed_torch(stream(job.seed, "dropout", step), data.device)
            with part("training mode"):
                _enter_training(method, modules)
            with part("batch"):
                batch = batches.at(step, step, progress)
            with part("forward and losses"):
                losses = method.losses(batch)
                loss = total(losses)
            with part("gradients forgotten"):
                method.optimisers["main"].zero_grad()
            with part("backward"):
                loss.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
            with part("optimiser"):
                method.optimisers["main"].step()
            with part("means of losses"):
                means.add(losses)
    medians = {name: statistics.median(took[WARM:]) / 1000 for name, took in part.took.items()}
    print(f"{name} on {pair}", *(f"{name}: {value:.0f}" for name, value in medians.items()), sep="; ")


if __name__ == "__main__":
    keep_freed_memory()
    main(*sys.argv[1:])
