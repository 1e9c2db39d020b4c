"""The checks of rules: those that ship pass, and each mistake is caught by the check made for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from dabench_plugins import asks

from dabench import top
from dabench.testing import rules
from dabench.testing.failure import CheckFailedError
from dabench.testing.rules import rule_checks


@rule_checks(*(spec.name for spec in asks.specs()))
def test_rules_that_ship(check: Callable[[], None]) -> None:
    check()


def twice(pool, count, generator):  # type: ignore[no-untyped-def]
    return np.minimum(np.arange(count), len(pool) - 2)


def not_offered(pool, count, generator):  # type: ignore[no-untyped-def]
    return np.arange(count) + 1


def fewer(pool, count, generator):  # type: ignore[no-untyped-def]
    return np.arange(max(1, count - 1))


def scores(pool, count, generator):  # type: ignore[no-untyped-def]
    return pool.entropy[:count]


def global_numbers(pool, count, generator):  # type: ignore[no-untyped-def]
    return np.random.permutation(len(pool))[:count]  # noqa: NPY002


def sorts_in_place(pool, count, generator):  # type: ignore[no-untyped-def]
    pool.logits.sort(axis=1)
    return top(-pool.logits[:, -1], count)


def peeks(pool, count, generator):  # type: ignore[no-untyped-def]
    frame: Any = sys._getframe()
    while frame and "target_y" not in frame.f_locals:
        frame = frame.f_back
    y = frame.f_locals["target_y"] if frame else np.zeros(len(pool))
    return top((pool.logits.argmax(1) != y).astype(float), count)


@pytest.mark.parametrize(
    ("rule", "check", "says"),
    [
        (twice, rules.check_returns, "asked for all"),
        (not_offered, rules.check_returns, "from 0 to 59, asked for all"),
        (fewer, rules.check_returns, "asked for some"),
        (scores, rules.check_returns, "asked for one"),
        (global_numbers, rules.check_repeatable, "other ones"),
        (sorts_in_place, rules.check_unchanged, "other values in logits"),
        (peeks, rules.check_blind, "when half of the labels were made wrong"),
    ],
)
def test_the_mistake_is_caught(rule: Any, check: Any, says: str) -> None:
    with pytest.raises(CheckFailedError, match=says):
        check(rule)
    others = set(rules.CHECKS) - {check, rules.check_repeatable, rules.check_blind}
    if check is not rules.check_returns:
        for other in others:
            other(rule)
