"""Requests of a method to the problem and to a batch."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial

import pytest
import torch

from dabench import Batch
from dabench.data.augmentation import View, augment
from dabench.execution.batches import BatchSampler, Indices, make_batch
from dabench.methods.problem import ROWS, Problem
from dabench.seeding import stream
from tests.support.small_runs import problem_of, stripes

VIEWS = {"strong": "affine"}


def _problem(rows: int = 40) -> Problem[torch.Tensor, torch.Tensor]:
    (x, y), (target, _) = stripes(32, 0), stripes(rows, 1)
    return problem_of(x, y, target)


def test_batches_are_all_of_target_train_or_some_rows_as_the_network_takes_them() -> None:
    problem = _problem(2 * ROWS + 3)
    parts = list(problem.batches())
    assert [len(part) for part in parts] == [ROWS, ROWS, 3]
    assert torch.equal(torch.cat(parts), problem.prepare(problem.target_x))
    rows = torch.tensor([5, 2, 2, 30])
    (part,) = problem.batches(rows)
    assert torch.equal(part, problem.prepare(problem.target_x[rows]))
    assert list(problem.batches(rows[:0])) == []


def _batch(source: bool) -> Batch:
    at = torch.arange(8)
    indices = Indices(at if source else None, at)
    problem = replace(_problem(), source_aux={"font": torch.arange(32) % 4})
    return make_batch(problem, indices, 3, 0.5, VIEWS, partial(stream, 0))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*(item.name for item in fields(Batch) if "source" in item.name), "source_x_strong"])
def test_a_batch_without_source_raises_for_whatever_is_the_sources(name: str) -> None:
    with pytest.raises(ValueError, match=rf"says uses_source=False, and so its batches have no {name}"):
        getattr(_batch(source=False), name)
    there = getattr(_batch(source=True), name)
    assert len(there["font"] if name == "source_aux" else there) == 8


def test_a_batch_without_source_has_all_else() -> None:
    whole, target = _batch(source=True), _batch(source=False)
    for name in ("target_x", "target_index", "step", "progress", "target_x_strong"):
        assert torch.equal(*(torch.as_tensor(getattr(batch, name)) for batch in (whole, target))), name


def test_no_source_row_is_read_for_it() -> None:
    problem = _problem()
    sampler = BatchSampler(problem, 0, 8, {})
    expected = sampler.at(4, 4, 0.0).target_index
    del sampler._source, sampler._rows
    assert torch.equal(sampler.at(4, 4, 0.0, uses_source=False).target_index, expected)


def test_images_are_augmented_for_all_methods_alike_and_views_are_made_of_the_plain_ones() -> None:
    problem, at = _problem(), torch.arange(8)
    key = partial(stream, 0)
    plain, changed = (
        make_batch(problem, Indices(at, at), 3, 0.5, VIEWS, key, every)  # type: ignore[arg-type]
        for every in ("none", "crop_flip")
    )
    for name in ("source_x", "target_x"):
        domain = name.partition("_")[0]
        images = getattr(problem, name)[at]
        expected = problem.prepare(augment("crop_flip", images, key(f"augmentation:{domain}:input")))
        assert torch.equal(getattr(changed, name), expected)
        assert not torch.equal(getattr(changed, name), getattr(plain, name))
        assert torch.equal(getattr(changed, f"{name}_strong"), getattr(plain, f"{name}_strong"))


def test_small_images_are_prepared_once_and_the_batches_are_the_same() -> None:
    problem, seen = _problem(), list[int]()

    def counted(x: torch.Tensor) -> torch.Tensor:
        seen.append(len(x))
        return problem.prepare(x)

    views: dict[str, View] = {"strong": "affine", "plain": "none"}
    sampler = BatchSampler(replace(problem, prepare=counted), 0, 8, views, steps=20)
    batches = [sampler.at(step, step, 0.0) for step in range(20)]
    assert sum(seen) == 32 + 40
    for name in ("source", "target"):
        x = getattr(problem, f"{name}_x")
        for batch in batches:
            expected = problem.prepare(x[getattr(batch, f"{name}_index")])
            assert torch.equal(getattr(batch, f"{name}_x"), expected)
            assert torch.equal(getattr(batch, f"{name}_x_plain"), expected)
            assert not torch.equal(getattr(batch, f"{name}_x_strong"), expected)


def test_images_that_are_augmented_are_prepared_at_every_step() -> None:
    problem = _problem()
    plain, changed = (
        BatchSampler(problem, 0, 8, {}, view, steps=20).at(1, 1, 0.0)
        for view in ("none", "shift")  # type: ignore[arg-type]
    )
    assert torch.equal(plain.source_index, changed.source_index)
    assert not torch.equal(plain.source_x, changed.source_x)
