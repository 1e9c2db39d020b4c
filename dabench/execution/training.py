"""The training loop: shared by all methods, because sharing it is what makes the comparison fair.

Data stay resident, batches are gathered by index, and nothing inside a step waits for the device. The loop is a
generator: it hands control out at checkpoints and now and then in between, and knows nothing of who takes it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from dabench.config.settings import Budget, Optimiser, Schedule
from dabench.data.resident import Order
from dabench.errors import DabenchError
from dabench.execution.batches import make_batch, with_paired
from dabench.methods.base import DeepMethod, Stage
from dabench.methods.problem import Problem
from dabench.seeding import seed_torch, stream

if TYPE_CHECKING:
    pass

TICK_S = 0.25


@dataclass(frozen=True)
class Recipe:
    """What the suite decides about training."""

    optimiser: Optimiser
    schedule: Schedule
    budget: Budget


@dataclass(frozen=True)
class Moment:
    """Where the training stands when it hands out control.

    Attributes:
        step: steps done, all stages counted.
        losses: at a checkpoint, the mean of each loss since the one before; else None.
        broken: why the training ended early, at a checkpoint: a loss became NaN or infinite. The weights are left as
            they are: the run has collapsed, which is a result.
        state: at a moment when the state should be saved, everything needed to go on from here; else None.
    """

    step: int
    losses: dict[str, float] | None = None
    broken: str | None = None
    state: dict[str, Any] | None = None


def train(
    method: DeepMethod,
    problem: Problem[Tensor, Tensor],
    recipe: Recipe,
    seed: int,
    *,
    state: dict[str, Any] | None = None,
    save_every_s: float = math.inf,
) -> Iterator[Moment]:
    """Train a method.

    Args:
        method: built and set up, on the device of the problem.
        problem: what it may see.
        recipe: optimiser, schedule and budget of the suite.
        seed: of the run.
        state: from a `Moment` of an earlier, interrupted call; the results are the same to the bit.
        save_every_s: how often a moment carries its state.

    Yields:
        A moment about every quarter of a second and at every checkpoint, the last step being one.
    """
    device = problem.source_x.device
    steps = recipe.budget.steps
    checkpoints = checkpoint_steps(recipe.budget)
    batch = recipe.budget.batch
    rows = problem.source_rows if problem.source_rows is not None else torch.arange(len(problem.source_x)).to(device)
    source = Order(seed, "order:source", len(rows), batch, device)
    target = Order(seed, "order:target", len(problem.target_x), batch, device)
    count = None if problem.labelled_rows is None else len(problem.labelled_rows)
    labelled = None if count is None else Order(seed, "order:labelled", count, batch, device)
    paired = None if problem.paired_y is None else Order(seed, "order:paired", len(problem.paired_y), batch, device)
    sums: dict[str, Tensor] = {}
    since = done = 0
    if state:
        method.load_state_dict(state["method"])
        sums, since, done = dict(state["sums"]), state["since"], state["step"]
    ticked = saved = time.monotonic()
    for stage, first, last in stage_steps(method.stages(), steps):
        if done >= last:
            continue
        method.enter(stage)
        method.optimisers = _optimisers(method, recipe.optimiser, state["optimisers"] if state and done > first else {})
        rates = method.rates()
        for step in range(max(done, first), last):
            progress = (step - first) / (last - first)
            _set_rate(method.optimisers, rates, recipe, progress)
            seed_torch(stream(seed, "dropout", step), device)
            method.train()
            indices = rows.index_select(0, source.at(step)), target.at(step)
            key = partial(stream, seed, step=step)
            chosen = None if labelled is None else labelled.at(step)
            drawn = make_batch(problem, *indices, step - first, progress, method.views, key, chosen)
            losses = method.step(with_paired(drawn, problem, paired.at(step)) if paired else drawn)
            done, since = step + 1, since + 1
            _add(sums, losses)
            now = time.monotonic()
            if done in checkpoints:
                means = {name: value.item() / since for name, value in sums.items()}
                sums, since, ticked = {}, 0, now
                broken = _broken(means, done)
                yield Moment(done, losses=means, broken=broken)
                if broken:
                    return
            elif now - saved >= save_every_s:
                saved = ticked = now
                yield Moment(done, state=_state(method, sums, since, done))
            elif now - ticked >= TICK_S:
                ticked = now
                yield Moment(done)


def checkpoint_steps(budget: Budget) -> set[int]:
    """Steps after which to measure: evenly spread, the last step included."""
    count = min(budget.checkpoints, budget.steps)
    return {round(budget.steps * (index + 1) / count) for index in range(count)}


def stage_steps(stages: Iterable[Stage], steps: int) -> list[tuple[Stage, int, int]]:
    """The first step of each stage and the one after its last.

    Raises:
        DabenchError: the shares do not sum to 1.
    """
    stages = list(stages)
    if not stages or not math.isclose(sum(stage.share for stage in stages), 1):
        raise DabenchError(f"the shares of the stages must sum to 1, not {[stage.share for stage in stages]}")
    ends = [round(steps * sum(stage.share for stage in stages[: index + 1])) for index in range(len(stages))]
    return [(stage, first, last) for stage, first, last in zip(stages, [0, *ends], ends, strict=False)]


def _optimisers(method: DeepMethod, settings: Optimiser, states: Mapping[str, Any]) -> dict[str, torch.optim.Optimizer]:
    """An optimiser for each parameter group, with its state if there is one."""
    made = {name: _optimiser(settings, parameters) for name, parameters in method.parameter_groups().items()}
    for name, state in states.items():
        made[name].load_state_dict(state)
    return made


def _optimiser(settings: Optimiser, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    if not trained:
        raise DabenchError("this stage has nothing to train: the backbone has no parameters of its own")
    rate, decay = settings.lr, settings.weight_decay
    match settings.name:
        case "sgd":
            momentum, nesterov = settings.momentum, settings.nesterov
            return torch.optim.SGD(trained, rate, momentum, weight_decay=decay, nesterov=nesterov, fused=True)
        case "adam":
            return torch.optim.Adam(trained, rate, settings.betas, weight_decay=decay, fused=True)
        case "adamw":
            return torch.optim.AdamW(trained, rate, settings.betas, weight_decay=decay, fused=True)


def _set_rate(
    optimisers: Mapping[str, torch.optim.Optimizer], rates: Mapping[str, float], recipe: Recipe, progress: float
) -> None:
    rate = recipe.optimiser.lr * rate_factor(recipe.schedule, progress)
    for name, optimiser in optimisers.items():
        for group in optimiser.param_groups:
            group["lr"] = rate * rates[name] if name in rates else rate


def rate_factor(schedule: Schedule, progress: float) -> float:
    """The factor of the learning rate at `progress` in [0, 1]; `config.settings.Schedule` has the formulae."""
    match schedule.name:
        case "constant":
            return 1.0
        case "inverse":
            return float((1 + schedule.alpha * progress) ** -schedule.beta)
        case "cosine":
            return math.cos(7 / 8 * math.pi / 2 * progress)


def _add(sums: dict[str, Tensor], losses: Mapping[str, Tensor]) -> None:
    """Sum up on the device: reading a value would make the step wait for it."""
    for name, loss in losses.items():
        sums[name] = sums[name] + loss.detach() if name in sums else loss.detach()


def _broken(means: dict[str, float], step: int) -> str | None:
    names = [name for name, value in means.items() if not math.isfinite(value)]
    return f"the loss {', '.join(names)} became non-finite by step {step}" if names else None


def _state(method: DeepMethod, sums: dict[str, Tensor], since: int, step: int) -> dict[str, Any]:
    return {
        "method": method.state_dict(),
        "optimisers": {name: optimiser.state_dict() for name, optimiser in method.optimisers.items()},
        "sums": sums,
        "since": since,
        "step": step,
    }
