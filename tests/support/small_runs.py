"""Small trainings of a method on tensors that a test makes, without a suite."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

import torch
from torch import Tensor, nn

from dabench import Backbone, Batch, DeepMethod, Problem
from dabench.config.settings import Budget, Optimiser, Schedule
from dabench.data.resident import Normaliser, Rows
from dabench.execution.batches import Indices, make_batch
from dabench.execution.training import TrainingRecipe, train
from dabench.seeding import drawing_from, stream

CPU = torch.device("cpu")


class Net(Backbone):
    """Two convolutions with batch norm, or none with `plain`; for images of 8x8 and more."""

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Backbone.Options, plain: bool) -> None:
        super().__init__(input_shape, classes, options)
        self._plain = plain
        norms = [nn.Identity(), nn.Identity()] if plain else [nn.BatchNorm2d(8), nn.BatchNorm2d(16)]
        self.trunk = nn.Sequential(
            nn.Conv2d(input_shape[0], 8, 3, padding=1),
            norms[0],
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            norms[1],
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
        )
        self.feature_size = 64
        self.hidden = nn.Sequential(nn.Linear(64, 32), nn.ReLU())
        self.output = nn.Linear(32, classes)

    def clone_for_shape(self, input_shape: tuple[int, ...]) -> Self:
        return type(self)(input_shape, self._classes, self._options, self._plain)


def problem_of(source_x: Tensor, source_y: Tensor, target_x: Tensor) -> Problem[Tensor, Tensor]:
    """The problem of an unsupervised method with these data."""
    classes = int(source_y.max()) + 1
    return Problem("unsupervised", classes, source_x, source_y, target_x, None, Normaliser("mean", Rows(source_x)))


def built(
    cls: type[DeepMethod], problem: Problem[Tensor, Tensor], seed: int = 0, *, plain: bool = False, **options: Any
) -> Any:
    """A method, set up as the harness does it."""
    with drawing_from(seed, "init", CPU):
        network = Net(tuple(problem.source_x.shape[1:]), problem.classes, Net.Options(), plain)
    method = cls(network, cls.Options(**options))
    with drawing_from(seed, "init:method", CPU):
        method.setup(problem)
    return method


def trained(
    cls: type[DeepMethod],
    problem: Problem[Tensor, Tensor],
    seed: int = 0,
    *,
    steps: int = 60,
    batch: int = 32,
    plain: bool = False,
    **options: Any,
) -> Any:
    """A method after some steps of Adam, in evaluation mode."""
    method = built(cls, problem, seed, plain=plain, **options)
    recipe = TrainingRecipe(Optimiser(name="adam", lr=0.003), Schedule(), Budget(steps=steps, batch=batch))
    with drawing_from(seed, "training", CPU):
        for _ in train(method, problem, recipe, seed):
            pass
    return method.eval()


def logits_of(method: Any, problem: Problem[Tensor, Tensor], x: Tensor) -> Tensor:
    """The predictions of a method."""
    with torch.inference_mode():
        logits: Tensor = method.predict(problem.prepare(x))
    return logits.clone()


def accuracy(method: Any, problem: Problem[Tensor, Tensor], x: Tensor, y: Tensor) -> float:
    """The share that it predicts rightly."""
    return float((logits_of(method, problem, x).argmax(1) == y).float().mean())


def stripes(rows: int, seed: int, classes: int = 3, side: int = 8) -> tuple[Tensor, Tensor]:
    """Noisy images uint8 (N, 3, S, S) of stripes; the class is their direction."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(rows) % classes
    at = torch.arange(side).float()
    angle = (torch.pi * y / classes)[:, None, None]
    phase = 2 * torch.pi * torch.rand(rows, 1, 1, generator=generator)
    wave = torch.sin(1.6 * (at[None, :, None] * angle.sin() + at[None, None, :] * angle.cos()) + phase)
    noise = torch.randn(rows, 3, side, side, generator=generator)
    return (110 + 50 * wave[:, None] + 25 * noise).clamp(0, 255).to(torch.uint8), y


def dim_and_noisy(images: Tensor, noise: float = 50) -> Tensor:
    """Other images of the same things: less contrast, another brightness in each channel, more noise."""
    gain, offset = torch.tensor([0.5, 0.8, 0.4]), torch.tensor([80.0, 10.0, 60.0])
    grains = noise * torch.randn(images.shape, generator=torch.Generator().manual_seed(5))
    changed = (images * gain[:, None, None] + offset[:, None, None]).clamp(0, 255).to(torch.uint8)
    return (changed + grains).clamp(0, 255).to(torch.uint8)


def batch_of(
    problem: Problem[Tensor, Tensor],
    method: Any,
    *,
    rows: int = 16,
    progress: float = 0.0,
    paired: Tensor | None = None,
) -> Batch:
    """The first rows of both domains as a batch, with the views that the method declares."""
    at = torch.arange(rows)
    return make_batch(problem, Indices(at, at, paired=paired), 0, progress, method.views, partial(stream, 0))
