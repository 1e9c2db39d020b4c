"""Checks of a rule of the track active: what it returns, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dabench.methods.pool import Pool
from dabench.testing.failure import CheckFailedError
from dabench.testing.toys import pool as toy

if TYPE_CHECKING:
    import pytest

    from dabench.specs.spec import AskSpec

Rows = NDArray[np.int64]
Rule = Callable[[Pool, int, np.random.Generator], Any]
COUNT = 7


def check_returns(rule: Rule) -> None:
    """Returns so many different places in the pool, be it one or all of them, and also where all rows are alike."""
    pool, _ = toy.made()
    none = {f"{part}_{name}": getattr(pool, name)[:0] for part in ("asked", "val") for name in ("logits", "embeddings")}
    labels = {"asked_y": pool.asked_y[:0], "val_y": pool.val_y[:0]}
    alike = {"logits": np.zeros_like(pool.logits), "embeddings": np.ones_like(pool.embeddings)}
    for given, count, where in (
        (pool, 1, "one"),
        (pool, COUNT, "some"),
        (pool, len(pool), "all"),
        (_changed(pool, **none, **labels), COUNT, "some of a pool without a label"),
        (_changed(pool, **alike), COUNT, "some of a pool whose rows are alike"),
    ):
        found = np.asarray(_asked(rule, given, count))
        places = f"{count} different whole numbers from 0 to {len(pool) - 1}, asked for {where}"
        right = found.shape == (count,) and np.issubdtype(found.dtype, np.integer)
        if not right or len(np.unique(found)) < count or found.min() < 0 or found.max() >= len(pool):
            raise CheckFailedError(
                expected=places,
                got=f"{found[:5].tolist() if found.ndim else found} … of shape {found.shape}",
                fix="return places in the pool, each once, as dabench.top(scores, count) does",
            )


def check_repeatable(rule: Rule) -> None:
    """Asks for the same rows with the same generator, whatever the state of the global one."""
    state = np.random.get_state()  # noqa: NPY002 - what a rule must not draw from
    found = []
    for seed in (4, 5):
        np.random.seed(seed)  # noqa: NPY002
        found.append(_asked(rule, toy.made()[0], COUNT))
    np.random.set_state(state)  # noqa: NPY002
    if not np.array_equal(found[0], found[1]):
        raise CheckFailedError(
            expected="the same rows twice",
            got="other ones",
            fix="draw from the generator that is given, and hand it or a number from it to libraries",
        )


def check_unchanged(rule: Rule) -> None:
    """Changes nothing of the pool."""
    pool, _ = toy.made()
    before = {item.name: getattr(pool, item.name).copy() for item in fields(pool)}
    _asked(rule, pool, COUNT)
    changed = [name for name, value in before.items() if not np.array_equal(value, getattr(pool, name))]
    if changed:
        raise CheckFailedError(
            expected="a pool that is as it was",
            got=f"other values in {', '.join(changed)}",
            fix="copy what is changed",
        )


def check_blind(rule: Rule) -> None:
    """Asks for the same rows, whatever the labels of the pool are: they are laid out where a rule could look."""

    def asked(wrong: int) -> Rows:
        pool, y = toy.made()
        target_y = (y + wrong * (np.arange(len(y)) % 2)) % toy.CLASSES  # in a variable of this frame
        found = _asked(rule, pool, COUNT)
        assert len(target_y) == len(pool)
        return found

    if not np.array_equal(asked(0), asked(1)):
        raise CheckFailedError(
            expected="the same rows, whatever the labels of the pool are",
            got="other ones when half of the labels were made wrong",
            fix="look at the pool alone: pool.asked_y and pool.val_y are all the labels that a rule may know",
        )


CHECKS = (check_returns, check_repeatable, check_unchanged, check_blind)


def rule_checks(*rules: str | AskSpec) -> pytest.MarkDecorator:
    """Parametrise a test over all checks of some rules.

    The test takes `check` and calls it::

        @rule_checks("my_rule")
        def test_my_rule(check):
            check()

    Args:
        rules: names of installed rules, or the specs that a hook yields.

    Raises:
        UsageError: there is no such rule.
        PluginError: it cannot be imported.
    """
    import pytest

    from dabench.plugin.registry import load_registry
    from dabench.specs.spec import AskSpec

    registry = load_registry()
    found = [registry.get(AskSpec, rule).spec if isinstance(rule, str) else rule for rule in rules]
    return pytest.mark.parametrize(
        "check",
        [
            pytest.param(lambda spec=spec, check=check: check(spec.load()), id=f"{spec.name}-{check.__name__[6:]}")
            for spec in found
            for check in CHECKS
        ],
    )


def _asked(rule: Rule, pool: Pool, count: int) -> Rows:
    return np.asarray(rule(pool, count, np.random.default_rng(3)))


def _changed(pool: Pool, **values: Any) -> Pool:
    return Pool(**({item.name: getattr(pool, item.name) for item in fields(pool)} | values))
