"""A method gains from the target.

The gain is paired by seed, and measured against the room that is left: between the accuracy without the target and that
of target_only. So no bar lies above what is possible, and none asks for more where little is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.testing.failure import CheckFailedError, CheckSkippedError
from dabench.testing.subject import Subject
from dabench.testing.toys.toy import Toy
from dabench.testing.trial import Trained

SEEDS = (0, 1, 2)
# A method that covers so much of the room may lose on a seed.
PLENTY = 0.5
# A room as small as this is a few examples: who has it all, and who has none of it, cannot be told apart.
NO_ROOM = 0.02

# Accuracies by seed of both bounds on a toy, which are the same for every method.
_BOUNDS: dict[Toy, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}


@dataclass(frozen=True)
class Standard:
    """The runs that a method is compared with.

    Attributes:
        accuracies: by seed, without the target.
        top: accuracy of target_only, in the mean of the seeds.
        name: what it is, as in "source_only has".
    """

    accuracies: NDArray[np.float64]
    top: float
    name: str

    @property
    def base(self) -> float:
        """Mean accuracy without the target."""
        return float(self.accuracies.mean())

    @property
    def room(self) -> float:
        """The accuracy that can be gained."""
        return max(0.0, self.top - self.base)


def check_adapts(subject: Subject) -> None:
    """Gains from the target on a toy, in the mean of three seeds."""
    lower, upper = _bounds(subject)
    top = float(upper.mean())
    runs = _runs(subject, subject.train, subject.spec.toy_options)
    standard = Standard(lower, top, "source_only has")
    without = _without_target(subject, runs[0].augments)
    if without is not None:
        same = _runs(subject, subject.train, {**subject.spec.toy_options, **without})
        named = f" (options {dict(without)})" if without else ""
        itself = Standard(_accuracies(same), top, f"without the target{named} it has")
        if itself.base >= standard.base:
            standard = itself
            if standard.room < NO_ROOM:
                _without_room(subject, standard, runs, same)
                return
    _judge(subject, standard, _accuracies(runs))


def passes(standard: Standard, accuracies: NDArray[np.float64], share: float) -> bool:
    """Whether accuracies by seed are a gain: `share` of the room and no loss on any seed, or `PLENTY` of the room."""
    gains = accuracies - standard.accuracies
    gain = float(gains.mean())  # not a number if the scores are malformed
    return bool(gain > 0 and gain >= share * standard.room and (gains.min() >= 0 or gain >= PLENTY * standard.room))


def _judge(subject: Subject, standard: Standard, accuracies: NDArray[np.float64]) -> None:
    toy = subject.toy
    if passes(standard, accuracies, toy.share):
        return
    got = float(accuracies.mean())
    wanted = standard.base + toy.share * standard.room
    lost = ""
    if got >= wanted:
        by_seed = ", ".join(f"{gain:+.3f}" for gain in accuracies - standard.accuracies)
        lost = f", with gains by seed of {by_seed}: a seed loses, and less than {PLENTY:.0%} of the way is covered"
    others = " or another toy (MethodSpec.toy)" if subject.deep else ""
    raise CheckFailedError(
        expected=f"an accuracy of at least {wanted:.3f}, {toy.share:.0%} of the way to the {standard.top:.3f} of "
        f"target_only, on the target of the toy {toy.name}: {standard.name} {standard.base:.3f}",
        got=f"{got:.3f}{lost}",
        fix="look for a wrong sign, a loss that reaches no shared weight (detach, no_grad), a weight near 0; "
        f"if the toy is not what the method is made for, give better defaults{others}, options for the toy "
        "(MethodSpec.toy_options), or expected_failures={'adapts': reason}",
    )


def _without_room(subject: Subject, standard: Standard, runs: Sequence[Trained], same: Sequence[Trained]) -> None:
    """Judge where nothing can be gained: a method that changes nothing or loses fails, of others nothing is said."""
    idle = all(np.array_equal(one.scores, other.scores) for one, other in zip(runs, same, strict=True))
    got = float(_accuracies(runs).mean())
    if idle or not got >= standard.base - NO_ROOM:
        _judge(subject, standard, _accuracies(runs))
    raise CheckSkippedError(
        f"the toy {subject.toy.name} leaves no room: {standard.name} {standard.base:.3f}, "
        f"target_only {standard.top:.3f}"
    )


def _bounds(subject: Subject) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    toy = subject.toy
    if toy not in _BOUNDS:
        lower, upper = (
            _accuracies(_runs(subject, train, {})) for train in (subject.train_source_only, subject.train_target_only)
        )
        _BOUNDS[toy] = lower, upper
    return _BOUNDS[toy]


def _runs(subject: Subject, train: Callable[..., Trained], options: Mapping[str, Any]) -> list[Trained]:
    toy = subject.toy
    where = f"{toy.steps} steps on the toy {toy.name}" if toy.steps else f"the toy {toy.name}"
    conditions: dict[str, Any] = {"pair": toy.shifted(), "steps": max(1, toy.steps), "batch": toy.batch}
    return [train(seed=seed, options=options, network=toy.network, where=where, **conditions) for seed in SEEDS]


def _accuracies(runs: Sequence[Trained]) -> NDArray[np.float64]:
    return np.array([run.accuracy for run in runs])


def _without_target(subject: Subject, augments: bool) -> Mapping[str, Any] | None:
    """Options with which a method learns nothing from the target; None where source_only says enough.

    Raises:
        CheckFailedError: they are needed and the spec does not name them.
    """
    without = subject.spec.without_target
    if without is None and subject.toy.images:
        without = subject.spec.off or None
    if without is None and (augments or (subject.toy.images and "weight" in subject.cls.Options.model_fields)):
        gains = "it changes images (views), which" if augments else "batch norm that sees both domains"
        raise CheckFailedError(
            expected="a spec that says with which options the method learns nothing from the target",
            got=f"{gains} gains by itself, and without_target is not given",
            fix="name them in MethodSpec.without_target, as in {'weight': 0}; {} if it never looks at the target",
        )
    return without
