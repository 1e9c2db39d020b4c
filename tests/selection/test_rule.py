"""Picks of selectors, and the data that they are shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from dabench.errors import ResultsError
from dabench.runs.record import Checkpoint
from dabench.selection.outputs import Outputs, outputs_file, read_outputs
from dabench.selection.rule import ByScore, Candidate, ask_all, highest, last_step, oracle, pick, source_val
from dabench.specs.spec import SelectorSpec

NAN = math.nan


def checkpoints(*accuracies: float, source_val: list[float] | None = None) -> list[Checkpoint]:
    scores = source_val or [0.5] * len(accuracies)
    return [
        Checkpoint(step=10 * (i + 1), losses={}, scores={"source_val_accuracy": scores[i]}, target_accuracy=accuracy)
        for i, accuracy in enumerate(accuracies)
    ]


def peeking(candidates: list[Candidate]) -> int:
    assert all(candidate.target_accuracy is None for candidate in candidates)
    return 0


def reading(candidates: list[Candidate]) -> int:
    return len(candidates[0].outputs.val_y)


def read_outputs_of(folder: Path) -> Callable[[int], Outputs]:
    return lambda step: read_outputs(outputs_file(folder, step))


SPEC = SelectorSpec(name="mine", entry_point="tests.selection.test_rule:peeking", summary="mine")


@pytest.mark.parametrize(
    ("scores", "index"),
    [([1, 3, 2], 1), ([3, 1, 3], 2), ([NAN, 1, NAN], 1), ([NAN, NAN], 1), ([2, NAN], 0), ([-math.inf, NAN], 0)],
)
def test_the_highest_score_is_picked_and_the_latest_of_equal_ones(scores: list[float], index: int) -> None:
    assert highest(scores) == index


def test_selectors_of_the_record() -> None:
    candidates = [Candidate(1, {"source_val_accuracy": 0.9}, 0.2), Candidate(2, {"source_val_accuracy": 0.8}, 0.4)]
    candidates.append(Candidate(3, {"source_val_accuracy": 0.7}, 0.3))
    assert (last_step(candidates), source_val(candidates), oracle(candidates)) == (2, 0, 1)
    assert source_val([Candidate(1, {}), Candidate(2, {})]) == 1  # nothing is held out: the last


def test_target_accuracy_is_shown_to_those_alone_that_declare_it(tmp_path: Path) -> None:
    points = checkpoints(0.5, 0.6)
    assert pick(SPEC, points, read_outputs_of(tmp_path)).index == 0
    declared = SelectorSpec(name="oracle", entry_point=SPEC.entry_point, summary="", uses_target_labels=True)
    with pytest.raises(AssertionError):
        pick(declared, points, read_outputs_of(tmp_path))


def test_a_selector_that_reads_outputs_must_declare_it(tmp_path: Path) -> None:
    silent = SelectorSpec(name="mine", entry_point="tests.selection.test_rule:reading", summary="mine")
    with pytest.raises(ResultsError, match="does not declare needs_outputs"):
        pick(silent, checkpoints(0.5), read_outputs_of(tmp_path))


def test_outputs_that_are_not_there_name_the_remedy(tmp_path: Path) -> None:
    entropy = SelectorSpec(
        name="entropy", entry_point="dabench.selection.rules.entropy:entropy", summary="", needs_outputs=True
    )
    with pytest.raises(ResultsError, match=r"10\.npz were not kept, or were deleted: `dabench run` with --outputs"):
        pick(entropy, checkpoints(0.5), read_outputs_of(tmp_path))
    (tmp_path / "10.npz").write_bytes(b"PK truncated")
    with pytest.raises(ResultsError, match=r"10\.npz cannot be read .*delete it"):
        pick(entropy, checkpoints(0.5), read_outputs_of(tmp_path))


def test_scores_are_kept_with_the_checkpoints(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = SelectorSpec(
        name="mine", entry_point="tests.selection.test_rule:by_step", summary="mine", needs_outputs=True
    )
    scored, selections = ask_all([spec], checkpoints(0.5, 0.6, 0.7), tmp_path)
    assert [point.scores for point in scored] == [
        {"source_val_accuracy": 0.5, "mine": -10.0},
        {"source_val_accuracy": 0.5},
        {"source_val_accuracy": 0.5, "mine": -30.0},
    ]
    assert (selections["mine"].step, selections["mine"].accuracy) == (10, 0.5)
    again, _ = ask_all([spec], scored, tmp_path)
    assert again == scored


@ByScore
def by_step(candidate: Candidate) -> float:
    return NAN if candidate.step == 20 else -float(candidate.step)
