"""Outputs of checkpoints that are kept for selectors, in half precision.

It is scores and embeddings of source_val and target train, and embeddings of source train.
One file per checkpoint, `DIR/cache/outputs/<run_id>/<step>.npz`. Any of them may be deleted at any time: a selector
that reads them then asks for the run to be made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from scipy.special import softmax

from dabench.config.settings import MOST_OUTPUTS
from dabench.errors import ResultsError
from dabench.files import replacing
from dabench.methods.scores import Scores, predicted_classes
from dabench.runs.job import Job
from dabench.seeding import numpy_generator
from dabench.selection.output_files import ARRAYS, missing_outputs, outputs_file, outputs_folder

__all__ = [
    "OutputWriter", "Outputs", "missing_outputs", "output_writer", "outputs_file", "outputs_folder", "read_outputs",
]  # fmt: skip

COLLAPSED_SHARE = 0.95
MOST_BYTES = 64 * 2**20  # of all checkpoints of a run
HALF_MAX = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class Outputs:
    """The outputs of a network (or a feature method) at one checkpoint. No target label is among them.

    Attributes:
        val_logits: scores of source_val (V, C), float32; V may be 0. They are the network's logits, or the margins of
            another readout or of a feature method: then their softmax is no probability, and cannot be compared with
            a network's.
        val_embeddings: the last hidden layer (V, H); the features themselves for a feature method.
        val_y: labels of source_val (V,).
        target_logits: scores of target train (T, C).
        target_embeddings: likewise (T, H).
        source_embeddings: likewise of source train (S, H); S may be 0.
    """

    val_logits: Scores
    val_embeddings: NDArray[np.float32]
    val_y: NDArray[np.int64]
    target_logits: Scores
    target_embeddings: NDArray[np.float32]
    source_embeddings: NDArray[np.float32]

    @property
    def finite(self) -> bool:
        """Whether there is no NaN among them; infinite values were clipped when they were written."""
        return all(bool(np.isfinite(getattr(self, name)).all()) for name in ARRAYS)

    @property
    def classes(self) -> int:
        """C."""
        return int(self.target_logits.shape[1])

    @cached_property
    def collapsed(self) -> bool:
        """Whether 95 % of the target's predictions lie in at most half as many classes as 95 % of source_val's labels.

        No label of the target is needed for it. Without source_val all classes are expected.
        """
        expected = _classes_of_most(self.val_y) if len(self.val_y) else self.classes
        return _classes_of_most(predicted_classes(self.target_logits)) <= expected / 2

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """The softmax of the target's scores (T, C)."""
        return np.asarray(softmax(self.target_logits.astype(np.float64), axis=1))

    @cached_property
    def val_errors(self) -> NDArray[np.float64]:
        """1 for every source_val example that is classified wrongly, else 0 (V,)."""
        return np.asarray(predicted_classes(self.val_logits) != self.val_y, dtype=np.float64)

    @cached_property
    def val_weights(self) -> NDArray[np.float64]:
        """Ratios of likelihood of the source_val examples, target to source (V,); their mean is about 1."""
        from dabench.selection.importance import (
            importance_weights,  # scikit-learn is slow to import, and most runs need none
        )

        return importance_weights(self.source_embeddings, self.target_embeddings, self.val_embeddings)


