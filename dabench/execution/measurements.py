"""What a run has measured so far: all of it that must survive an interruption."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from dabench.execution.evaluation import Evaluation
from dabench.runs.record import Checkpoint


@dataclass
class Measurements:
    """Grows with every checkpoint.

    Attributes:
        steps: done so far.
        train_s: seconds spent in training steps.
        checkpoints: what goes into the record.
        evaluations: the evaluator's word on each of them.
        collapsed: why the training ended early, if it did.
        source_free: the last stage of the training uses no source.
    """

    steps: int = 0
    train_s: float = 0.0
    checkpoints: list[Checkpoint] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    collapsed: str | None = None
    source_free: bool = False

    def add(self, *, losses: dict[str, float], scores: dict[str, float], evaluation: Evaluation) -> None:
        """Add a checkpoint at the present step."""
        self.checkpoints.append(
            Checkpoint(step=self.steps, losses=losses, scores=scores, target_accuracy=evaluation.accuracy)
        )
        self.evaluations.append(evaluation)

    def score_last(self, name: str, value: float) -> None:
        """Add a label-free value to the last checkpoint."""
        last = self.checkpoints[-1]
        self.checkpoints[-1] = last.model_copy(update={"scores": {**last.scores, name: value}})

    def dump(self) -> dict[str, Any]:
        """Plain values, for the state file."""
        return {
            "train_s": self.train_s,
            "checkpoints": [checkpoint.model_dump() for checkpoint in self.checkpoints],
            "evaluations": [asdict(evaluation) for evaluation in self.evaluations],
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Take back what `dump` gave."""
        self.train_s = content["train_s"]
        self.checkpoints = [Checkpoint.model_validate(item) for item in content["checkpoints"]]
        self.evaluations = [Evaluation(**item) for item in content["evaluations"]]
