"""Measurements of a run so far: all of it that must survive an interruption."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import torch

from dabench.runs.job import Answer, Predictions


@dataclass
class Measurements:
    """Grows with every checkpoint.

    Attributes:
        steps: done so far.
        train_s: seconds spent in training steps.
        answers: of all checkpoints so far.
        collapsed: why the training ended early, if it did.
        source_free: the last stage of the training uses no source.
        parameters: the weights of the backbone, those that the last stage trains, and the numbers to be stored for one
            more target; the last two only where that stage uses no source. None without a network.
    """

    steps: int = 0
    train_s: float = 0.0
    answers: list[Answer] = field(default_factory=list)
    collapsed: str | None = None
    source_free: bool = False
    parameters: tuple[int, int | None, int | None] | None = None

    def add(self, *, losses: dict[str, float], scores: dict[str, float], predictions: Predictions) -> None:
        """Add a checkpoint at the present step."""
        self.answers.append(Answer(step=self.steps, losses=losses, scores=scores, predictions=predictions))

    def score_last(self, name: str, value: float) -> None:
        """Add a label-free value to the last checkpoint."""
        last = self.answers[-1]
        self.answers[-1] = replace(last, scores={**last.scores, name: value})

    def dump(self) -> dict[str, Any]:
        """Plain values and tensors, for the state file."""
        return {"train_s": self.train_s, "answers": [_dumped(answer) for answer in self.answers]}

    def restore(self, content: dict[str, Any]) -> None:
        """Restore a state that `dump` returned."""
        self.train_s = content["train_s"]
        self.answers = [_restored(item) for item in content["answers"]]


def _dumped(answer: Answer) -> dict[str, Any]:
    of = answer.predictions
    return {
        "step": answer.step,
        "losses": answer.losses,
        "scores": answer.scores,
        "classes": torch.from_numpy(of.classes),
        "confidence": None if of.confidence is None else torch.from_numpy(of.confidence),
    }


def _restored(item: dict[str, Any]) -> Answer:
    confidence = item["confidence"]
    predictions = Predictions(item["classes"].cpu().numpy(), None if confidence is None else confidence.cpu().numpy())
    return Answer(step=item["step"], losses=item["losses"], scores=item["scores"], predictions=predictions)
