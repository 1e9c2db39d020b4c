"""Draws of a run: samples per class, and whole domains where a protocol is transductive."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dabench.config.settings import Settings
from dabench.data.arrays import DomainArrays, DomainExamples, Examples, Split, csr
from dabench.data.splits.given import GivenLabels
from dabench.data.splits.hold_out import sample
from dabench.data.splits.splits import Splits
from dabench.errors import DataError
from dabench.plugin.registry import Registry
from tests.support.toy_runs import plan_of

Y = np.repeat([0, 1, 2], [30, 20, 8])


def test_every_class_gives_as_many_as_it_can() -> None:
    rows, val = sample(Y, 20, seed=0)
    assert np.bincount(Y[rows]).tolist() == [20, 20, 8]
    assert np.bincount(Y[val], minlength=3).tolist() == [10, 0, 0]
    assert np.array_equal(np.sort(np.concatenate([rows, val])), np.arange(len(Y)))
    assert np.array_equal(rows, np.sort(rows))


def test_rounds_are_seeds() -> None:
    draws = [sample(Y, 20, seed)[0].tolist() for seed in (0, 0, 1)]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


def test_nothing_may_be_left_to_hold_out() -> None:
    rows, val = sample(Y, 30, seed=0)
    assert len(rows) == len(Y)
    assert len(val) == 0


def _domain(first: int, sparse: bool = False, columns: int = 2) -> DomainArrays:
    """Five examples, numbered in their first column."""
    x = np.zeros((5, columns), np.float32)
    x[:, 0] = first + np.arange(5)
    y = np.array([0, 0, 1, 1, 1])
    parts = [Split(csr(x[part]) if sparse else x[part], y[part]) for part in (slice(0, 3), slice(3, 5))]
    return DomainArrays(*parts, ("a", "b"))


def _unlabelled(domain: DomainArrays) -> DomainExamples:
    train, test = (Examples(split.x, split.groups) for split in (domain.train, domain.test))
    return DomainExamples(train, test, domain.classes)


@pytest.fixture
def settings(registry: Registry) -> Settings:
    return plan_of(registry, ["dann"]).runs[0].settings


def _transductive(settings: Settings) -> Settings:
    return settings.model_copy(update={"transductive": True})


def _drawn(settings: Settings, **changes: Any) -> Splits:
    sparse = changes.pop("sparse", False)
    source, target = _domain(10, sparse), _unlabelled(_domain(20, sparse))
    return Splits(source, target, GivenLabels(), ("s", "t"), settings.model_copy(update=changes), seed=0)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_transductive_run_takes_domains_whole(settings: Settings, sparse: bool) -> None:
    drawn = _drawn(settings, transductive=True, sparse=sparse)
    assert drawn.source.x[:, [0]].sum() == sum(range(10, 15))
    assert drawn.target is drawn.test
    assert drawn.test.x[:, [0]].sum() == sum(range(20, 25))
    assert sorted([*drawn.rows, *drawn.val_rows]) == list(range(5))


def test_second_labels_are_those_of_train_alone(settings: Settings) -> None:
    plain = _domain(10)
    source = replace(plain, aux={"font": np.arange(len(plain.train.y))})
    for changes in ({}, {"transductive": True}):
        changed = settings.model_copy(update=changes)
        drawn = Splits(source, _unlabelled(_domain(20)), GivenLabels(), ("s", "t"), changed, seed=0)
        assert drawn.source_aux == ({} if changes else source.aux)


def test_a_transductive_run_copies_no_mapped_pictures(settings: Settings, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(8 * 12, dtype=np.uint8).reshape(8, 3, 2, 2))
    x, y = np.load(tmp_path / "x.npy", mmap_mode="c"), np.array([0, 1, 0, 1])
    domain = DomainArrays(Split(x[:4], y), Split(x[4:], y), ("a", "b"))
    drawn = Splits(domain, _unlabelled(domain), GivenLabels(), ("s", "t"), _transductive(settings), seed=0)
    for whole in (drawn.source.x, drawn.target.x, drawn.test.x):
        np.testing.assert_array_equal(whole, x)
        assert np.shares_memory(whole, x)


@pytest.mark.parametrize(
    ("train", "test", "joined"),
    [
        (None, None, None),
        ([5, 5, 7], [7, 8], [5, 5, 7, 7, 8]),
        ([5, 5, 7], None, [5, 5, 7, 8, 9]),
        (None, [3, 3], [4, 5, 6, 3, 3]),
    ],
)
def test_groups_of_a_whole_domain(settings: Settings, train: Any, test: Any, joined: Any) -> None:
    plain = _domain(10)
    splits = [
        replace(split, groups=None if groups is None else np.array(groups))
        for split, groups in ((plain.train, train), (plain.test, test))
    ]
    source = DomainArrays(*splits, plain.classes)
    drawn = Splits(source, _unlabelled(_domain(20)), GivenLabels(), ("s", "t"), _transductive(settings), seed=0)
    assert joined == (None if drawn.source.groups is None else drawn.source.groups.tolist())


def test_a_run_holds_out_whole_groups(settings: Settings) -> None:
    y = np.repeat([0, 1], 30)
    groups = np.repeat(np.arange(12), 5)
    split = Split(np.zeros((60, 2), np.float32), y, groups)
    source = DomainArrays(split, split, ("a", "b"))
    drawn = Splits(source, _unlabelled(_domain(0)), GivenLabels(), ("s", "t"), settings, seed=0)
    assert np.bincount(y[drawn.val_rows]).tolist() == [5, 5]
    assert not set(groups[drawn.rows]) & set(groups[drawn.val_rows])


def test_any_other_run_keeps_test_apart(settings: Settings) -> None:
    drawn = _drawn(settings)
    assert drawn.source.x[:, 0].tolist() == [10, 11, 12]
    assert drawn.target.x[:, 0].tolist() == [20, 21, 22]
    assert drawn.test.x[:, 0].tolist() == [23, 24]


def test_domains_must_fit(settings: Settings) -> None:
    with pytest.raises(DataError, match=r"examples of s have the shape \(2,\), those of t \(3,\)"):
        Splits(_domain(0), _unlabelled(_domain(0, columns=3)), GivenLabels(), ("s", "t"), settings, seed=0)
