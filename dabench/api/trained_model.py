"""`dabench.TrainedModel`: what a run has learned, applied to other examples."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd

from dabench.trained.model import Model
from dabench.trained.predictions import measures, predictions


class TrainedModel:
    """The model of a run, as `Results.model` returns it."""

    def __init__(self, model: Model) -> None:
        """Keep the model."""
        self._model = model

    def __repr__(self) -> str:
        record = self._model.record
        return f"<TrainedModel {record.pair} {record.method} seed {record.seed}: {len(self.classes)} classes>"

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self._model.classes

    def predict(self, data: Any) -> pd.DataFrame:
        """Predict arrays, a folder of pictures, a table, or the test split of a domain.

        Args:
            data: arrays as `dabench.pair` takes them; a path; or the name of a domain.

        Returns:
            A row for each example: `row`, its number or the name of its file; `predicted`, the name of its class; and a
            `score_` for each class, of which the highest is the prediction.

        Raises:
            DataError: the examples have another form than those that the model was trained on.
        """
        frame, left_out = predictions(self._model, data)
        for phrase in left_out:
            warnings.warn(f"left out: {phrase}", stacklevel=2)
        return frame

    def evaluate(self, domain: str) -> dict[str, Any]:
        """Measure the model on the test split of a domain, whose labels the model's process does not have.

        Returns:
            `accuracy`, which is the metric of the run's suite, `balanced_accuracy`, `macro_f1`, `ece`, and `per_class`.

        Raises:
            UsageError: there is no such domain.
            DataError: its examples or classes are others than those that the model was trained on.
        """
        return measures(self._model.evaluate(domain))
