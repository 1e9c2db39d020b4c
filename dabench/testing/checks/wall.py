"""Target labels stay behind a wall."""

from __future__ import annotations

from dabench.testing.checks.difference import difference
from dabench.testing.conditions import GIVEN
from dabench.testing.decoys import PLACES
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject
from dabench.testing.trial import Trained


def check_wall(subject: Subject) -> None:
    """Target labels change no bit; they do change a method that declares to see them."""
    first = subject.first
    # The first is left out here: a leak may have made it differ from all that come after it.
    unsteady = difference(subject.train(), subject.train())
    if unsteady:
        raise CheckFailedError(
            expected="the same bits twice with the right labels: else nothing can be said of wrong ones",
            got=unsteady,
            fix="fix what same_seed finds; the labels may not be the cause",
        )
    changed = difference(first, subject.train(poisoned=frozenset({GIVEN, *PLACES})))
    if subject.spec.sees_target_labels and not changed:
        raise CheckFailedError(
            expected="another result with wrong target labels: the spec says sees_target_labels",
            got="the same bits",
            fix="train on batch.target_y or problem.target_y, or leave sees_target_labels out of the spec",
        )
    if changed and not subject.spec.sees_target_labels:
        raise CheckFailedError(
            expected="the same bits, whatever the labels of the target are",
            got=f"{changed}, when all target labels were made wrong; {_found(subject, first)}",
            fix="use nothing but problem and batch; a bound that trains on target labels says sees_target_labels=True",
        )


def _found(subject: Subject, first: Trained) -> str:
    """The places where the method found labels: each is poisoned by itself."""
    found = [words for place, words in PLACES.items() if difference(first, subject.train(poisoned=frozenset({place})))]
    return f"it found them in {' and in '.join(found)}" if found else "in no single place that is known"
