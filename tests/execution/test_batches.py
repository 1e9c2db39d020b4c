"""Batches: what a method may ask of one, such as augmented views."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from dabench import Batch, DeepMethod
from dabench.data.augmentation import augment
from dabench.errors import DataError
from dabench.execution.deep_run import build
from dabench.execution.pair_data import PairData
from dabench.execution.training import TrainingRecipe, train
from dabench.plugin.registry import Registry
from dabench.runs.job import Job
from dabench.seeding import stream
from tests.support.toy_runs import opened


class Looks(DeepMethod):
    """Source-only that keeps what it sees."""

    views = {"strong": "randaugment", "weak": "affine"}  # noqa: RUF012 - as an author would write it

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.seen.append(batch)
        loss = torch.nn.functional.cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)
        return {"class": loss}


def _run(job: Job, data: PairData, cls: type[DeepMethod]) -> Any:
    method: Any = build(job, data, cls)
    method.seen = []
    list(
        train(method, data.problem, TrainingRecipe(job.settings.optimiser, job.settings.schedule, job.budget), job.seed)
    )
    return method


def test_a_batch_has_the_views_that_the_method_declares(registry: Registry, tmp_path: Path) -> None:
    job, data = opened(registry, tmp_path, "source_only")
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


@pytest.mark.slow
def test_views_change_nothing_else(registry: Registry, tmp_path: Path) -> None:
    class Blind(Looks):
        views = {}  # noqa: RUF012

    class ReadsThem(Looks):
        def losses(self, batch: Batch) -> dict[str, Tensor]:
            batch.target_x_strong, batch.source_x_weak  # noqa: B018
            return super().losses(batch)

    job, data = opened(registry, tmp_path, "source_only")
    blind, sees = _run(job, data, Blind), _run(job, data, ReadsThem)
    assert all(torch.equal(a, b) for a, b in zip(blind.parameters(), sees.parameters(), strict=True))


def test_a_view_that_was_not_declared_is_an_error_that_lists_those_that_were(
    registry: Registry, tmp_path: Path
) -> None:
    batch = _run(*opened(registry, tmp_path, "source_only"), Looks).seen[0]
    with pytest.raises(AttributeError, match=r"no 'target_x_strnog'.*source_x_strong, target_x_strong"):
        _ = batch.target_x_strnog
    with pytest.raises(AttributeError, match=r"'source_z'.*none"):
        _ = replace(batch, views={}).source_z


def test_a_view_of_what_is_no_image_is_an_error(registry: Registry, tmp_path: Path) -> None:
    job, data = opened(registry, tmp_path, "source_only")
    batch = _run(job, data, Looks).seen[0]
    with pytest.raises(DataError, match="made of uint8 images"):
        augment("randaugment", batch.source_x, 0)


def test_a_batch_can_be_copied(registry: Registry, tmp_path: Path) -> None:
    batch = replace(_run(*opened(registry, tmp_path, "source_only"), Looks).seen[0], views={})
    assert copy.copy(batch).step == batch.step
    assert torch.equal(pickle.loads(pickle.dumps(batch)).source_x, batch.source_x)
