"""A run of a FeatureMethod, on the features of the source-only network of the same pair, settings and seed."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from dabench.atomic import replacing
from dabench.deep_run import build, train_and_measure
from dabench.job import Job, Progress
from dabench.methods import DeepMethod, FeatureMethod
from dabench.options import validated
from dabench.pairdata import PairData
from dabench.problem import Problem
from dabench.readout import Readout
from dabench.result import Result

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Features:
    """`embed()` of the trained source-only network, (N, H) each."""

    source: Array
    val: Array
    target: Array
    test: Array


def fit_and_measure(job: Job, data: PairData, cls: type[FeatureMethod], result: Result) -> Iterator[Progress]:
    """Fit the method on the features and fill `result`."""
    features = yield from source_features(job, data)
    problem = data.problem
    method = cls(
        validated(cls, job.settings.options, job.method.name),
        lambda: Readout(job.settings.readout, problem.classes, job.seed),
    )
    begun = time.monotonic()
    method.fit(
        Problem(
            track=problem.track,
            classes=problem.classes,
            source_x=features.source,
            source_y=problem.source_y.cpu().numpy(),
            target_x=features.target,
            target_y=None if problem.target_y is None else problem.target_y.cpu().numpy(),
            prepare=lambda x: x,
        )
    )
    result.steps, result.train_s = job.settings.budget.steps, time.monotonic() - begun
    result.add(
        losses={},
        scores={"source_val_accuracy": data.source_val_accuracy(method.predict(features.val))},
        evaluation=data.evaluator.evaluate(method.predict(features.test), logits=False),
    )
    yield Progress(job.run_id, result.steps, result.steps, 0.0, result.checkpoints[-1].scores)


def source_features(job: Job, data: PairData) -> Generator[Progress, None, Features]:
    """Returns the features; trains the source-only network if nobody has. Other runs wait for the one that does."""
    assert job.source_only is not None, "the plan gives every feature method its source-only run"
    job.features.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{job.features}.lock"):
        if not job.features.is_file():
            cls: type[DeepMethod] = job.source_only.method.load()
            method = build(job.source_only, data, cls)
            yield from train_and_measure(job.source_only, data, method, Result())
            keep_features(job.features, data, method)
        with np.load(job.features, allow_pickle=False) as stored:
            return Features(**stored)


def keep_features(path: Path, data: PairData, method: DeepMethod) -> None:
    """Write the features of a trained source-only network, whole or not at all."""
    method.eval()
    problem = data.problem
    parts = {"source": problem.source_x, "val": data.val_x, "target": problem.target_x, "test": data.test_x}
    arrays = {name: data.apply(method.embed, x) for name, x in parts.items()}
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
