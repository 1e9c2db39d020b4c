from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from dabench import Batch
from dabench.config.settings import Budget, Schedule
from dabench.errors import DabenchError
from dabench.execution.deep_run import build
from dabench.execution.execute import open_pair
from dabench.execution.training import (
    LossMeans,
    TrainingEvent,
    TrainingRecipe,
    checkpoint_steps,
    rate_factor,
    stage_steps,
    train,
)
from dabench.methods.base import DeepMethod, Stage
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry, load_registry
from dabench.specs.spec import MethodSpec
from dabench.testing.subject import Subject, subjects
from tests.support.toy_runs import opened, plan_of
from tests.support.waits import waits_noted


@pytest.mark.parametrize(
    ("steps", "checkpoints", "expected"),
    [(10, 1, {10}), (10, 2, {5, 10}), (10, 3, {3, 7, 10}), (3, 5, {1, 2, 3}), (1, 1, {1})],
)
def test_checkpoints_are_spread_and_end_with_the_last_step(steps: int, checkpoints: int, expected: set[int]) -> None:
    assert checkpoint_steps(Budget(steps=steps, batch=1, checkpoints=checkpoints)) == expected


def test_schedules_follow_their_formulae() -> None:
    assert rate_factor(Schedule(name="constant"), 0.7) == 1
    inverse = Schedule(name="inverse", alpha=10, beta=0.75)
    assert rate_factor(inverse, 0) == 1
    assert rate_factor(inverse, 0.5) == pytest.approx((1 + 10 * 0.5) ** -0.75)
    assert rate_factor(Schedule(name="cosine"), 0.5) == pytest.approx(math.cos(7 / 16 * math.pi / 2))


def test_stages_share_the_budget() -> None:
    stages = [Stage("a", 0.5), Stage("b", 0.2), Stage("c", 0.3)]
    assert [(first, last) for _, first, last in stage_steps(stages, 11)] == [(0, 6), (6, 8), (8, 11)]
    for wrong in ([], [Stage("a", 0.5)], [Stage("a", 0.8), Stage("b", 0.8)]):
        with pytest.raises(DabenchError, match="sum to 1"):
            stage_steps(wrong, 10)


def _training(registry: Registry, folder: Path, method: str, **suite: object) -> tuple[DeepMethod, list[TrainingEvent]]:
    plan = plan_of(registry, [method], seeds=[0], **suite)
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    job = next(job for job in jobs if job.method.name == method)
    data = open_pair(job, torch.device("cpu"))
    built = build(job, data, job.method.load())
    recipe = TrainingRecipe(job.settings.optimiser, job.settings.schedule, job.settings.budget)
    return built, list(train(built, data.problem, recipe, job.seed))


@pytest.mark.slow
def test_a_stage_trains_its_modules_alone(registry: Registry, tmp_path: Path) -> None:
    whole, _ = _training(registry, tmp_path, "toy_stages")
    budget = {"steps": 18, "batch": 16, "checkpoints": 1}
    first, _ = _training(registry, tmp_path, "source_only", budget=budget)  # the first stage is 18 of the 24 steps
    trunk, other = whole.network.trunk.state_dict(), first.network.trunk.state_dict()
    assert all(torch.equal(trunk[name], other[name]) for name in trunk)
    assert not torch.equal(whole.network.output.weight, first.network.output.weight)


@pytest.mark.slow
def test_losses_are_means_since_the_checkpoint_before(registry: Registry, tmp_path: Path) -> None:
    _, all_steps = _training(registry, tmp_path, "dann", budget={"steps": 24, "batch": 16, "checkpoints": 24})
    _, some = _training(registry, tmp_path, "dann")
    each = [event.losses for event in all_steps if event.losses]
    (_, second, _) = [event.losses for event in some if event.losses]
    assert second["class"] == pytest.approx(sum(losses["class"] for losses in each[8:16]) / 8, rel=1e-5)
    assert set(second) == {"class", "domain"}


@pytest.mark.slow
def test_the_loss_goes_down(registry: Registry, tmp_path: Path) -> None:
    _, events = _training(registry, tmp_path, "source_only", budget={"steps": 200, "batch": 32, "checkpoints": 4})
    losses = [event.losses["class"] for event in events if event.losses]
    assert losses[-1] < 0.7 * losses[0]


