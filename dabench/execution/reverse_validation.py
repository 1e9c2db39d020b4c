"""Reverse validation: does a model trained on the target with predicted labels find the source's labels again?

Ganin et al. 2016 (JMLR 17(59), 5.1.2), after Zhong et al. 2010. The method is run a second time in the other direction:
its predictions on target train are the labels, the source is what it adapts to, and its score is its accuracy on
source_val. Here nothing is stopped early, so that all of target train is trained on and none of it held out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from dabench.execution.deep_run import DeepRun
from dabench.execution.measurements import Measurements
from dabench.execution.pair_data import Features, Measured
from dabench.execution.training import train
from dabench.methods.base import FeatureMethod
from dabench.methods.problem import Problem
from dabench.methods.scores import Scores, checked, predicted_classes
from dabench.runs.job import Progress

if TYPE_CHECKING:
    from dabench.execution.feature_run import FeatureRun

NAME = "reverse_validation"


def of_network(run: DeepRun) -> Iterator[Progress]:
    """Train the reverse network of a trained one and add the score to the run's last checkpoint.

    It begins with the backbone and classifier of the trained one, and with new modules of the method's own; it has the
    same budget, optimiser and seed. A network whose training breaks has no score.
    """
    job, data, measurements = run.job, run.data, run.measurements
    if not len(data.val_y) or measurements.collapsed:
        return
    labels = predicted_classes(run.classifier()(data.problem.target_x))
    if _one_class(labels, data, measurements):
        return
    backwards = data.reversed(torch.from_numpy(labels).to(data.device))
    reverse = DeepRun(job, backwards, type(run.method))
    reverse.method.network.load_state_dict(run.method.network.state_dict())
    for event in train(reverse.method, backwards.problem, reverse.recipe, job.seed):
        if event.broken:
            return
        yield Progress(job.run_id, event.step, job.budget.steps, 0.0)
    reverse.method.eval()
    _note(measurements, data, reverse.classifier()(data.val_x))


def of_features(run: FeatureRun, method: FeatureMethod, features: Features, problem: Problem[Any, Any]) -> None:
    """Fit the reverse model and add the score to the run's last checkpoint.

    Args:
        run: makes the method anew, unfitted, and holds source_val's labels.
        method: fitted.
        features: of all splits.
        problem: that the method was fitted on.
    """
    data, measurements = run.data, run.measurements
    if not len(data.val_y):
        return
    scores = checked(method.predict(features.target), features.target.shape[0], problem.classes)
    labels = predicted_classes(scores)
    if _one_class(labels, data, measurements):
        return
    reverse = run.build()
    reverse.fit(replace(problem, source_x=features.target, source_y=labels, target_x=features.source, target_y=None))
    _note(measurements, data, reverse.predict(features.val))


def _one_class(labels: NDArray[np.int64], data: Measured, measurements: Measurements) -> bool:
    """Whether only one class was predicted: the reverse model would know no other, and need not be trained."""
    if len(np.unique(labels)) > 1:
        return False
    measurements.score_last(NAME, float(np.mean(data.val_y == labels[0])))
    return True


def _note(measurements: Measurements, data: Measured, scores: Scores) -> None:
    for accuracy in data.val_scores(scores).values():  # none where scores are NaN
        measurements.score_last(NAME, accuracy)
