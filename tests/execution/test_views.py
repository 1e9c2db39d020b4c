"""Views and averages: what a method may ask of a batch, and a network that follows another."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from dabench import Averaged, Batch, DeepMethod
from dabench.data.augmentation import augment
from dabench.errors import DataError
from dabench.execution.deep_run import build
from dabench.execution.execute import open_pair
from dabench.execution.pair_data import PairData
from dabench.execution.training import TrainingRecipe, train
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runs.job import Job
from dabench.seeding import stream
from tests.support.toy_runs import plan_of

CPU = torch.device("cpu")


class Looks(DeepMethod):
    """Source-only that keeps what it sees."""

    views = {"strong": "randaugment", "weak": "affine"}  # noqa: RUF012 - as an author would write it

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.seen.append(batch)
        loss = torch.nn.functional.cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)
        return {"class": loss}


def _job(registry: Registry, folder: Path) -> tuple[Job, PairData]:
    plan = plan_of(registry, ["source_only"], seeds=[0])
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    job = next(job for job in jobs if job.method.name == "source_only")
    return job, open_pair(job, CPU)


def _run(job: Job, data: PairData, cls: type[DeepMethod]) -> Any:
    method: Any = build(job, data, cls)
    method.seen = []
    list(
        train(method, data.problem, TrainingRecipe(job.settings.optimiser, job.settings.schedule, job.budget), job.seed)
    )
    return method


def test_a_batch_has_the_views_that_the_method_declares(registry: Registry, tmp_path: Path) -> None:
    job, data = _job(registry, tmp_path)
    problem = data.problem
    batch = _run(job, data, Looks).seen[5]
    rows = {"source": problem.source_x[batch.source_index], "target": problem.target_x[batch.target_index]}
    for domain, raw in rows.items():
        for name, view in Looks.views.items():
            key = stream(job.seed, f"augmentation:{domain}:{name}", 5)
            expected = problem.prepare(augment(view, raw, key))
            assert torch.equal(getattr(batch, f"{domain}_x_{name}"), expected)
            assert not torch.equal(expected, getattr(batch, f"{domain}_x"))
    assert torch.equal(batch.target_x_strong, batch.target_x_strong)


def test_views_change_nothing_else(registry: Registry, tmp_path: Path) -> None:
    class Blind(Looks):
        views = {}  # noqa: RUF012

    class ReadsThem(Looks):
        def losses(self, batch: Batch) -> dict[str, Tensor]:
            batch.target_x_strong, batch.source_x_weak  # noqa: B018
            return super().losses(batch)

    job, data = _job(registry, tmp_path)
    blind, sees = _run(job, data, Blind), _run(job, data, ReadsThem)
    assert all(torch.equal(a, b) for a, b in zip(blind.parameters(), sees.parameters(), strict=True))


def test_a_view_that_was_not_declared_is_an_error_that_lists_those_that_were(
    registry: Registry, tmp_path: Path
) -> None:
    batch = _run(*_job(registry, tmp_path), Looks).seen[0]
    with pytest.raises(AttributeError, match=r"no 'target_x_strnog'.*source_x_strong, target_x_strong"):
        _ = batch.target_x_strnog
    with pytest.raises(AttributeError, match=r"'source_z'.*none"):
        _ = replace(batch, views={}).source_z


def test_a_view_of_what_is_no_image_is_an_error(registry: Registry, tmp_path: Path) -> None:
    job, data = _job(registry, tmp_path)
    batch = _run(job, data, Looks).seen[0]
    with pytest.raises(DataError, match="made of uint8 images"):
        augment("randaugment", batch.source_x, 0)


def test_a_batch_can_be_copied(registry: Registry, tmp_path: Path) -> None:
    batch = replace(_run(*_job(registry, tmp_path), Looks).seen[0], views={})
    assert copy.copy(batch).step == batch.step
    assert torch.equal(pickle.loads(pickle.dumps(batch)).source_x, batch.source_x)


def _averaged(registry: Registry, folder: Path, decay: float, **options: bool) -> tuple[Averaged, Any]:
    job, data = _job(registry, folder)
    network = build(job, data, Looks).network
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
    class Keeps(Looks):
        def setup(self, problem: object) -> None:
            self.average = Averaged(self.network, 0.9, running_statistics=True)

        def losses(self, batch: Batch) -> dict[str, Tensor]:
            logits = self.average.network.classify(self.average.network.features(batch.target_x))
            return {**super().losses(batch), "of_average": logits.square().mean()}

    job, data = _job(registry, tmp_path)
    method = _run(job, data, Keeps)
    fresh = build(job, data, Keeps)
    assert not torch.equal(method.network.output.weight, fresh.network.output.weight)
    kept, first = method.average.network.parameters(), fresh.average.network.parameters()
    assert all(torch.equal(a, b) and not a.requires_grad for a, b in zip(kept, first, strict=True))