@dataclass(frozen=True, kw_only=True)
class OutputWriter:
    """Writer of the outputs of a run's checkpoints.

    Attributes:
        folder: of the run.
        rows: at most so many of source_val, of target train and of source train.
        checkpoints: how many there will be, for the limit on bytes.
        seed: of the run: the same rows for every method and at every checkpoint.
    """

    folder: Path
    rows: int
    checkpoints: int
    seed: int

    def write(
        self,
        step: int,
        *,
        val: tuple[Any, Scores, NDArray[np.int64]],
        source_x: Any,
        target_x: Any,
        score: Callable[[Any], Scores],
        embed: Callable[[Any], Any],
        embed_source: Callable[[Any], Any] | None = None,
    ) -> None:
        """Write one checkpoint, whole or not at all.

        Args:
            step: steps done.
            val: examples of source_val (V, ...), their scores (V, C) and labels (V,).
            source_x: source train (N, ...); possibly none.
            target_x: target train (M, ...).
            score: examples -> scores (N, C).
            embed: examples -> embeddings (N, H). Where they are sparse, the scores stand for them.
            embed_source: the same for the source, where another network embeds it; None where it does not.
        """
        val_x, val_scores, val_y = val
        of_val, of_target = self._drawn("val", len(val_y)), self._drawn("target", target_x.shape[0])
        of_source = self._drawn("source", source_x.shape[0] if issparse(source_x) else len(source_x))
        target_scores, target_embeddings = score(target_x[of_target]), embed(target_x[of_target])
        embed_source = embed_source or embed
        if issparse(target_embeddings):
            target_embeddings, embed_source = target_scores, score
        none = target_embeddings[:0]
        val_embeddings = embed_source(val_x[of_val]) if len(of_val) else none
        source_embeddings = embed_source(source_x[of_source]) if len(of_source) else none
        fit = self._fit(target_scores.shape[1], target_embeddings.shape[1])
        arrays: dict[str, Any] = {
            "val_logits": _half(val_scores[of_val][:fit]),
            "val_embeddings": _half(val_embeddings[:fit]),
            "val_y": val_y[of_val][:fit],
            "target_logits": _half(target_scores[:fit]),
            "target_embeddings": _half(target_embeddings[:fit]),
            "source_embeddings": _half(source_embeddings[:fit]),
        }
        with replacing(outputs_file(self.folder, step)) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    def _drawn(self, split: str, rows: int) -> NDArray[np.int64]:
        """Rows in random order, so that any first part of them is a fair sample."""
        return _drawn(self.seed, split, rows)[: self.rows]

    def _fit(self, classes: int, width: int) -> int:
        """The rows of each split that the limit on bytes leaves: two splits have scores, three have embeddings."""
        return MOST_BYTES // (self.checkpoints * (2 * classes + 3 * width) * np.dtype(np.float16).itemsize)


def _classes_of_most(labels: NDArray[np.int64]) -> int:
    """The number of classes, the most frequent first, that hold 95 % of some labels (N,)."""
    counts = np.sort(np.unique(labels, return_counts=True)[1])[::-1]
    return int(np.searchsorted(np.cumsum(counts), COLLAPSED_SHARE * len(labels)) + 1)


def target_rows(seed: int, rows: int) -> NDArray[np.int64]:
    """The rows of target train in the order in which a run keeps the first of them; `rows` are all there are."""
    return _drawn(seed, "target", rows)


def _drawn(seed: int, split: str, rows: int) -> NDArray[np.int64]:
    return numpy_generator(seed, f"outputs:{split}").permutation(rows)


def read_outputs(path: Path) -> Outputs:
    """Read the outputs of one checkpoint.

    Raises:
        ResultsError: they are not there, or not readable.
    """
    remedy = f"`dabench run` with --outputs {MOST_OUTPUTS} makes the run again and keeps them"
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: _single(stored[name]) for name in stored.files}
    except FileNotFoundError as error:
        raise ResultsError(f"the outputs {path} were not kept, or were deleted: {remedy}.") from error
    except Exception as error:  # numpy raises many things over a damaged archive
        raise ResultsError(f"{path} cannot be read ({error}): delete it; {remedy}.") from error
    lacking = [name for name in ARRAYS if name not in arrays]
    if lacking:
        raise ResultsError(f"{path} was kept by an older version, without {', '.join(lacking)}: {remedy}.")
    return Outputs(**arrays)


def _half(values: Any) -> NDArray[np.float16]:
    """Values in half precision. Larger ones, also the -inf of a class that a readout lacks, become the limit."""
    return np.asarray(np.clip(values, -HALF_MAX, HALF_MAX), dtype=np.float16)


def _single(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.float32) if array.dtype == np.float16 else array


def output_writer(job: Job) -> OutputWriter | None:
    """Return the writer of the outputs of a job's checkpoints; None if none are kept."""
    if not job.limits.output_rows:
        return None
    checkpoints = job.settings.budget.checkpoints if job.settings.budget else 1
    return OutputWriter(folder=job.files.outputs, rows=job.limits.output_rows, checkpoints=checkpoints, seed=job.seed)
