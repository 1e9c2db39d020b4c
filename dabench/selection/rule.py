"""How a selector picks the checkpoint to report, and the selectors that need nothing but the record.

Those that read a checkpoint's outputs are in `selectors/`, a file each. All but the oracle are label-free.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from pathlib import Path

from dabench.errors import ResultsError
from dabench.runs.record import Checkpoint, Selection
from dabench.selection.outputs import Outputs, outputs_file, read_outputs
from dabench.specs.spec import SelectorSpec


@dataclass(frozen=True)
class Candidate:
    """A checkpoint as a selector sees it.

    Attributes:
        step: steps done.
        scores: label-free values, such as `source_val_accuracy`.
        target_accuracy: None, unless the selector's spec declares `uses_target_labels`.
        read: gives the outputs; None, unless the spec declares `needs_outputs`.
    """

    step: int
    scores: dict[str, float]
    target_accuracy: float | None = None
    read: Callable[[], Outputs] | None = None

    @cached_property
    def outputs(self) -> Outputs:
        """What was kept of the checkpoint.

        Raises:
            ResultsError: nothing was kept, or the selector's spec does not declare `needs_outputs`.
        """
        if self.read is None:
            raise ResultsError("the selector reads outputs, but its spec does not declare needs_outputs")
        return self.read()


class ByScore:
    """A selector that picks the checkpoint with the highest score.

    Of several equal ones it picks the latest. A score that is NaN is none; without any, the last checkpoint is picked.
    """

    def __init__(self, score: Callable[[Candidate], float]) -> None:
        """Pick by `score`: the higher, the better."""
        self.score = score
        update_wrapper(self, score)

    def __call__(self, candidates: Sequence[Candidate]) -> int:
        """The index of the picked checkpoint."""
        return highest([self.score(candidate) for candidate in candidates])


def by_outputs(score: Callable[[Outputs], float]) -> ByScore:
    """A selector from a function of a checkpoint's outputs: the higher, the better.

    The function is not asked about outputs with a NaN in them, as a collapsed run has: they have no score.
    """

    def of_candidate(candidate: Candidate) -> float:
        outputs = candidate.outputs
        return score(outputs) if outputs.finite else math.nan

    return ByScore(update_wrapper(of_candidate, score))


def highest(scores: Sequence[float]) -> int:
    """The index of the highest score, the latest of several equal ones; the last index if none is a number."""
    known = [index for index, score in enumerate(scores) if not math.isnan(score)]
    return max(known, key=lambda index: (scores[index], index), default=len(scores) - 1)


@dataclass(frozen=True)
class Pick:
    """What a selector says of a run.

    Attributes:
        index: of the picked checkpoint.
        scores: of every checkpoint; None for a selector that has none.
    """

    index: int
    scores: list[float] | None


def ask_all(
    specs: Iterable[SelectorSpec], checkpoints: Sequence[Checkpoint], folder: Path
) -> tuple[list[Checkpoint], dict[str, Selection]]:
    """Ask several selectors about one run.

    Returns:
        The checkpoints, each with the scores of those selectors that read outputs, under their names; and what was
        picked.

    Raises:
        ResultsError: outputs that a selector needs are not there.
    """
    scored, selections = list(checkpoints), {}
    for spec in specs:
        picked = pick(spec, checkpoints, folder)
        if spec.needs_outputs and picked.scores is not None:
            scored = [_with_score(*item, spec.name) for item in zip(scored, picked.scores, strict=True)]
        chosen = checkpoints[picked.index]
        selections[spec.name] = Selection(step=chosen.step, accuracy=chosen.target_accuracy)
    return scored, selections


def _with_score(checkpoint: Checkpoint, score: float, name: str) -> Checkpoint:
    """A score that is NaN is left out."""
    kept = {key: value for key, value in checkpoint.scores.items() if key != name}
    return checkpoint.model_copy(update={"scores": kept if math.isnan(score) else {**kept, name: score}})


def pick(spec: SelectorSpec, checkpoints: Sequence[Checkpoint], folder: Path) -> Pick:
    """Ask a selector.

    Args:
        spec: decides what the selector may see.
        checkpoints: of one run.
        folder: where the run's outputs are kept.

    Raises:
        ResultsError: outputs that the selector needs are not there.
    """

    def candidate(checkpoint: Checkpoint) -> Candidate:
        return Candidate(
            checkpoint.step,
            checkpoint.scores,
            checkpoint.target_accuracy if spec.uses_target_labels else None,
            (lambda: read_outputs(outputs_file(folder, checkpoint.step))) if spec.needs_outputs else None,
        )

    rule = spec.load()
    candidates = [candidate(checkpoint) for checkpoint in checkpoints]
    if not isinstance(rule, ByScore):
        return Pick(rule(candidates), None)
    scores = [rule.score(candidate) for candidate in candidates]
    return Pick(highest(scores), scores)


def last_step(candidates: Sequence[Candidate]) -> int:
    """The last checkpoint: no selection at all, and so nothing that could go wrong."""
    return len(candidates) - 1


@ByScore
def source_val(candidate: Candidate) -> float:
    """Accuracy on held-out source examples.

    Where a protocol samples the source, nothing may be left to hold out: then there is no score.
    """
    return candidate.scores.get("source_val_accuracy", math.nan)


@ByScore
def oracle(candidate: Candidate) -> float:
    """Accuracy on target test. Uses target labels: an upper limit, never a result."""
    assert candidate.target_accuracy is not None, "the spec of the oracle declares uses_target_labels"
    return candidate.target_accuracy
