"""The training loop: shared by all methods, because sharing it is what makes the comparison fair.

Data stay resident, batches are gathered by index, and nothing inside a step waits for the device. The loop is a
generator: it hands control out at checkpoints and now and then in between, and knows nothing of who takes it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from dabench.backbones.base import Backbone
from dabench.config.settings import Budget, Optimiser, Schedule
from dabench.errors import DabenchError
from dabench.execution.batches import BatchSampler
from dabench.execution.optimisers import optimiser
from dabench.methods.base import DeepMethod, Stage
from dabench.methods.problem import Problem
from dabench.seeding import seed_torch, stream

if TYPE_CHECKING:
    from dabench.data.augmentation import View

TICK_S = 0.25


@dataclass(frozen=True)
class TrainingRecipe:
    """The suite's decisions about training; `augment` as in `config.settings.Input`."""

    optimiser: Optimiser
    schedule: Schedule
    budget: Budget
    augment: View = "none"


@dataclass(frozen=True)
class TrainingEvent:
    """State of a training that hands out control.

    Attributes:
        step: steps done, all stages counted.
        losses: at a checkpoint, the mean of each loss since the one before; else None.
        broken: why the training ended early, at a checkpoint: a loss became NaN or infinite. The weights are left as
            they are: the run has collapsed, which is a result.
        state: where the state is to be saved, everything needed to go on from here; else None.
        live: where losses are logged, the mean of each since they were last; else None.
    """

    step: int
    losses: dict[str, float] | None = None
    broken: str | None = None
    state: dict[str, Any] | None = None
    live: dict[str, float] | None = None


def train(
    method: DeepMethod,
    problem: Problem[Tensor, Tensor],
    recipe: TrainingRecipe,
    seed: int,
    *,
    state: dict[str, Any] | None = None,
    save_every_s: float = math.inf,
    log_every: int = 0,
) -> Iterator[TrainingEvent]:
    """Train a method.

    Args:
        method: built and set up, on the device of the problem.
        problem: what it may see.
        recipe: optimiser, schedule and budget of the suite.
        seed: of the run.
        state: of a `TrainingEvent` of an earlier, interrupted call; the results are the same to the bit.
        save_every_s: how often an event carries the state.
        log_every: steps after which an event carries the losses; 0 for never. To read them the device is waited for.

    Yields:
        An event about every quarter of a second and at every checkpoint, the last step being one.
    """
    checkpoints = checkpoint_steps(recipe.budget)
    done, losses, recent, clock = 0, LossMeans(), LossMeans(), _Clock(save_every_s)
    if state:
        method.load_state_dict(state["method"])
        done, losses = state["step"], LossMeans(dict(state["sums"]), state["since"])
    for stage, first, last in stage_steps(method.stages(), recipe.budget.steps):
        if done >= last:
            continue
        method.enter(stage)
        method.optimisers = _optimisers(method, recipe.optimiser, state["optimisers"] if state and done > first else {})
        rates = method.rates()
        steps = last - max(done, first)
        batches = BatchSampler(problem, seed, recipe.budget.batch, method.views, recipe.augment, steps)
        modules = list(method.modules())
        for step in range(max(done, first), last):
            progress = (step - first) / (last - first)
            _set_rate(method.optimisers, rates, recipe, progress)
            seed_torch(stream(seed, "dropout", step), problem.source_x.device)
            _enter_training(method, modules)
            batch = batches.at(step, step - first, progress, uses_source=stage.uses_source)
            of_step = method.step(batch)
            losses.add(of_step)
            done = step + 1
            recent.add(of_step if log_every else {})
            if log_every and done % log_every == 0:
                yield TrainingEvent(done, live=recent.take())
            if done in checkpoints:
                means = losses.take()
                broken = _broken(means, done)
                clock.tick()
                yield TrainingEvent(done, losses=means, broken=broken)
                if broken:
                    return
            elif clock.must_save():
                yield TrainingEvent(done, state=_state(method, losses, done))
            elif clock.must_tick():
                yield TrainingEvent(done)


@dataclass
class LossMeans:
    """The mean of each loss since the checkpoint before.

    Attributes:
        sums: of each loss, on the device: reading a value would make the step wait for it.
        steps: that were added up.
    """

    sums: dict[str, Tensor] = field(default_factory=dict)
    steps: int = 0

    def add(self, losses: Mapping[str, Tensor]) -> None:
        """Add the losses of one step."""
        for name, loss in losses.items():
            self.sums[name] = self.sums[name] + loss.detach() if name in self.sums else loss.detach()
        self.steps += 1

    def take(self) -> dict[str, float]:
        """Return the means and start again."""
        means = {name: value.item() / self.steps for name, value in self.sums.items()}
        self.sums, self.steps = {}, 0
        return means


class _Clock:
    """Says when to hand out control, and when with the state."""

    def __init__(self, save_every_s: float) -> None:
        self._save_every_s = save_every_s
        self._ticked = self._saved = time.monotonic()

    def tick(self) -> None:
        """Note that control is handed out now."""
        self._ticked = time.monotonic()

    def must_save(self) -> bool:
        """Whether the state is due, which counts as handed out then."""
        now = time.monotonic()
        due = now - self._saved >= self._save_every_s
        if due:
            self._saved = self._ticked = now
        return due

    def must_tick(self) -> bool:
        """Whether control is due, which counts as handed out then."""
        now = time.monotonic()
        due = now - self._ticked >= TICK_S
        if due:
            self._ticked = now
        return due


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
    networks = [module for module in method.modules() if isinstance(module, Backbone)]
    parts = [part for network in networks for part in network.rate_factors()]
    factors = {parameter: factor for module, factor in parts for parameter in module.parameters()}
    groups = method.parameter_groups()
    made = {name: optimiser(settings, parameters, factors) for name, parameters in groups.items()}
    for name, state in states.items():
        made[name].load_state_dict(state)
    return made


def _enter_training(method: DeepMethod, modules: Iterable[torch.nn.Module]) -> None:
    """Put all modules in training mode, unless they are in it, as they are in most steps: to look is cheaper."""
    if not all(module.training for module in modules):
        method.train()


def _set_rate(
    optimisers: Mapping[str, torch.optim.Optimizer], rates: Mapping[str, float], recipe: TrainingRecipe, progress: float
) -> None:
    rate = recipe.optimiser.lr * rate_factor(recipe.schedule, progress)
    for name, chosen in optimisers.items():
        for group in chosen.param_groups:
            group["lr"] = rate * rates.get(name, 1.0) * group["factor"]


def rate_factor(schedule: Schedule, progress: float) -> float:
    """The factor of the learning rate at `progress` in [0, 1]; `config.settings.Schedule` has the formulae."""
    match schedule.name:
        case "constant":
            return 1.0
        case "inverse":
            return float((1 + schedule.alpha * progress) ** -schedule.beta)
        case "cosine":
            return math.cos(7 / 8 * math.pi / 2 * progress)


def _broken(means: dict[str, float], step: int) -> str | None:
    names = [name for name, value in means.items() if not math.isfinite(value)]
    return f"the loss {', '.join(names)} became non-finite by step {step}" if names else None


def _state(method: DeepMethod, losses: LossMeans, step: int) -> dict[str, Any]:
    return {
        "method": method.state_dict(),
        "optimisers": {name: optimiser.state_dict() for name, optimiser in method.optimisers.items()},
        "sums": losses.sums,
        "since": losses.steps,
        "step": step,
    }
