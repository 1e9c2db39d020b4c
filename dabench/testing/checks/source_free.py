"""A method whose last stage uses no source learns nothing more from it."""

from __future__ import annotations

from dabench.testing.checks.difference import difference
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject


def check_source_free(subject: Subject) -> None:
    """After the last stage that uses the source, what becomes of its examples changes no bit."""
    first = subject.first
    if not first.source_free:
        return
    changed = difference(
        first, subject.train(forgotten=True, where="a source that is overwritten when no stage uses it")
    )
    if changed:
        raise CheckFailedError(
            expected="the same bits, whatever becomes of the source after the last stage that uses it",
            got=f"{changed}, when its examples and labels were overwritten as the stage began",
            fix="look at neither problem.source_x nor problem.source_y in a stage that says uses_source=False, nor in "
            "what it calls; or take uses_source=False out of the stage",
        )
