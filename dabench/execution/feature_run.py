"""A run on features: of a FeatureMethod, or of a classifier that is fitted to a trained network.

Vectors are their own features. Otherwise a FeatureMethod has those of the source-only network of the same pair,
settings and seed.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from torch import Tensor

from dabench.errors import DabenchError
from dabench.execution import reverse_validation
from dabench.execution.artifact_writer import ArtifactWriter, Stored
from dabench.execution.deep_run import DeepRun
from dabench.execution.evaluation import predictions_of
from dabench.execution.feature_method import fewer_rows, make_method
from dabench.execution.measurements import Measurements
from dabench.execution.pair_data import Features, PairData, VectorData, feature_problem
from dabench.execution.run_log import warn_on_console
from dabench.execution.saved_vectors import store_vectors
from dabench.files import DamagedFileError, read_sealed
from dabench.methods.base import FeatureMethod
from dabench.methods.problem import Labelled
from dabench.methods.scores import Scores, checked
from dabench.runs.job import Job, Progress
from dabench.selection.outputs import output_writer

Predict = Callable[[NDArray[np.float32]], Scores]


class _FittedRun:
    """A run that fits something to features, once, and measures it.

    Attributes:
        job: what to run.
        data: of the run.
        measurements: gets its only checkpoint.
    """

    def __init__(self, job: Job, data: PairData | VectorData, measurements: Measurements | None = None) -> None:
        self.job, self.data = job, data
        self.measurements = Measurements() if measurements is None else measurements

    def measure(self, features: Features, predict: Predict, stored: Callable[[], Stored] | None = None) -> None:
        """Add the only checkpoint to the measurements: label-free scores, and predictions of target test.

        Args:
            features: of all splits.
            predict: of what was fitted.
            stored: what rebuilds it; None where that cannot be kept.
        """
        data, measurements = self.data, self.measurements
        measurements.steps = self.job.settings.steps

        def score(x: Any) -> Scores:
            return checked(predict(x), x.shape[0], data.problem.classes)

        val, of_test = data.of_val(lambda _: score(features.val)), score(features.test)
        measurements.add(
            losses={},
            scores=data.val_scores(val),
            predictions=predictions_of(of_test, logits=False),
        )
        ArtifactWriter.of(self.job).checkpoint(measurements.steps, of_test, stored)
        writer = output_writer(self.job)
        if writer:
            writer.write(
                measurements.steps,
                val=(features.val, val, data.val_y),
                source_x=features.source,
                target_x=features.target,
                score=score,
                embed=lambda x: x,
            )

    def _finished(self) -> Progress:
        steps = self.measurements.steps
        return Progress(self.job.run_id, steps, steps, 0.0, self.measurements.answers[-1].scores)


class FeatureRun(_FittedRun):
    """A run of a FeatureMethod."""

    def __init__(
        self, job: Job, data: PairData | VectorData, cls: type[FeatureMethod], measurements: Measurements | None = None
    ) -> None:
        """Keep what the run needs.

        Args:
            job: what to run.
            data: of the run.
            cls: the method's class.
            measurements: to be filled; a new one if None.
        """
        super().__init__(job, data, measurements)
        self._cls = cls

    def build(self) -> FeatureMethod:
        """Build the method, with the classifier of the suite's readout."""
        method = make_method(self.job.task, self._cls, len(self.data.classes))
        method.artifacts = self.job.files.artifacts
        return method

    def fit(self) -> Iterator[Progress]:
        """Fit the method to the features of the pair, and measure it."""
        data = self.data
        if isinstance(data, VectorData):
            features, problem = data.features, data.problem
        else:
            features = yield from network_features(self.job, data)
            deep = data.problem
            target_y = None if deep.target_y is None else _on_host(deep.target_y)
            shots = deep.few_shot
            few_shot = None if shots is None else Labelled(_on_host(shots.rows), _on_host(shots.y))
            problem = feature_problem(features, deep.track, deep.classes, data.source_y, target_y, few_shot)
        method = self.build()
        begun = time.monotonic()
        method.fit(fewer_rows(problem, self._cls.max_rows, self.job.seed))
        self.measurements.train_s = time.monotonic() - begun
        stored = partial(store_vectors, self.job, data) if isinstance(data, VectorData) else None
        self.measure(features, method.predict, stored)
        if self.job.task.reverse_validation:
            reverse_validation.of_features(self, method, features, problem)
        yield self._finished()


class ReadoutRun(_FittedRun):
    """A run of a DeepMethod whose network another run has trained: the suite's classifier is fitted to its features."""

    data: PairData

    def fit(self) -> Iterator[Progress]:
        """Fit the classifier, and measure it."""
        from dabench.execution.readout import Readout

        data = self.data
        features = yield from network_features(self.job, data)
        readout = Readout(self.job.settings.readout, data.problem.classes, self.job.seed)
        begun = time.monotonic()
        readout.fit(features.source if data.problem.target_y is None else features.target, data.labelled[1])
        self.measurements.train_s = time.monotonic() - begun
        self.measure(features, readout.decision_function)
        yield self._finished()


def network_features(job: Job, data: PairData) -> Generator[Progress, None, Features]:
    """Return the features; train the network unless another run has. Other runs wait for the one that does.

    Raises:
        DabenchError: its training broke.
    """
    assert job.network is not None, "the plan gives every run that reads features the job of their network"
    job.files.features.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{job.files.features}.lock"):
        features = _read(job.files.features)
        if features is None:
            run = DeepRun(job.network, data, job.network.method.load())
            yield from run.train()
            if run.measurements.collapsed:
                raise DabenchError(
                    f"the network of {job.network.method.name}, whose features are read: {run.measurements.collapsed}"
                )
            run.keep_features(job.files.features)
            features = _read(job.files.features)
            assert features is not None, "they have just been written"
        return features


def _read(path: Path) -> Features | None:
    """Features of a network; None if there are none, or damaged ones, which is said."""
    if not path.is_file():
        return None
    try:
        content = io.BytesIO(read_sealed(path))
    except DamagedFileError as error:
        warn_on_console(f"{error}; its network is trained anew")
        return None
    with np.load(content, allow_pickle=False) as stored:
        return Features(**stored)


def _on_host(y: Tensor) -> NDArray[np.int64]:
    return y.cpu().numpy()
