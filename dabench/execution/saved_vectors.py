"""A method on vectors as what it was fitted to, and back: it is fitted again, which gives the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse
from torch import Tensor

from dabench.data.vectors import transforms
from dabench.execution.artifact_writer import Stored
from dabench.execution.feature_method import fewer_rows, make_method
from dabench.execution.pair_data import Features, VectorData, feature_problem
from dabench.execution.saved_network import common_recipe
from dabench.methods.base import FeatureMethod
from dabench.methods.problem import Labelled
from dabench.methods.scores import Scores, checked
from dabench.runs.job import Job, RunTask

VECTORS = "vectors"


def store_vectors(job: Job, data: VectorData) -> Stored:
    """The examples and the labels that a method on vectors is fitted to, before they are normalised."""
    drawn, problem = data.drawn, data.problem
    arrays: dict[str, Any] = {"source_y": drawn.source.y, "rows": drawn.rows}
    for name, x in (("source_x", drawn.source.x), ("target_x", drawn.target.x)):
        arrays |= {f"{name}.{part}": getattr(x, part) for part in PARTS} if issparse(x) else {name: x}
    if problem.target_y is not None:
        arrays["target_y"] = problem.target_y
    if problem.few_shot is not None:
        arrays |= {"labelled_rows": problem.few_shot.rows, "labelled_y": problem.few_shot.y}
    recipe = common_recipe(job, VECTORS, str(drawn.source.x.dtype))
    return Stored({name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}, recipe)


PARTS = ("data", "indices", "indptr")


@dataclass(frozen=True)
class RestoredVectors:
    """A method on vectors that predicts.

    Attributes:
        method: fitted again.
        prepare: normalises examples of the target.
        classes: number of classes.
    """

    method: FeatureMethod
    prepare: Any
    classes: int

    def scores(self, x: Any) -> Scores:
        """Examples (N, D) of the form of the target's -> scores (N, C)."""
        return checked(self.method.predict(self.prepare(x)), x.shape[0], self.classes)


def restore_vectors(recipe: Mapping[str, Any], tensors: Mapping[str, Tensor], task: RunTask) -> RestoredVectors:
    """Fit a method again to what `store_vectors` gave."""
    arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
    source_x, target_x = (_joined(arrays, name, recipe["example"]["shape"]) for name in ("source_x", "target_x"))
    rows, classes = arrays["rows"], len(recipe["classes"])
    of_source, of_target = transforms(
        task.settings.input.normalise, source=source_x[rows], whole_source=source_x, target=target_x
    )
    none = source_x[:0]
    features = Features(of_source(source_x[rows]), none, of_target(target_x), none)
    few_shot = Labelled(arrays["labelled_rows"], arrays["labelled_y"]) if "labelled_y" in arrays else None
    problem = feature_problem(features, task.track, classes, arrays["source_y"][rows], arrays.get("target_y"), few_shot)
    cls = task.method.load()
    method = make_method(task, cls, classes)
    method.fit(fewer_rows(problem, cls.max_rows, task.seed))
    return RestoredVectors(method, of_target, classes)


def _joined(arrays: Mapping[str, NDArray[Any]], name: str, shape: list[int]) -> Any:
    if name in arrays:
        return arrays[name]
    data, indices, indptr = (arrays[f"{name}.{part}"] for part in PARTS)
    return csr_array((data, indices, indptr), shape=(len(indptr) - 1, *shape))
