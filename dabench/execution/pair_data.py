"""The data of one run: those that the method may see, and those it is measured on. No label of target test is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import issparse
from torch import Tensor

from dabench.config.settings import IMAGE_KINDS
from dabench.data.resident import Normaliser, Rows, to_device
from dabench.data.splits.paired_splits import PairedSplits
from dabench.data.splits.splits import Splits
from dabench.data.vectors import transforms
from dabench.errors import DataError
from dabench.methods.problem import Labelled, Paired, Problem
from dabench.methods.scores import PredictionError, Scores, predicted_classes

WIDEST = 10_000  # columns of sparse vectors that a network takes: 2,000 rows are then 80 MB
EVALUATION_BATCH = 256  # a larger one makes activations that leave the cache


class Measured:
    """The examples on which a run is measured, whatever their form.

    Attributes:
        val_x: held-out source examples (V, ...), possibly none; as `Rows` where a network sees them.
        val_y: their labels (V,).
        test_x: target test (T, ...), seen by `predict` alone.
        classes: their names.
    """

    def __init__(self, drawn: Splits, val_x: Any, test_x: Any) -> None:
        self.val_x, self.val_y, self.test_x = val_x, drawn.val_y, test_x
        self.classes = drawn.classes

    def val_scores(self, scores: Scores) -> dict[str, float]:
        """The share of held-out source examples that their scores (V, C) classify rightly.

        Nothing without any, and nothing if a score is NaN, as those of a network whose training broke.
        """
        if not len(self.val_y) or np.isnan(scores).any():
            return {}
        return {"source_val_accuracy": float(np.mean(predicted_classes(scores) == self.val_y))}

    def of_val(self, predict: Callable[[Any], Scores]) -> Scores:
        """The scores (V, C) of the held-out source examples; no classifier is asked about none."""
        return predict(self.val_x) if len(self.val_y) else np.zeros((0, len(self.classes)), np.float32)


class PairData(Measured):
    """Both domains of a run on the device, as tensors.

    Attributes:
        problem: what the method may see.
        source: its source examples to train on.
    """

    def __init__(self, drawn: Splits, *, track: str, normalise: str, device: torch.device) -> None:
        """Put everything where it belongs.

        Raises:
            DataError: the examples are sparse and too wide to be made dense, or vectors where `normalise` is a kind for
                images.
        """
        if drawn.source.x.ndim == 2 and normalise in IMAGE_KINDS:
            raise DataError(f"input.normalise {normalise!r} is for images, and these examples are vectors")
        source_x, rows = to_device(_dense(drawn.source.x), device), to_device(drawn.rows, device)
        val_x = Rows(source_x, to_device(drawn.val_rows, device))
        super().__init__(drawn, val_x, to_device(_dense(drawn.test.x), device))
        self.source = Rows(source_x, rows)
        shots = _few_shot(drawn)
        few_shot = None
        if shots is not None:
            few_shot = Labelled(
                to_device(shots.rows, device), to_device(shots.y, device), _on_device(drawn.labelled_aux, device)
            )
        self.problem: Problem[Tensor, Tensor] = Problem(
            track=track,
            classes=len(drawn.classes),
            source_x=source_x,
            source_y=to_device(drawn.source.y, device),
            target_x=to_device(_dense(drawn.target.x), device),
            target_y=None if drawn.target_y is None else to_device(drawn.target_y, device),
            prepare=Normaliser(normalise, self.source),
            source_rows=rows,
            few_shot=few_shot,
            source_aux=_on_device(drawn.source_aux, device),
        )
        if isinstance(drawn, PairedSplits):
            self.problem = replace(
                self.problem,
                paired=Paired(
                    source_x.index_select(0, to_device(drawn.paired_rows, device)),
                    to_device(drawn.paired_target_x, device),
                    to_device(drawn.source.y[drawn.paired_rows], device),
                ),
                prepare_target=Normaliser(normalise, Rows(self.problem.target_x)),
            )
        self.device = device

    @property
    def one_shape(self) -> bool:
        """Whether examples of both domains have the same shape, which the track paired alone does not demand."""
        return self.problem.source_x.shape[1:] == self.problem.target_x.shape[1:]

    def reversed(self, labels: Tensor) -> PairData:
        """The same data in the other direction: the method learns from target train with these labels (M,).

        The source is what is adapted to, without source_val, and copied for it. Examples are normalised as before;
        what the run is measured on stays.
        """
        backwards = copy(self)
        own = self.problem
        backwards.source = Rows(own.target_x)
        backwards.problem = replace(
            own,
            source_x=own.target_x,
            source_y=labels,
            source_rows=None,
            target_x=torch.cat(list(self.source.parts(EVALUATION_BATCH))),
            target_y=None,
            few_shot=None,
            source_aux={},
        )
        return backwards

    @property
    def labelled(self) -> tuple[Rows, NDArray[np.int64]]:
        """The examples that a classifier is fitted on: the source, or all of target train for a method that sees its
        labels.
        """
        if self.problem.target_y is None:
            return self.source, self.source_y
        return Rows(self.problem.target_x), self.problem.target_y.cpu().numpy()

    @property
    def source_y(self) -> NDArray[np.int64]:
        """Labels of `source`, on the host."""
        index, y = self.source.index, self.problem.source_y
        return (y if index is None else y[index]).cpu().numpy()

    def apply(
        self, function: Callable[[Tensor], Tensor], x: Tensor | Rows, *, target: bool = False
    ) -> NDArray[np.float32]:
        """Apply a function to all examples x (N, ...), prepared, in batches; returns an array (N, ...).

        Args:
            function: of a batch.
            x: examples.
            target: they are the target's, which the track paired normalises by statistics of its own.

        Raises:
            PredictionError: it gives no floating number, or not a row for each example of a batch.
        """
        return applied(function, x, self.problem.prepared_target if target else self.problem.prepare)


def _on_device(labels: Mapping[str, NDArray[np.int64]], device: torch.device) -> dict[str, Tensor]:
    return {name: to_device(y, device) for name, y in labels.items()}


def applied(
    function: Callable[[Tensor], Tensor], x: Tensor | Rows, prepare: Callable[[Tensor], Tensor]
) -> NDArray[np.float32]:
    """Apply a function to all examples x (N, ...), prepared, in batches; returns an array (N, ...).

    Raises:
        PredictionError: it gives no floating number, or not a row for each example of a batch.
    """
    examples = x if isinstance(x, Rows) else Rows(x)
    with torch.inference_mode():
        parts = [_of_each(function, prepare(rows)) for rows in examples.parts(EVALUATION_BATCH)]
        return torch.cat(parts).float().cpu().numpy()


def _of_each(function: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
    """The outputs of a function of a method for a batch."""
    given = len(batch)
    out = function(batch)
    if not isinstance(out, Tensor) or not out.is_floating_point() or out.dim() < 2 or len(out) != given:
        kind = f"{out.dtype} of shape {tuple(out.shape)}" if isinstance(out, Tensor) else type(out).__name__
        name = getattr(function, "__name__", "the method")
        raise PredictionError(
            expected=f"{name}(x) gives a row of floats for each of {given} examples",
            got=kind,
            fix="return logits from predict and features from embed, not predicted classes",
        )
    return out


def _dense(x: Any) -> Any:
    """Sparse vectors (N, D) as networks take them."""
    if issparse(x) and x.shape[1] > WIDEST:
        raise DataError(
            f"these sparse vectors have {x.shape[1]} columns, and at most {WIDEST} are made dense for a network: "
            "use the backbone identity"
        )
    return x.toarray() if issparse(x) else x


@dataclass(frozen=True)
class Features:
    """The data of a FeatureMethod: arrays or `csr_array`s of float32, (N, D) each.

    Arrays are float64 where the domain's are and nothing is normalised (`unit`), so that a method that standardises
    columns itself loses nothing.
    """

    source: Any
    val: Any
    target: Any
    test: Any


class VectorData(Measured):
    """Both domains of a run whose examples are their own features: normalised, on the host.

    Attributes:
        drawn: the splits, as they are before that.
        features: of all splits.
        problem: what the method may see.
    """

    def __init__(self, drawn: Splits, *, track: str, normalise: str) -> None:
        """Normalise both domains.

        Raises:
            DataError: the examples are no vectors, or the kind of `normalise` does not fit them.
        """
        self.drawn = drawn
        of_source, of_target = transforms(
            normalise, source=drawn.source.x[drawn.rows], whole_source=drawn.source.x, target=drawn.target.x
        )
        self.features = Features(
            of_source(drawn.source.x[drawn.rows]),
            of_source(drawn.source.x[drawn.val_rows]),
            of_target(drawn.target.x),
            of_target(drawn.test.x),
        )
        super().__init__(drawn, self.features.val, self.features.test)
        self.problem = feature_problem(
            self.features,
            track,
            len(drawn.classes),
            drawn.source.y[drawn.rows],
            drawn.target_y,
            _few_shot(drawn),
        )


def feature_problem(
    features: Features,
    track: str,
    classes: int,
    source_y: NDArray[np.int64],
    target_y: NDArray[np.int64] | None,
    few_shot: Labelled[NDArray[np.int64]] | None,
) -> Problem[NDArray[np.float32], NDArray[np.int64]]:
    """The problem of a FeatureMethod."""
    return Problem(
        track,
        classes,
        features.source,
        source_y,
        features.target,
        target_y,
        prepare=lambda x: x,
        few_shot=few_shot,
    )


def _few_shot(drawn: Splits) -> Labelled[NDArray[np.int64]] | None:
    """The target examples whose labels the method may see, if there are any."""
    if drawn.labelled_rows is None or drawn.labelled_y is None:
        return None
    return Labelled(drawn.labelled_rows, drawn.labelled_y)
