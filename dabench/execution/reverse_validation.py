"""Reverse validation: does a model trained on the target with predicted labels find the source's labels again?

Ganin et al. 2016 (JMLR 17(59), 5.1.2), after Zhong et al. 2010. The method is run a second time in the other direction:
its predictions on target train are the labels, the source is what it adapts to, and its score is its accuracy on
source_val. Here nothing is stopped early, so that all of target train is trained on and none of it held out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dabench.execution.deep_run import build, reported
from dabench.execution.measurements import Result
from dabench.execution.pair_data import Features, Measured, PairData
from dabench.execution.training import Recipe, train
from dabench.methods.base import DeepMethod, FeatureMethod
from dabench.methods.problem import Problem
from dabench.methods.scores import Scores, checked, predicted_classes
from dabench.runs.job import Job, Progress

NAME = "reverse_validation"


def of_network(job: Job, data: PairData, method: DeepMethod, result: Result) -> Iterator[Progress]:
    """Train the reverse network and add the score to the last checkpoint of `result`.

    It begins with the backbone and classifier of the trained one, and with new modules of the method's own; it has the
    same budget, optimiser and seed. A network whose training breaks has no score.
    """
    if not len(data.val_y) or result.collapsed:
        return
    labels = predicted_classes(reported(job, data, method)(data.problem.target_x))
    if _one_class(labels, data, result):
        return
    backwards = data.reversed(torch.from_numpy(labels).to(data.device))
    reverse = build(job, backwards, type(method))
    reverse.network.load_state_dict(method.network.state_dict())
    recipe = Recipe(job.settings.optimiser, job.settings.schedule, job.budget)
    for moment in train(reverse, backwards.problem, recipe, job.seed):
        if moment.broken:
            return
        yield Progress(job.run_id, moment.step, job.budget.steps, 0.0)
    reverse.eval()
    _note(result, data, reported(job, backwards, reverse)(data.val_x))


def of_features(
    make: Callable[[], FeatureMethod],
    method: FeatureMethod,
    features: Features,
    data: Measured,
    problem: Problem[Any, Any],
    result: Result,
) -> None:
    """Fit the reverse model and add the score to the last checkpoint of `result`.

    Args:
        make: makes the method anew, unfitted.
        method: fitted.
        features: of all splits.
        data: holds source_val's labels.
        problem: that the method was fitted on.
        result: of the run.
    """
    if not len(data.val_y):
        return
    scores = checked(method.predict(features.target), features.target.shape[0], problem.classes)
    labels = predicted_classes(scores)
    if _one_class(labels, data, result):
        return
    reverse = make()
    reverse.fit(replace(problem, source_x=features.target, source_y=labels, target_x=features.source, target_y=None))
    _note(result, data, reverse.predict(features.val))


def _one_class(labels: NDArray[np.int64], data: Measured, result: Result) -> bool:
    """Whether only one class was predicted: the reverse model would know no other, and need not be trained."""
    if len(np.unique(labels)) > 1:
        return False
    result.score_last(NAME, float(np.mean(data.val_y == labels[0])))
    return True


def _note(result: Result, data: Measured, scores: Scores) -> None:
    for accuracy in data.val_scores(scores).values():  # none where scores are NaN
        result.score_last(NAME, accuracy)
