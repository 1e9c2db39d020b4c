"""Predictions of a model as a table, and the measures of how good they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dabench.trained.examples import read_examples
from dabench.trained.model import Model

if TYPE_CHECKING:
    from dabench.execution.evaluation import Evaluation


def predictions(model: Model, data: Any) -> tuple[pd.DataFrame, list[str]]:
    """Predict.

    Args:
        model: to apply.
        data: arrays as `dabench.pair` takes them; the path of a folder of pictures or of a table; or a domain by name,
            whose test split is meant.

    Returns:
        A row for each example: `row`, its number or the name of its file; `predicted`, the name of its class; and a
        `score_` for each class. And what could not be read, one phrase each.

    Raises:
        DataError: the examples have another form than those that the model was trained on.
    """
    names: list[Any] = []
    left_out: list[str] = []
    if isinstance(data, str | Path) and not Path(data).exists():
        scores, _ = model.on(str(data))
    elif isinstance(data, str | Path):
        found = read_examples(Path(data), model.example[0])
        scores, names, left_out = model.scores(found.x), found.names, found.left_out
    else:
        scores = model.scores(data)
    predicted = [model.classes[place] for place in np.argmax(scores, axis=1).tolist()]
    columns = {f"score_{name}": scores[:, place] for place, name in enumerate(model.classes)}
    return pd.DataFrame({"row": names or range(len(scores)), "predicted": predicted, **columns}), left_out


def measures(found: Evaluation) -> dict[str, Any]:
    """The measures of an evaluation; `accuracy` is the metric of the run's suite."""
    names = ("accuracy", "balanced_accuracy", "macro_f1", "ece", "per_class")
    return {name: getattr(found, name) for name in names}
