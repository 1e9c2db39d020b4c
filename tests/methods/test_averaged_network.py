"""Averages of networks: a network that follows another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dabench import Averaged, Batch, DeepMethod
from dabench.execution.deep_run import build
from dabench.execution.training import TrainingRecipe, train
from dabench.plugin.registry import Registry
from tests.support.toy_runs import opened


class SourceOnly(DeepMethod):
    """Training on the source alone."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        return {
            "class": torch.nn.functional.cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)
        }


def _averaged(registry: Registry, folder: Path, decay: float, **options: bool) -> tuple[Averaged, Any]:
    job, data = opened(registry, folder, "source_only")
    network = build(job, data, SourceOnly).network
    network.norm = torch.nn.BatchNorm1d(3)
    return Averaged(network, decay, **options), network


def test_an_average_follows_slowly_and_quickly_at_first(registry: Registry, tmp_path: Path) -> None:
    average, network = _averaged(registry, tmp_path, 0.9, running_statistics=True)
    old = network.output.weight.detach().clone()
    with torch.no_grad():
        network.output.weight.add_(1)
        network.norm.running_mean.add_(1)
    average.update(network, 0)  # 1 / 10 of the old
    assert torch.allclose(average.network.output.weight, old + 0.9)
    assert torch.allclose(average.network.norm.running_mean, torch.full((3,), 0.9))
    average.update(network, 1000)  # 0.9 of the old
    assert torch.allclose(average.network.output.weight, old + 0.91)


def test_an_average_without_memory_is_the_network(registry: Registry, tmp_path: Path) -> None:
    average, network = _averaged(registry, tmp_path, 0.0, running_statistics=False)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.1)
        network.norm.running_mean.add_(1)
    average.update(network, 3)
    assert all(torch.equal(a, b) for a, b in zip(average.network.parameters(), network.parameters(), strict=True))
    assert not average.network.norm.running_mean.any()  # a teacher keeps statistics of its own


def test_gradient_descent_leaves_an_average_alone(registry: Registry, tmp_path: Path) -> None:
    class Keeps(SourceOnly):
        def setup(self, problem: object) -> None:
            self.average = Averaged(self.network, 0.9, running_statistics=True)

        def losses(self, batch: Batch) -> dict[str, Tensor]:
            logits = self.average.network.classify(self.average.network.features(batch.target_x))
            return {**super().losses(batch), "of_average": logits.square().mean()}

    job, data = opened(registry, tmp_path, "source_only")
    method = build(job, data, Keeps)
    recipe = TrainingRecipe(job.settings.optimiser, job.settings.schedule, job.budget)
    list(train(method, data.problem, recipe, job.seed))
    fresh = build(job, data, Keeps)
    assert not torch.equal(method.network.output.weight, fresh.network.output.weight)
    kept, first = method.average.network.parameters(), fresh.average.network.parameters()
    assert all(torch.equal(a, b) and not a.requires_grad for a, b in zip(kept, first, strict=True))
