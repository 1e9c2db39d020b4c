"""An interrupted run goes on where it stopped."""

from __future__ import annotations

from dabench.testing.checks.difference import difference
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject

STOPS = (4, 9)


def check_resume(subject: Subject) -> None:
    """Interrupted and resumed gives the same bits."""
    whole = subject.first
    stops = " and ".join(map(str, STOPS))
    resumed = subject.train(
        interrupted=STOPS,
        meanwhile=lambda: subject.train(seed=1),  # another run, as in a process that starts with nothing
        where=f"a training that is interrupted after the steps {stops} and resumed",
    )
    changed = difference(whole, resumed)
    if changed:
        raise CheckFailedError(
            expected="an interrupted and resumed training gives the same bits as one that is not",
            got=f"{changed}, interrupted after the steps {stops} of {whole.checkpoints[-1].step}",
            fix="what changes while training must be a parameter, a buffer (self.register_buffer) or a pure function "
            "of batch.step: nothing else is saved",
        )
