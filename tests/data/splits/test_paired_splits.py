"""Splits of the track paired: whole groups as simultaneous samples, and nothing of them anywhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dabench.config.settings import Settings
from dabench.data.arrays import DomainArrays, DomainExamples, Examples, Split
from dabench.data.splits.given import GivenLabels
from dabench.data.splits.paired_splits import PairedSplits, labelled_rows
from dabench.data.splits.views import check_views
from dabench.errors import DataError
from dabench.plugin.registry import Registry
from tests.support.toy_runs import plan_of

CLASSES = ("a", "b")
PEOPLE = np.repeat(np.arange(8), 10)
Y = np.tile([0, 1], 40)


def _view(first: int, columns: int = 2, groups: Any = PEOPLE, y: Any = Y) -> DomainArrays:
    """Eighty examples of eight people, numbered in their first column."""
    x = np.zeros((len(y), columns), np.float32)
    x[:, 0] = first + np.arange(len(y))
    return DomainArrays(Split(x, y, groups), Split(x[:2] - 1000, y[:2]), CLASSES)


@pytest.fixture
def settings(registry: Registry) -> Settings:
    return plan_of(registry, ["dann"]).runs[0].settings.model_copy(update={"shots": 2})


def _drawn(settings: Settings, seed: int = 0, **target: Any) -> PairedSplits:
    source, view = _view(0), _view(500, **target)
    check_views(source, view, ("s", "t"))
    examples = DomainExamples(
        Examples(view.train.x, view.train.groups), Examples(view.test.x, view.test.groups), view.classes
    )
    return PairedSplits(source, examples, GivenLabels(), ("s", "t"), settings, seed)


@pytest.mark.parametrize("seed", range(5))
def test_whole_people_and_none_of_them_twice(settings: Settings, seed: int) -> None:
    drawn = _drawn(settings, seed)
    parts = [drawn.paired_rows, drawn.rows, drawn.val_rows]
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(80))
    people = [set(PEOPLE[rows].tolist()) for rows in parts]
    assert len(people[0]) == 2
    assert sum(map(len, people)) == 8  # nobody is in two parts


def test_a_sample_is_the_same_instant_in_both_views(settings: Settings) -> None:
    drawn = _drawn(settings, columns=3)
    assert np.array_equal(drawn.paired_target_x[:, 0], 500 + drawn.source.x[drawn.paired_rows, 0])
    assert drawn.paired_target_x.shape[1:] == (3,)


def test_no_row_number_of_the_target_means_what_one_of_the_source_means(settings: Settings) -> None:
    drawn = _drawn(settings)
    order = drawn.target.x[:, 0].astype(int) - 500
    assert np.array_equal(np.sort(order), np.arange(80))
    assert np.mean(order == np.arange(80)) < 0.1


def test_nothing_is_of_test(settings: Settings) -> None:
    drawn = _drawn(settings)
    assert np.all(drawn.test.x[:, 0] < -400)
    assert all(np.all(x[:, 0] >= 0) for x in (drawn.source.x, drawn.target.x, drawn.paired_target_x))


def test_people_are_drawn_by_the_seed_and_more_shots_add_to_fewer(settings: Settings) -> None:
    draws = [set(labelled_rows(Y, PEOPLE, 3, seed).tolist()) for seed in (0, 0, 1)]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]
    assert set(labelled_rows(Y, PEOPLE, 2, seed=0).tolist()) < draws[0]


def test_groups_of_one_class_and_examples_without_groups_count_for_their_class() -> None:
    copies = np.repeat(np.arange(20), 4)
    y = np.repeat(np.arange(20) % 2, 4)
    rows = labelled_rows(y, copies, 3, seed=0)
    assert np.bincount(y[rows]).tolist() == [12, 12]
    assert np.all(np.bincount(copies[rows])[np.unique(copies[rows])] == 4)
    assert np.bincount(Y[labelled_rows(Y, None, 5, seed=0)]).tolist() == [5, 5]


def test_all_is_too_much(settings: Settings) -> None:
    with pytest.raises(DataError, match="`shots: 8` takes all of s"):
        _drawn(settings.model_copy(update={"shots": 8}))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"y": Y[:-2], "groups": PEOPLE[:-2]}, "the one has 80 rows, the other 78"),
        ({"y": np.concatenate([Y[:7], 1 - Y[7:8], Y[8:]])}, "row 7 has the label 1 in the one and 0 in the other"),
        ({"groups": PEOPLE[::-1].copy()}, "their groups are not the same"),
        ({"groups": None}, "their groups are not the same"),
    ],
)
def test_domains_that_are_no_views_of_one_recording(settings: Settings, target: Any, message: str) -> None:
    with pytest.raises(DataError, match=f"s and t say that they are views of one recording, but in train .*{message}"):
        _drawn(settings, **target)
