"""A method gains from the target."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject
from dabench.testing.trial import Trained

SEEDS = (0, 1, 2)


def check_adapts(subject: Subject) -> None:
    """Beats source_only on a toy, in the mean of three seeds."""
    toy = subject.toy
    pair = toy.shifted()

    def mean(train: Callable[..., Trained]) -> float:
        conditions = {"pair": pair, "steps": max(1, toy.steps), "batch": 32, "network": toy.network}
        where = f"{toy.steps} steps on the toy {toy.name}" if toy.steps else f"the toy {toy.name}"
        return float(np.mean([train(seed=seed, where=where, **conditions).accuracy for seed in SEEDS]))

    base, got = mean(subject.train_source_only), mean(subject.train)
    if not got >= base + toy.margin:
        others = " or another toy (MethodSpec.toy)" if subject.deep else ""
        raise CheckFailedError(
            expected=f"an accuracy of at least {base + toy.margin:.3f} on the target of the toy {toy.name}: "
            f"source_only has {base:.3f}",
            came=f"{got:.3f}",
            mend="look for a wrong sign, a loss that reaches no shared weight (detach, no_grad), a weight near 0; "
            f"if the toy is not what the method is made for, give better defaults{others}, or "
            "expected_failures={'adapts': reason}",
        )
