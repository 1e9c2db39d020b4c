"""The data of one run: both domains on the device, the splits drawn, target labels with the evaluator alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dabench.data.arrays import DomainArrays
from dabench.data.resident import Normaliser, to_device
from dabench.data.splits import hold_out
from dabench.errors import DataError
from dabench.evaluation import Evaluator, predicted_classes
from dabench.problem import Problem

EVALUATION_BATCH = 1024


class PairData:
    """Both domains of a run.

    Attributes:
        problem: what the method may see.
        val_x: held-out source examples (V, ...).
        test_x: target test (T, ...), seen by `predict` alone.
        evaluator: holds the labels of target test.
    """

    def __init__(
        self,
        source: DomainArrays,
        target: DomainArrays,
        *,
        names: tuple[str, str],
        track: str,
        metric: str,
        normalise: str,
        seed: int,
        device: torch.device,
        sees_target_labels: bool,
    ) -> None:
        """Draw the splits and put everything where it belongs.

        Raises:
            DataError: the domains do not fit each other.
        """
        if source.classes != target.classes:
            raise DataError(f"{names[0]} and {names[1]} do not have the same classes")
        shapes = source.train.x.shape[1:], target.train.x.shape[1:]
        if shapes[0] != shapes[1]:
            raise DataError(f"examples of {names[0]} have the shape {shapes[0]}, those of {names[1]} {shapes[1]}")
        train_rows, val_rows = hold_out(source.train.y, seed)
        source_x = to_device(source.train.x[train_rows], device)
        self.problem: Problem[Tensor, Tensor] = Problem(
            track=track,
            classes=len(source.classes),
            source_x=source_x,
            source_y=to_device(source.train.y[train_rows], device),
            target_x=to_device(target.train.x, device),
            target_y=to_device(target.train.y, device) if sees_target_labels else None,
            prepare=Normaliser(normalise, source_x),
        )
        self.device = device
        self.val_x = to_device(source.train.x[val_rows], device)
        self._val_y = source.train.y[val_rows]
        self.test_x = to_device(target.test.x, device)
        self.evaluator = Evaluator(target.test.y, target.classes, metric)

    def source_val_accuracy(self, scores: NDArray[np.float32]) -> float:
        """The share of held-out source examples that scores (V, C) classify rightly."""
        return float(np.mean(predicted_classes(scores) == self._val_y))

    def apply(self, function: Callable[[Tensor], Tensor], x: Tensor) -> NDArray[np.float32]:
        """Apply a function to all rows of x (N, ...), prepared, in batches; returns an array (N, ...)."""
        with torch.inference_mode():
            parts = [function(self.problem.prepare(rows)) for rows in torch.split(x, EVALUATION_BATCH)]
            return torch.cat(parts).float().cpu().numpy()
