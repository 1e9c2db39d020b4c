"""A method that trains a part of its network without the source leaves the rest as it was, and counts the part."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject

LEAST = 0.5  # of the counted weights that must move: a unit may be dead, or a gradient zero
OWN = ("network.", "target.")


def check_frozen(subject: Subject) -> None:
    """Without the source it changes as many weights as it says, and no frozen one."""
    first = subject.first
    if not first.source_free:
        return
    frozen = [name for name in first.before if name not in first.trained and name in first.parameters]
    touched = [name for name in frozen if not torch.equal(first.before[name], first.state[name])]
    if touched:
        raise CheckFailedError(
            expected="frozen weights that stay to the bit in the last stage",
            got=f"other values in {', '.join(touched[:3])}",
            fix="change nothing in place that the stage does not train; a mask of weights also stops momentum and "
            "weight decay",
        )
    changed = _changed(first.before, first.state, first.trained)
    if not LEAST * first.counted <= changed <= first.counted:
        raise CheckFailedError(
            expected=f"trained_parameters() that counts what the last stage trains: {changed} weights changed",
            got=f"{first.counted}",
            fix="override trained_parameters() where a part of a tensor is trained, as by a mask, and hold to it in "
            "every step",
        )


def _changed(before: Mapping[str, Tensor], after: Mapping[str, Tensor], names: frozenset[str]) -> int:
    return sum(int((before[name] != after[name]).sum()) for name in names)
