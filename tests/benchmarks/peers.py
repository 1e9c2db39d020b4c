"""Images per second of DANN on MNIST -> MNIST-M, one thread: dabench's training loop against those of other libraries.

`make bench-peers` runs it in an environment of its own. All train the network `ganin_mnist` on 64 + 64 images a step,
in turn; medians of rounds of processor time, so that what else runs counts less. Evaluation is left out. The others
train in float32, as they do unless their user writes more; dabench and the plainest of them also in bfloat16, which is
what `precision: auto` takes where the processor has units for it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from dabench.config.overrides import parse_overrides
from dabench.config.suite_file import find_suite
from dabench.execution.deep_run import build
from dabench.execution.execute import open_pair
from dabench.execution.pair_data import PairData
from dabench.execution.training import TrainingRecipe, train
from dabench.parallel.memory import keep_freed_memory
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import load_registry
from dabench.runs.job import Job
from dabench.seeding import reproducible

ROUNDS = 5
PART = 2048  # images of each domain that the others hold as floats

Training = Callable[[], None]


class Trunk(nn.Sequential):
    """The convolutions of `ganin_mnist` as usually written: activation, then pooling."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 32, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 48, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(),
        )  # fmt: skip


def classifier() -> nn.Sequential:
    """Its label predictor."""
    return nn.Sequential(nn.Linear(1200, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10))


def domain_head() -> nn.Sequential:
    """Its domain classifier."""
    return nn.Sequential(nn.Linear(1200, 100), nn.ReLU(), nn.Linear(100, 1))


class Reverse(torch.autograd.Function):
    """Gradient reversal."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Return x."""
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *grad: Tensor) -> Tensor:
        """Reverse the gradient."""
        return -grad[0]


def job_and_data(folder: Path, precision: str) -> tuple[Job, PairData]:
    """Of DANN on the pair."""
    registry = load_registry()
    plan = make_plan(
        find_suite("ganin", registry),
        registry,
        device_kind="cpu",
        methods=["dann:"],
        pairs=["mnist:mnist_m"],
        seeds=(100,),
        overrides=parse_overrides([f"precision={precision}"]),
    )
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    job = next(job for job in jobs if job.method.name == "dann")
    return job, open_pair(job, torch.device("cpu"))


def dabench_loop(job: Job, data: PairData, steps: int) -> Training:
    """What a worker does between two checkpoints."""
    budget = job.budget.model_copy(update={"steps": steps, "checkpoints": 1})
    recipe = TrainingRecipe(job.settings.optimiser, job.settings.schedule, budget)
    method = build(job, data, job.method.load())

    def run() -> None:
        with reproducible():
            for _ in train(method, data.problem, recipe, job.seed):
                pass

    return run


def _forever(loader: DataLoader[Any]) -> Iterator[Any]:
    while True:
        yield from loader


def _floats(data: PairData) -> tuple[Tensor, Tensor, Tensor]:
    """Source images, their labels, and target images, prepared and in torch's usual layout."""
    problem = data.problem
    source, target = (problem.prepare(x[:PART]).contiguous() for x in (problem.source_x, problem.target_x))
    return source, problem.source_y[:PART], target


def tllib_style(job: Job, data: PairData, steps: int) -> Training:
    """A loop like that of the Transfer Learning Library's examples: a DataLoader for each domain, run for ever."""
    source_x, source_y, target_x = _floats(data)
    batch = job.budget.batch
    source = _forever(DataLoader(TensorDataset(source_x, source_y), batch, shuffle=True, drop_last=True))
    target = _forever(DataLoader(TensorDataset(target_x), batch, shuffle=True, drop_last=True))
    trunk, labels, domains = Trunk(), classifier(), domain_head()
    parts = [{"params": part.parameters()} for part in (trunk, labels, domains)]
    optimiser = torch.optim.SGD(parts, 0.01, momentum=0.9, weight_decay=1e-3, nesterov=True)
    is_target = torch.cat([torch.zeros(batch, 1), torch.ones(batch, 1)])

    def run() -> None:
        for _ in range(steps):
            (x, y), (other,) = next(source), next(target)
            with torch.autocast("cpu", torch.bfloat16, enabled=job.settings.precision == "bf16"):
                features = trunk(torch.cat([x, other]))
                loss = cross_entropy(labels(features)[:batch], y)
                loss = loss + binary_cross_entropy_with_logits(domains(Reverse.apply(features)), is_target)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    return run