def test_every_step_is_in_training_mode(registry: Registry, tmp_path: Path) -> None:
    modes = []

    class LeavesIt(DeepMethod):
        def losses(self, batch: Batch) -> dict[str, Tensor]:
            modes.append(self.training and self.network.hidden.training)
            loss = self.classify(self.features(batch.source_x)).square().mean()
            if len(modes) % 3 == 0:
                self.network.hidden.eval()
            return {"size": loss}

    job, data = opened(registry, tmp_path, "source_only")
    recipe = TrainingRecipe(job.settings.optimiser, job.settings.schedule, Budget(steps=9, batch=4, checkpoints=3))
    method = build(job, data, LeavesIt)
    for _ in train(method, data.problem, recipe, 0):
        method.eval()  # as a measurement does
    assert modes == [True] * 9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_optimisers_train(registry: Registry, tmp_path: Path, name: str) -> None:
    before, _ = _training(registry, tmp_path, "source_only", budget={"steps": 1, "batch": 1, "checkpoints": 1})
    after, _ = _training(registry, tmp_path, "source_only", optimiser={"name": name, "lr": 0.01})
    assert not torch.equal(before.network.output.weight, after.network.output.weight)


def test_parameter_groups_are_updated_by_name(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["source_only"], seeds=[0])
    (job,) = [
        job
        for job in make_jobs(plan, plan.runs, tmp_path, registry, RunOptions(device="cpu"))
        if job.method.name == "source_only"
    ]

    class HeadOnly(job.method.load()):  # type: ignore[misc]
        def parameter_groups(self) -> dict[str, object]:
            return {"trunk": self.network.trunk.parameters(), "head": self.network.output.parameters()}

        def step(self, batch: object) -> dict[str, torch.Tensor]:
            losses = self.losses(batch)
            self.update(losses["class"], "head")
            return losses

    data = open_pair(job, torch.device("cpu"))
    method = build(job, data, HeadOnly)
    fresh: nn.Module = build(job, data, HeadOnly)
    recipe = TrainingRecipe(job.settings.optimiser, job.settings.schedule, job.settings.budget)
    list(train(method, data.problem, recipe, 0))
    assert torch.equal(method.network.trunk[0].weight, fresh.network.trunk[0].weight)
    assert not torch.equal(method.network.output.weight, fresh.network.output.weight)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.sum().item(),
        lambda x: bool(x.any()),
        lambda x: x[x > 0],
        lambda x: x.nonzero(),
        lambda x: x.unique(),
        lambda x: x.cpu(),
        lambda x: x.tolist(),
        torch.cov,
    ],
)
def test_what_waits_for_a_device_is_noted(call: Callable[[Tensor], object]) -> None:
    found: list[str] = []
    with waits_noted(found):
        call(torch.ones(3, 4))
    assert found


@pytest.mark.slow
def test_the_loop_waits_for_no_device(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LossMeans, "take", lambda _: {})  # at checkpoints it reads the losses
    found: list[str] = []
    with waits_noted(found):
        _training(registry, tmp_path, "source_only")
    assert found == []


INSTALLED = load_registry()
DEEP = [
    subject
    for name, method in INSTALLED.all(MethodSpec).items()
    if method.origin.distribution == "dabench"
    for subject in subjects(name, INSTALLED)
    if subject.deep
]
ON_THE_HOST = {"deep_jdot"}  # SciPy finds the assignment


@pytest.mark.slow
@pytest.mark.parametrize("subject", DEEP, ids=lambda subject: subject.label)
def test_no_step_of_a_method_waits_for_the_device(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the first of a stage, which may get something ready."""
    # Numbers of augmentations are drawn on the CPU, where reading them waits for nothing.
    monkeypatch.setattr("dabench.execution.batches.augment", lambda view, images, key: images)
    found: list[str] = []
    plain, steps = subject.cls.step, []

    def step(method: DeepMethod, batch: Any) -> dict[str, Tensor]:
        steps.append(batch.step)
        if batch.step == 0:
            return plain(method, batch)
        with waits_noted(found):
            return plain(method, batch)

    monkeypatch.setattr(subject.cls, "step", step)
    subject.train(steps=8)
    assert max(steps) > 0
    assert bool(found) == (subject.spec.name in ON_THE_HOST), found
