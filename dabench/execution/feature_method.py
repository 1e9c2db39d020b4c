"""A FeatureMethod as a run makes it, and the rows that it is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dabench.config.options import validated
from dabench.methods.base import FeatureMethod
from dabench.methods.problem import Labelled, Problem
from dabench.runs.job import RunTask
from dabench.seeding import numpy_generator

Vectors = Problem[NDArray[np.float32], NDArray[np.int64]]


def make_method(task: RunTask, cls: type[FeatureMethod], classes: int) -> FeatureMethod:
    """Make a method, with the classifier of the suite's readout and the run's seed.

    Args:
        task: of the run.
        cls: the method's class.
        classes: number of classes.
    """
    from dabench.execution.readout import Readout  # scikit-learn takes a second

    method = cls(
        validated(cls, task.settings.options, task.method.name),
        lambda kind=task.settings.readout: Readout(kind, classes, task.seed),
    )
    method.seed = task.seed
    return method


def fewer_rows(problem: Vectors, most: int | None, seed: int) -> Vectors:
    """The problem with at most so many rows of each domain, drawn by the seed.

    Of the source every class keeps its share, and at least one row. Of the target the labelled rows are all kept, also
    where there are more of them.

    Args:
        problem: of the run.
        most: rows; None for all.
        seed: of the run.
    """
    if most is None:
        return problem
    if problem.source_x.shape[0] > most:
        rows = _shares(problem.source_y, most, numpy_generator(seed, "max_rows:source"))
        problem = replace(problem, source_x=problem.source_x[rows], source_y=problem.source_y[rows])
    count = problem.target_x.shape[0]
    if count > most:
        shots = problem.few_shot
        kept = np.zeros(0, np.int64) if shots is None else shots.rows
        others = np.setdiff1d(np.arange(count), kept)
        drawn = numpy_generator(seed, "max_rows:target").permutation(others)[: max(0, most - len(kept))]
        rows = np.sort(np.concatenate([kept, drawn]))
        problem = replace(
            problem,
            target_x=problem.target_x[rows],
            target_y=None if problem.target_y is None else problem.target_y[rows],
            few_shot=None if shots is None else Labelled(np.searchsorted(rows, shots.rows), shots.y),
        )
    return problem


def _shares(y: NDArray[np.int64], most: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Rows, sorted, of which each class has its share."""
    drawn = []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        drawn.append(generator.permutation(rows)[: max(1, int(most * len(rows) / len(y)))])
    return np.sort(np.concatenate(drawn))
