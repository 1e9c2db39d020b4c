"""A run on features: of a FeatureMethod, or of a classifier that is fitted to a trained network.

Vectors are their own features. Otherwise a FeatureMethod has those of the source-only network of the same pair,
settings and seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from torch import Tensor

from dabench.config.options import validated
from dabench.errors import DabenchError
from dabench.execution import deep_run, reverse_validation
from dabench.execution.measurements import Result
from dabench.execution.pair_data import Features, PairData, VectorData, feature_problem
from dabench.execution.readout import Readout
from dabench.files import replacing
from dabench.methods.base import DeepMethod, FeatureMethod
from dabench.methods.scores import Scores, checked
from dabench.runs.job import Job, Progress
from dabench.selection.outputs import keeper_of


def build(job: Job, cls: type[FeatureMethod], classes: int) -> FeatureMethod:
    """Build a method, with the classifier of the suite's readout."""
    return cls(
        validated(cls, job.settings.options, job.method.name),
        lambda kind=job.settings.readout: Readout(kind, classes, job.seed),
    )


def fit_and_measure(
    job: Job, data: PairData | VectorData, cls: type[FeatureMethod], result: Result
) -> Iterator[Progress]:
    """Fit the method on the features of the pair and fill `result`."""
    if isinstance(data, VectorData):
        features, problem = data.features, data.problem
    else:
        features = yield from network_features(job, data)
        deep = data.problem
        seen = [_on_host(y) for y in (deep.target_y, deep.labelled_rows, deep.labelled_y)]
        problem = feature_problem(features, deep.track, deep.classes, data.source_y, *seen)

    def make() -> FeatureMethod:
        return build(job, cls, problem.classes)

    method = make()
    begun = time.monotonic()
    method.fit(problem)
    result.train_s = time.monotonic() - begun
    _measure(job, data, features, method.predict, result)
    if job.reverse_validation:
        reverse_validation.of_features(make, method, features, data, problem, result)
    yield Progress(job.run_id, result.steps, result.steps, 0.0, result.checkpoints[-1].scores)


def fit_readout_and_measure(job: Job, data: PairData, result: Result) -> Iterator[Progress]:
    """Fit the suite's classifier on the features of the method's own network and fill `result`."""
    features = yield from network_features(job, data)
    readout = Readout(job.settings.readout, data.problem.classes, job.seed)
    begun = time.monotonic()
    readout.fit(features.source if data.problem.target_y is None else features.target, data.labelled[1])
    result.train_s = time.monotonic() - begun
    _measure(job, data, features, readout.decision_function, result)
    yield Progress(job.run_id, result.steps, result.steps, 0.0, result.checkpoints[-1].scores)


def _measure(
    job: Job,
    data: PairData | VectorData,
    features: Features,
    predict: Callable[[NDArray[np.float32]], Scores],
    result: Result,
) -> None:
    """Add the only checkpoint to `result`: label-free scores, and what the evaluator says."""
    result.steps = job.settings.steps
    classes = data.problem.classes

    def score(x: Any) -> Scores:
        return checked(predict(x), x.shape[0], classes)

    val = data.of_val(lambda _: score(features.val))
    result.add(
        losses={},
        scores=data.val_scores(val),
        evaluation=data.evaluator.evaluate(score(features.test), logits=False),
    )
    keeper = keeper_of(job)
    if keeper:
        keeper.keep(
            result.steps,
            val=(features.val, val, data.val_y),
            source_x=features.source,
            target_x=features.target,
            score=score,
            embed=lambda x: x,
        )


def _on_host(y: Tensor | None) -> NDArray[np.int64] | None:
    return None if y is None else y.cpu().numpy()


def network_features(job: Job, data: PairData) -> Generator[Progress, None, Features]:
    """Returns the features; trains the network if nobody has. Other runs wait for the one that does.

    Raises:
        DabenchError: its training broke.
    """
    assert job.network is not None, "the plan gives every run that reads features the job of their network"
    job.features.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{job.features}.lock"):
        if not job.features.is_file():
            cls: type[DeepMethod] = job.network.method.load()
            method = deep_run.build(job.network, data, cls)
            trained = Result()
            yield from deep_run.train_and_measure(job.network, data, method, trained)
            if trained.collapsed:
                raise DabenchError(
                    f"the network of {job.network.method.name}, whose features are read: {trained.collapsed}"
                )
            keep_features(job.features, data, method)
        with np.load(job.features, allow_pickle=False) as stored:
            return Features(**stored)


def keep_features(path: Path, data: PairData, method: DeepMethod) -> None:
    """Write the features of a trained network, whole or not at all."""
    method.eval()
    parts = {"source": data.source, "val": data.val_x, "target": data.problem.target_x, "test": data.test_x}
    arrays = {name: data.apply(method.embed, x) for name, x in parts.items()}
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
