"""A run of a DeepMethod: build it, train it, measure it at every checkpoint."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dabench.config.options import validated
from dabench.errors import DataError, PluginError
from dabench.execution.artifact_writer import ArtifactWriter, Stored
from dabench.execution.evaluation import predictions_of
from dabench.execution.measurements import Measurements
from dabench.execution.pair_data import PairData
from dabench.execution.run_log import NAME
from dabench.execution.saved_network import store_network
from dabench.execution.training import TrainingEvent, TrainingRecipe, train
from dabench.execution.training_state import read_state, write_state
from dabench.files import replacing, seal
from dabench.hashing.canonical import view_versions
from dabench.methods.base import DeepMethod, source_free
from dabench.methods.problem import Problem
from dabench.methods.scores import Scores, checked
from dabench.printable import printable
from dabench.runs.job import Job, Progress, RunTask
from dabench.seeding import drawing_from
from dabench.selection.outputs import output_writer

log = logging.getLogger(NAME)

CPU = torch.device("cpu")
NONE = np.zeros(0, dtype=np.int64)


def build(job: Job, data: PairData, cls: type[DeepMethod]) -> DeepMethod:
    """Build a method and set it up; see `built`."""
    return built(job.task, data, cls, _names(job))[0]


def _names(job: Job) -> tuple[str, str]:
    return job.data.source.name, job.data.target.name


def built(
    task: RunTask, data: PairData | StandIn, cls: type[DeepMethod], pair: tuple[str, str]
) -> tuple[DeepMethod, int]:
    """Build a method, and count the weights of its backbone.

    Backbone and classifier come first, from the stream `init`, then the method's own modules.
    Both are initialised on the CPU, so that a run starts from the same weights on every device.

    Args:
        task: of the run.
        data: of the run, or what stands in for it where a trained method is rebuilt.
        cls: the method's class.
        pair: the names of the two domains, for messages.

    Raises:
        DataError: examples of the two domains differ in shape, and the method has one network for both.
        PluginError: the method asks for a view whose version its settings do not say.
    """
    backbone = task.backbone.load()
    options = validated(backbone, task.settings.backbone.options, task.backbone.name)
    with drawing_from(task.seed, "init", CPU):
        network = backbone(_input_shape(task, data, cls, pair), data.problem.classes, options)
    network.precision = task.settings.precision
    size = sum(weight.numel() for weight in network.parameters())
    method = cls(network, validated(cls, task.settings.options, task.method.name))
    with drawing_from(task.seed, f"init:{task.method.name}", CPU):
        method.setup(data.problem)
    said = {*task.settings.views, *cls.views.values()}
    unsaid = [view for view in view_versions(method.views.values()) if view not in said]
    if unsaid:
        raise PluginError(
            f"setup() of {task.method.name} asks for the view {unsaid[0]!r}, which no option and no attribute of the "
            "class names, so that its version is not part of the run. Declare it: "
            f"views = {{..: {unsaid[0]!r}}} in the class, or an option of the type View."
        )
    return method.to(data.device).to(memory_format=torch.channels_last), size


def _input_shape(
    task: RunTask, data: PairData | StandIn, cls: type[DeepMethod], pair: tuple[str, str]
) -> tuple[int, ...]:
    """The shape of the network's input."""
    shapes = {"source": tuple(data.problem.source_x.shape[1:]), "target": tuple(data.problem.target_x.shape[1:])}
    if cls.trains_on == "both" and not data.one_shape:
        raise DataError(
            f"{task.method.name} has one network for both domains, and examples of {pair[0]} have the shape "
            f"{shapes['source']}, those of {pair[1]} {shapes['target']}. Only methods with a network for each, "
            "or for the target alone (DeepMethod.trains_on), run on such a pair."
        )
    return shapes["target" if cls.trains_on == "target" else "source"]


def _with_norm_explained(events: Iterator[TrainingEvent]) -> Iterator[TrainingEvent]:
    """The same events, with a DataError for batches too small for batch norm, which torch refuses in other words."""
    try:
        yield from events
    except ValueError as error:
        if "Expected more than 1 value per channel" not in str(error):
            raise
        raise DataError("batch norm needs batches of two or more while training (budget.batch)") from error


@dataclass(frozen=True)
class StandIn:
    """The form of a run's data, without the data: enough to build a method whose state is loaded afterwards.

    Attributes:
        problem: of a row or two.
        device: of the method.
    """

    problem: Problem[Tensor, Tensor]
    device: torch.device

    @property
    def one_shape(self) -> bool:
        """Whether examples of both domains have the same shape."""
        return self.problem.source_x.shape[1:] == self.problem.target_x.shape[1:]


