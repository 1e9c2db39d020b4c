"""A method gains from the target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject
from dabench.testing.trial import Trained

SEEDS = (0, 1, 2)
# What a method for images must gain by its target term: changed images, and batch norm that sees both, leave less.
OVER_ITSELF = 0.03


def check_adapts(subject: Subject) -> None:
    """Gains from the target on a toy, in the mean of three seeds."""
    toy, spec = subject.toy, subject.spec
    pair = toy.shifted()
    where = f"{toy.steps} steps on the toy {toy.name}" if toy.steps else f"the toy {toy.name}"

    def trained(train: Callable[..., Trained], options: Mapping[str, Any]) -> tuple[float, bool]:
        conditions = {"pair": pair, "steps": max(1, toy.steps), "batch": 32, "network": toy.network, "where": where}
        runs = [train(seed=seed, options=options, **conditions) for seed in SEEDS]
        return float(np.mean([run.accuracy for run in runs])), runs[0].augments

    base = trained(subject.train_source_only, {})[0]
    wanted, over = base + toy.margin, f"source_only has {base:.3f}"
    got, augments = trained(subject.train, spec.toy_options)
    without = spec.without_target
    if without is None and toy.images:
        without = spec.off or None
    if without is None and (augments or (toy.images and "weight" in subject.cls.Options.model_fields)):
        gains = "it changes images (views), which" if augments else "batch norm that sees both domains"
        raise CheckFailedError(
            expected="a spec that says with which options the method learns nothing from the target",
            came=f"{gains} gains by itself, and without_target is not given",
            mend="name them in MethodSpec.without_target, as in {'weight': 0}; {} if it never looks at the target",
        )
    if without is not None:
        itself = trained(subject.train, {**spec.toy_options, **without})[0]
        named = f" (options {dict(without)})" if without else ""
        wanted, over = max((wanted, over), (itself + OVER_ITSELF, f"without the target{named} it has {itself:.3f}"))
    if not got >= wanted:
        others = " or another toy (MethodSpec.toy)" if subject.deep else ""
        raise CheckFailedError(
            expected=f"an accuracy of at least {wanted:.3f} on the target of the toy {toy.name}: {over}",
            came=f"{got:.3f}",
            mend="look for a wrong sign, a loss that reaches no shared weight (detach, no_grad), a weight near 0; "
            f"if the toy is not what the method is made for, give better defaults{others}, options for the toy "
            "(MethodSpec.toy_options), or expected_failures={'adapts': reason}",
        )
