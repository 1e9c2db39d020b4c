"""Images per second of DANN: the training loop of dabench for five seeds, against a plain loop with a DataLoader.

The plain loop leaves out the reversal of the gradient, which takes no time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from dabench.config.suite_file import find_suite
from dabench.execution.deep_run import build
from dabench.execution.execute import open_pair
from dabench.execution.training import TrainingRecipe, train
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import load_registry
from dabench.runs.job import Job
from dabench.seeding import reproducible

SEEDS, STEPS = (100, 101, 102, 103, 104), 200


def jobs_on(device: str, folder: Path) -> list[Job]:
    """A job of DANN for each seed."""
    registry = load_registry()
    kind = device.partition(":")[0]
    plan = make_plan(
        find_suite("mini", registry),
        registry,
        device_kind=kind,
        methods=["dann"],
        pairs=["digits:digits_m"],
        seeds=SEEDS,
    )
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device=device))
    return [job for job in jobs if job.method.name == "dann"]


def by_dabench(job: Job, device: torch.device, steps: int) -> float:
    """Seconds of one seed."""
    data = open_pair(job, device)
    budget = job.budget.model_copy(update={"steps": steps, "checkpoints": 1})
    with reproducible():
        method = build(job, data, job.method.load())
        begun = time.monotonic()
        for _ in train(
            method, data.problem, TrainingRecipe(job.settings.optimiser, job.settings.schedule, budget), job.seed
        ):
            pass
        _wait(device)
    return time.monotonic() - begun


def by_hand(job: Job, device: torch.device, steps: int) -> float:
    """Seconds of the loop that most code has: a DataLoader for each domain, and batches copied to the device."""
    data = open_pair(job, torch.device("cpu"))
    problem, method = data.problem, build(job, data, job.method.load()).to(device)
    source = TensorDataset(problem.prepare(problem.source_x), problem.source_y)
    target = TensorDataset(problem.prepare(problem.target_x))
    loaders = [DataLoader(part, job.budget.batch, shuffle=True, drop_last=True) for part in (source, target)]
    optimiser = torch.optim.SGD(method.parameters(), job.settings.optimiser.lr, momentum=0.9)
    method.train()
    begun = time.monotonic()
    for _, (x, y), (other,) in zip(range(steps), *map(_forever, loaders), strict=False):
        features = method.features(torch.cat([x, other]).to(device))
        is_target = torch.arange(len(features), device=device).ge(len(x)).float()[:, None]
        loss = cross_entropy(method.classify(features[: len(x)]), y.to(device))
        loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(method.domain(features), is_target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    _wait(device)
    return time.monotonic() - begun


def _forever(loader: DataLoader[Any]) -> Iterator[Any]:
    """Epoch after epoch, each drawn anew: `itertools.cycle` would keep the batches of the first."""
    while True:
        yield from loader


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def main(device: str = "", steps: int = STEPS) -> None:
    """Print both, after a warm-up."""
    device = device or ("cuda:0" if torch.cuda.is_available() else "cpu")
    at = torch.device(device)
    with tempfile.TemporaryDirectory() as folder:
        jobs = jobs_on(device, Path(folder))
        for measure in (by_dabench, by_hand):
            measure(jobs[0], at, 10)
            seconds = [measure(job, at, steps) for job in jobs]
            images = 2 * jobs[0].budget.batch * steps * len(jobs)
            print(f"{measure.__name__}: {images / sum(seconds):.0f} images/s on {device}, {len(jobs)} seeds in turn")


if __name__ == "__main__":
    main()