class DeepRun:
    """The run of a method that trains a network: its data and its measurements.

    Attributes:
        job: what to run.
        data: of the run.
        method: built, on the device of the data.
        measurements: grows with every checkpoint.
    """

    def __init__(
        self, job: Job, data: PairData, cls: type[DeepMethod], measurements: Measurements | None = None
    ) -> None:
        """Build the method.

        Args:
            job: what to run.
            data: of the run.
            cls: the method's class.
            measurements: to be filled; a new one if None.

        Raises:
            DataError: examples of the two domains differ in shape, and the method has one network for both.
            PluginError: the method asks for a view whose version its settings do not say.
        """
        self.job, self.data = job, data
        self.method, self._size = built(job.task, data, cls, _names(job))
        self.measurements = Measurements() if measurements is None else measurements
        self.measurements.source_free = source_free(self.method.stages())
        self.method.artifacts = job.files.artifacts
        self._kept = ArtifactWriter.of(job)

    @property
    def recipe(self) -> TrainingRecipe:
        """The suite's recipe of its training."""
        settings = self.job.settings
        return TrainingRecipe(settings.optimiser, settings.schedule, self.job.budget, settings.input.augment)

    def train(self) -> Iterator[Progress]:
        """Train the method, from its saved state if there is one, and measure it at every checkpoint."""
        job, measurements = self.job, self.measurements
        state = read_state(job.files.state, self.data.device)
        if state:
            measurements.restore(state["result"])
            log.info("goes on from step %d", state["step"])
        first = state["step"] if state else 0
        begun = clock = time.monotonic()
        events = train(
            self.method,
            self.data.problem,
            self.recipe,
            job.seed,
            state=state,
            save_every_s=job.limits.save_every_s,
            log_every=job.limits.log_every,
        )
        for event in _with_norm_explained(events):
            measurements.train_s += time.monotonic() - clock
            measurements.steps = event.step
            values = None
            if event.losses is not None:
                self.measure(event.losses)
                measurements.collapsed = event.broken
                values = measurements.answers[-1].scores
                log.info("step %d %s %s", event.step, event.losses, values)
            if event.state is not None:
                self._save({**event.state, "result": measurements.dump()})
            images_per_s = job.examples_per_step * (event.step - first) / max(time.monotonic() - begun, 1e-9)
            losses = event.live or event.losses
            yield Progress(job.run_id, event.step, job.budget.steps, images_per_s, values, losses)
            clock = time.monotonic()
        measurements.parameters = (self._size, None, None)
        if measurements.source_free:
            method = self.method
            measurements.parameters = (self._size, method.trained_parameters(), method.stored_parameters())

    def measure(self, losses: dict[str, float]) -> None:
        """Add a checkpoint to the measurements: losses, label-free scores, and predictions of target test."""
        job, data, method = self.job, self.data, self.method
        method.eval()
        finite = all(map(math.isfinite, losses.values()))
        predict = self._well_formed(self.classifier(), finite)
        if method.trains_on == "target" and not data.one_shape:  # its network takes no source example at all
            source, val_x, val_y = data.source[NONE], data.val_x[NONE], data.val_y[NONE]
            val = np.zeros((0, data.problem.classes), np.float32)
        else:
            on_source = self._well_formed(self._predict_source, finite) if self._network_reports else predict
            source, val_x, val_y, val = data.source, data.val_x, data.val_y, data.of_val(on_source)
        scores = predict(data.test_x)
        self.measurements.add(
            losses={printable(name): value for name, value in losses.items() if math.isfinite(value)},
            scores=data.val_scores(val) if len(val) else {},
            predictions=predictions_of(scores, logits=self._network_reports),
        )
        self._kept.checkpoint(self.measurements.steps, scores, self._stored)
        writer = output_writer(job)
        if writer:
            writer.write(
                self.measurements.steps,
                val=(val_x, val, val_y),
                source_x=source,
                target_x=data.problem.target_x,
                score=predict,
                embed=lambda x: data.apply(method.embed, x, target=True),
                embed_source=lambda x: data.apply(method.embed_source, x),
            )

    def _stored(self) -> Stored:
        readout = None if self._network_reports else self.data.labelled
        learned = None if readout is None else (self.data.apply(self.method.embed, readout[0]), readout[1])
        return store_network(self.job, self.data, self.method, self.measurements.steps, learned)

    def classifier(self) -> Callable[[Tensor], Scores]:
        """Return the suite's classifier: the network's own, or one fitted to the embedding of the training examples.

        Returns:
            Examples of the target -> scores; those of the source, too, where both are normalised alike.
        """
        if self._network_reports:
            return self._predict
        from dabench.execution.readout import Readout  # scikit-learn: a second, and 100 MB in every worker

        readout = Readout(self.job.settings.readout, self.data.problem.classes, self.job.seed)
        learned, y = self.data.labelled
        readout.fit(self.data.apply(self.method.embed, learned), y)
        return lambda x: readout.decision_function(self.data.apply(self.method.embed, x))

    def keep_features(self, path: Path) -> None:
        """Write the features of the trained network, whole or not at all."""
        data = self.data
        self.method.eval()
        parts = {"source": data.source, "val": data.val_x, "target": data.problem.target_x, "test": data.test_x}
        arrays = {name: data.apply(self.method.embed, x) for name, x in parts.items()}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            seal(temporary)

    def _save(self, state: dict[str, Any]) -> None:
        """Write the state. One that cannot be written costs no run: only an interruption would."""
        path = self.job.files.state
        try:
            write_state(path, state)
        except (OSError, RuntimeError) as error:  # torch has errors of its own for a full disk
            log.warning(
                "%s cannot be written, so that an interrupted run would start again from the beginning: %s", path, error
            )

    def _well_formed(self, predict: Callable[[Any], Scores], finite: bool) -> Callable[[Any], Scores]:
        """The same, with a PredictionError for scores of a wrong shape or kind, or that are no numbers.

        After a loss that is not `finite` the network may say anything: such a run counts as collapsed.
        """
        return lambda x: checked(predict(x), len(x), self.data.problem.classes, finite=finite)

    @property
    def _network_reports(self) -> bool:
        return self.job.settings.readout == "network"

    def _predict(self, x: Tensor) -> Scores:
        return self.data.apply(self.method.predict, x, target=True)

    def _predict_source(self, x: Tensor) -> Scores:
        return self.data.apply(self.method.predict_source, x)
