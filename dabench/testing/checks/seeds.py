"""A run is a pure function of its seed."""

from __future__ import annotations

from dabench.testing.checks.difference import difference
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject


def check_same_seed(subject: Subject) -> None:
    """The same seed gives the same bits, whatever ran before in the process."""
    first = subject.first
    _ = subject.other_seed  # a run in between, whose leftovers must not matter
    changed = difference(first, subject.train(salt=1))
    if changed:
        raise CheckFailedError(
            expected="two trainings with the same seed give the same bits",
            got=f"{changed}, with another run in between and other states of the global generators at the start",
            fix="keep state in self, not in the class or the module; draw from torch within setup and step, which the "
            "harness seeds, and hand no random_state=None to a library",
        )


def check_other_seed(subject: Subject) -> None:
    """Another seed gives another result, also in what the method adds to the network."""
    first, other = subject.first, subject.other_seed
    fix = "let the harness seed: no fixed seed, no cached result; a method without any randomness says so in "
    fix += "expected_failures={'other_seed': reason}"
    if not difference(first, other):
        raise CheckFailedError(expected="another result with another seed", got="the same bits", fix=fix)
    for name in sorted(first.trained):
        start = first.fresh[name]
        varied = start.numel() > 1 and bool((start != start.flatten()[0]).any())
        if varied and start.equal(other.fresh[name]):
            raise CheckFailedError(
                expected="weights that start from other random numbers with another seed",
                got=f"{name} starts with the same {start.numel()} numbers for the seeds 0 and 1",
                fix=fix,
            )
