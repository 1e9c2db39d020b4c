"""A method that is switched off is source_only."""

from __future__ import annotations

from dabench.testing.checks.difference import scores_difference
from dabench.testing.conditions import QUIET
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject


def check_off(subject: Subject) -> None:
    """Switched off by its options, it equals source_only to the bit."""
    options = dict(subject.spec.off)
    off = subject.train(options=options, network=QUIET, where=f"the options {options}")
    changed = scores_difference(subject.train_source_only(network=QUIET), off)
    if changed:
        raise CheckFailedError(
            expected=f"with {options} the bits of source_only, on a network without batch norm and dropout",
            got=changed,
            fix="multiply everything that adapts by this option, or name in MethodSpec.off the options that switch it "
            "off",
        )
