"""The newer methods on odd problems: they work, or they refuse in one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from dabench_plugins import source_free_specs, unsupervised_specs
from torch import Tensor, nn

from dabench import Backbone
from dabench.config.settings import Budget, Optimiser, Schedule
from dabench.data.arrays import DomainArrays, Split
from dabench.execution.training import TrainingRecipe, train
from dabench.methods.base import DeepMethod
from dabench.methods.scores import checked
from dabench.plugin.registry import load_registry
from dabench.seeding import drawing_from
from dabench.testing.conditions import QUIET
from dabench.testing.failure import CrashError
from dabench.testing.subject import Subject, subjects
from dabench.testing.toys.toy import Pair
from tests.support.small_runs import CPU, problem_of

REGISTRY = load_registry()
METHODS = [spec.name for spec in (*unsupervised_specs.specs(), *source_free_specs.specs())]
REFUSALS = {
    ("tent", "no batch norm"): "tent adapts scale and shift of batch norm, and this backbone has none: take one",
    ("tent", "frozen"): "tent adapts scale and shift of batch norm, and this backbone has none: take one",
    ("adda", "frozen"): "adda trains what is below the classifier anew for the target, and this backbone trains",
    ("shot", "frozen"): "shot adapts what is below the classifier, and this backbone trains nothing there: take one",
    ("mcd", "frozen"): "mcd trains features against two classifiers, and this backbone's features are fixed: take one",
}


@cache
def _subject(name: str) -> Subject:
    subject, *_ = subjects(name, REGISTRY)
    return subject


def _with_target(pair: Pair, change: Callable[[Split], Split]) -> Pair:
    return Pair(pair.source, replace(pair.target, train=change(pair.target.train), aux={}))


def _without_a_class(split: Split) -> Split:
    kept = split.y != 1
    return Split(split.x[kept], split.y[kept])


def _constant(split: Split) -> Split:
    return Split(np.full_like(split.x, 3), split.y)


def _constant_everywhere(pair: Pair) -> Pair:
    source, target = (
        DomainArrays(_constant(domain.train), _constant(domain.test), domain.classes)
        for domain in (pair.source, pair.target)
    )
    return Pair(source, target)


PAIRS: dict[str, Callable[[Subject], Pair]] = {
    "two classes": lambda subject: subject.toy.plain(classes=2),
    "43 classes": lambda subject: subject.toy.plain(classes=43),
    "a class that the target lacks": lambda subject: _with_target(subject.toy.plain(), _without_a_class),
    "one target example": lambda subject: subject.toy.plain(target_rows=1),
    "one feature": lambda subject: subject.toy.plain(features=1),
    "a constant target": lambda subject: _with_target(subject.toy.plain(), _constant),
    "constant features": lambda subject: _constant_everywhere(subject.toy.plain()),
    "no batch norm": lambda subject: subject.toy.plain(),
}


@pytest.mark.parametrize("case", PAIRS)
@pytest.mark.parametrize("name", METHODS)
def test_it_works_or_is_refused_in_a_clear_sentence(name: str, case: str) -> None:
    subject = _subject(name)
    pair = PAIRS[case](subject)
    network = {"network": QUIET} if case == "no batch norm" else {}
    if (name, case) in REFUSALS:
        with pytest.raises(CrashError, match=REFUSALS[name, case]):
            subject.train(pair=pair, steps=4, **network)
        return
    trained = subject.train(pair=pair, steps=4, **network)
    assert trained.broken is None
    checked(trained.scores, len(trained.test_x), len(pair.source.classes))
    assert all(torch.isfinite(tensor).all() for tensor in trained.state.values())


class Frozen(Backbone):
    """The features are what came out of a network that is not trained, and a linear classifier is all there is."""

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Backbone.Options) -> None:
        super().__init__(input_shape, classes, options)
        self.trunk, self.hidden = nn.Identity(), nn.Identity()
        self.feature_size = input_shape[0]
        self.output = nn.Linear(input_shape[0], classes)


@pytest.mark.parametrize("name", [name for name in METHODS if _subject(name).deep and name != "fixmatch"])
def test_it_works_on_fixed_features_or_is_refused(name: str) -> None:
    x, y = torch.randn(40, 6, generator=torch.Generator().manual_seed(0)), torch.arange(40) % 3
    problem = replace(problem_of(x, y, x + 1), prepare=lambda rows: rows)
    cls: type[DeepMethod] = _subject(name).cls

    def scores() -> Tensor:
        method = cls(Frozen((6,), 3, Frozen.Options()), cls.Options())
        with drawing_from(0, "setup", CPU):
            method.setup(problem)
        recipe = TrainingRecipe(Optimiser(lr=0.1), Schedule(), Budget(steps=4, batch=16))
        for _ in train(method, problem, recipe, 0):
            pass
        return method.eval().predict(x)

    if (name, "frozen") in REFUSALS:
        with pytest.raises(ValueError, match=REFUSALS[name, "frozen"]):
            scores()
    else:
        assert torch.isfinite(scores()).all()
