"""Selectors: rules that pick the checkpoint to report. All but the oracle are label-free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A checkpoint as a selector sees it.

    Attributes:
        step: steps done.
        scores: label-free values, such as `source_val_accuracy`.
        target_accuracy: None, unless the selector's spec declares `uses_target_labels`.
    """

    step: int
    scores: dict[str, float]
    target_accuracy: float | None = None


def last_step(candidates: Sequence[Candidate]) -> int:
    """The last checkpoint: no selection at all, and so nothing that could go wrong."""
    return len(candidates) - 1


def source_val(candidates: Sequence[Candidate]) -> int:
    """The checkpoint that is most accurate on held-out source examples; the latest of several equal ones.

    Where a protocol samples the source, nothing may be left to hold out: then it is the last one.
    """
    return max(
        range(len(candidates)), key=lambda index: (candidates[index].scores.get("source_val_accuracy", 0), index)
    )


def oracle(candidates: Sequence[Candidate]) -> int:
    """The checkpoint that is most accurate on target test. Uses target labels: an upper limit, never a result."""

    def accuracy(index: int) -> float:
        value = candidates[index].target_accuracy
        assert value is not None, "the spec of the oracle declares uses_target_labels"
        return value

    return max(range(len(candidates)), key=lambda index: (accuracy(index), index))
