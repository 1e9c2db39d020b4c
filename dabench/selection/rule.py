"""Rules that pick the checkpoint to report, and the selectors that need nothing but the record.

Those that read a checkpoint's outputs are in `rules/`, a file each. All but the oracle are label-free.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial, update_wrapper
from pathlib import Path

from dabench.errors import ResultsError
from dabench.runs.job import Answer
from dabench.runs.record import Checkpoint, RunRecord, Selection
from dabench.selection.outputs import Outputs, outputs_file, read_outputs
from dabench.specs.spec import SelectorSpec

COLLAPSED = "target_collapsed"  # among a checkpoint's scores: see `Outputs.collapsed`


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
        """The outputs that were kept of the checkpoint.

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
        return self.choose(candidates, [self.score(candidate) for candidate in candidates])

    def choose(self, candidates: Sequence[Candidate], scores: Sequence[float]) -> int:
        """The index of the picked checkpoint, from the scores of all."""
        return highest(scores)


class ByOutputs(ByScore):
    """A selector that scores a checkpoint's outputs.

    It picks a checkpoint with collapsed predictions (`Outputs.collapsed`) only if no other one has a score. Some rules
    give such a checkpoint their highest score, as `entropy` does where all is one class with certainty.
    """

    def choose(self, candidates: Sequence[Candidate], scores: Sequence[float]) -> int:
        """The index of the picked checkpoint, from the scores of all."""
        both = zip(candidates, scores, strict=True)
        alive = [math.nan if candidate.outputs.collapsed else score for candidate, score in both]
        return highest(scores if all(map(math.isnan, alive)) else alive)


def by_outputs(score: Callable[[Outputs], float]) -> ByOutputs:
    """A selector from a function of a checkpoint's outputs: the higher, the better.

    The function is not asked about outputs with a NaN in them, as a collapsed run has: they have no score.
    """

    def of_candidate(candidate: Candidate) -> float:
        outputs = candidate.outputs
        return score(outputs) if outputs.finite else math.nan

    return ByOutputs(update_wrapper(of_candidate, score))


def highest(scores: Sequence[float]) -> int:
    """The index of the highest score, the latest of several equal ones; the last index if none is a number."""
    known = [index for index, score in enumerate(scores) if not math.isnan(score)]
    return max(known, key=lambda index: (scores[index], index), default=len(scores) - 1)


@dataclass(frozen=True)
class Pick:
    """The pick of a selector in a run.

    Attributes:
        index: of the picked checkpoint.
        scores: of every checkpoint; None for a selector that has none.
        collapsed: `Outputs.collapsed` of every checkpoint; None for a selector that does not look at it.
    """

    index: int
    scores: list[float] | None = None
    collapsed: list[bool] | None = None


def ask_all(
    specs: Iterable[SelectorSpec], checkpoints: Sequence[Checkpoint], folder: Path
) -> tuple[list[Checkpoint], dict[str, Selection]]:
    """Ask several selectors about one run that is judged.

    Returns:
        The checkpoints, each with the scores of those selectors that read outputs, under their names, and with
        `COLLAPSED` (1.0 or 0.0); and what was picked.

    Raises:
        ResultsError: outputs that a selector needs are not there.
    """
    scores, picks = picks_of(specs, checkpoints, folder)
    scored = [
        checkpoint.model_copy(update={"scores": values}) for checkpoint, values in zip(checkpoints, scores, strict=True)
    ]
    return scored, {name: selection(checkpoints[index]) for name, index in picks.items()}


def selection(checkpoint: Checkpoint) -> Selection:
    """The checkpoint as one that a selector picked."""
    return Selection(step=checkpoint.step, accuracy=checkpoint.target_accuracy)


def picks_of(
    specs: Iterable[SelectorSpec], checkpoints: Sequence[Checkpoint | Answer], folder: Path
) -> tuple[list[dict[str, float]], dict[str, int]]:
    """Ask several selectors about one run; those that use target labels need checkpoints that are judged.

    Returns:
        The scores of each checkpoint, new ones included, and the index of the picked one by the selector's name.

    Raises:
        ResultsError: outputs that a selector needs are not there.
    """
    scores, picks = [dict(checkpoint.scores) for checkpoint in checkpoints], {}
    read = cache(lambda step: read_outputs(outputs_file(folder, step)))  # importance weights serve two selectors
    for spec in specs:
        picked = pick(spec, checkpoints, read)
        if spec.needs_outputs and picked.scores is not None:
            scores = [_with_score(*item, spec.name) for item in zip(scores, picked.scores, strict=True)]
        if picked.collapsed is not None:
            scores = [_with_score(*item, COLLAPSED) for item in zip(scores, picked.collapsed, strict=True)]
        picks[spec.name] = picked.index
    return scores, picks


def _with_score(scores: dict[str, float], score: float, name: str) -> dict[str, float]:
    """A score that is NaN is left out."""
    kept = {key: value for key, value in scores.items() if key != name}
    return kept if math.isnan(score) else {**kept, name: float(score)}


def pick(spec: SelectorSpec, checkpoints: Sequence[Checkpoint | Answer], read: Callable[[int], Outputs]) -> Pick:
    """Ask a selector.

    Args:
        spec: decides what the selector may see.
        checkpoints: of one run.
        read: gives the outputs of a step.

    Raises:
        ResultsError: outputs that the selector needs are not there.
    """

    def candidate(checkpoint: Checkpoint | Answer) -> Candidate:
        accuracy = checkpoint.target_accuracy if isinstance(checkpoint, Checkpoint) else None
        return Candidate(
            checkpoint.step,
            checkpoint.scores,
            accuracy if spec.uses_target_labels else None,
            partial(read, checkpoint.step) if spec.needs_outputs else None,
        )

    rule = spec.load()
    candidates = [candidate(checkpoint) for checkpoint in checkpoints]
    if not isinstance(rule, ByScore):
        return Pick(rule(candidates))
    scores = [rule.score(candidate) for candidate in candidates]
    collapsed = [candidate.outputs.collapsed for candidate in candidates] if isinstance(rule, ByOutputs) else None
    return Pick(rule.choose(candidates, scores), scores, collapsed)


def answered(record: RunRecord, spec: SelectorSpec) -> bool:
    """Whether a record has the pick that a selector would make today: older versions passed over no collapsed
    checkpoint.
    """
    if spec.name not in record.selections:
        return False
    return not isinstance(spec.load(), ByOutputs) or all(COLLAPSED in point.scores for point in record.checkpoints)


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