def pytorch_adapt(job: Job, data: PairData, steps: int) -> Training:
    """Its `DANNHook`, fed as above."""
    from pytorch_adapt.hooks import DANNHook

    source_x, source_y, target_x = _floats(data)
    batch = job.budget.batch
    source = _forever(DataLoader(TensorDataset(source_x, source_y), batch, shuffle=True, drop_last=True))
    target = _forever(DataLoader(TensorDataset(target_x), batch, shuffle=True, drop_last=True))
    models = {"G": Trunk(), "C": classifier(), "D": nn.Sequential(domain_head(), nn.Flatten(0))}
    optimisers = [torch.optim.SGD(model.parameters(), 0.01, momentum=0.9) for model in models.values()]
    hook = DANNHook(optimisers)
    zeros, ones = torch.zeros(batch), torch.ones(batch)

    def run() -> None:
        for _ in range(steps):
            (x, y), (other,) = next(source), next(target)
            batch_of = {"src_imgs": x, "src_labels": y, "target_imgs": other}
            hook({**models, **batch_of, "src_domain": zeros, "target_domain": ones})

    return run


class _Named(nn.Module):
    """The whole network, with its features under a name that skada finds."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.labels = Trunk(), classifier()

    def forward(self, x: Tensor, sample_weight: Any = None) -> Tensor:
        """Images -> logits."""
        return self.labels(self.features(x))


def skada(job: Job, data: PairData, steps: int) -> Training:
    """Its estimator `DANN`, on float arrays in memory; one epoch of as many batches."""
    from skada.deep import DANN

    batch = job.budget.batch
    source_x, source_y, target_x = (part[: steps * batch].numpy() for part in _floats(data))
    x = np.concatenate([source_x, target_x]).astype(np.float32)
    y = np.concatenate([source_y, np.full(len(target_x), -1)])
    domains = np.concatenate([np.ones(len(source_x), int), np.full(len(target_x), -2)])
    estimator = DANN(
        _Named(), layer_name="features", reg=1, num_features=1200, batch_size=2 * batch, max_epochs=1, train_split=None,
        optimizer=torch.optim.SGD, optimizer__lr=0.01, optimizer__momentum=0.9, verbose=0,
    )  # fmt: skip

    def run() -> None:
        estimator.fit(x, y, sample_domain=domains)

    return run


LOOPS: dict[tuple[str, str], Callable[[Job, PairData, int], Training]] = {
    ("dabench", "fp32"): dabench_loop,
    ("dabench", "bf16"): dabench_loop,
    ("tllib-style loop", "fp32"): tllib_style,
    ("tllib-style loop", "bf16"): tllib_style,
    ("pytorch-adapt", "fp32"): pytorch_adapt,
    ("skada", "fp32"): skada,
}


def main(steps: int = 32, rounds: int = ROUNDS) -> None:
    """Print the median of each loop, and how many times the best of the others in float32 dabench's are."""
    torch.set_num_threads(1)
    keep_freed_memory()  # for all of them, as it holds for the process
    with tempfile.TemporaryDirectory() as folder:
        jobs = {precision: job_and_data(Path(folder), precision) for precision in ("fp32", "bf16")}
        loops = {key: make(*jobs[key[1]], steps) for key, make in LOOPS.items()}
        seconds: dict[tuple[str, str], list[float]] = {key: [] for key in loops}
        for number in range(rounds + 1):
            for name, run in loops.items():
                begun = time.process_time()
                run()
                if number:  # the first round warms up
                    seconds[name].append(time.process_time() - begun)
    images = 2 * jobs["fp32"][0].budget.batch * steps
    speeds = {key: images / statistics.median(times) for key, times in seconds.items()}
    for (name, precision), speed in speeds.items():
        print(f"{name:<18} {precision} {speed:7.0f} images/s")
    best = max((key for key in speeds if key[0] != "dabench" and key[1] == "fp32"), key=speeds.__getitem__)
    for precision in jobs:
        ratio = speeds["dabench", precision] / speeds[best]
        print(f"dabench in {precision} over the best of the others in fp32 ({best[0]}): {ratio:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
