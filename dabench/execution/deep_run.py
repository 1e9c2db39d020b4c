"""A run of a DeepMethod: build it, train it, measure it at every checkpoint."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dabench.config.options import validated
from dabench.errors import DataError, PluginError
from dabench.execution.measurements import Result
from dabench.execution.pair_data import PairData
from dabench.execution.readout import Readout
from dabench.execution.run_log import NAME
from dabench.execution.training import Recipe, train
from dabench.execution.training_state import read_state, write_state
from dabench.hashing.canonical import view_versions
from dabench.methods.base import DeepMethod
from dabench.methods.scores import Scores, checked
from dabench.printable import printable
from dabench.runs.job import Job, Progress
from dabench.seeding import drawing_from
from dabench.selection.outputs import keeper_of

log = logging.getLogger(NAME)

CPU = torch.device("cpu")
NONE = np.zeros(0, dtype=np.int64)


def build(job: Job, data: PairData, cls: type[DeepMethod]) -> DeepMethod:
    """Build a method: backbone and classifier first, from the stream `init`, then what the method adds.

    Both are initialised on the CPU, so that a run starts from the same weights on every device.

    Raises:
        DataError: examples of the two domains differ in shape, and the method has one network for both.
        PluginError: the method asks for a view whose version its settings do not say.
    """
    backbone = job.backbone.load()
    options = validated(backbone, job.settings.backbone.options, job.backbone.name)
    with drawing_from(job.seed, "init", CPU):
        network = backbone(_input_shape(job, data, cls), data.problem.classes, options)
    network.precision = job.settings.precision
    method = cls(network, validated(cls, job.settings.options, job.method.name))
    with drawing_from(job.seed, f"init:{job.method.name}", CPU):
        method.setup(data.problem)
    said = {*job.settings.views, *cls.views.values()}
    unsaid = [view for view in view_versions(method.views.values()) if view not in said]
    if unsaid:
        raise PluginError(
            f"setup() of {job.method.name} asks for the view {unsaid[0]!r}, which no option and no attribute of the "
            "class names, so that its version is not part of the run. Declare it: "
            f"views = {{..: {unsaid[0]!r}}} in the class, or an option of the type View."
        )
    return method.to(data.device).to(memory_format=torch.channels_last)


def _input_shape(job: Job, data: PairData, cls: type[DeepMethod]) -> tuple[int, ...]:
    """Of what the method's network takes."""
    shapes = {"source": tuple(data.problem.source_x.shape[1:]), "target": tuple(data.problem.target_x.shape[1:])}
    if cls.takes == "both" and not data.one_shape:
        raise DataError(
            f"{job.method.name} has one network for both domains, and examples of {job.source.name} have the shape "
            f"{shapes['source']}, those of {job.target.name} {shapes['target']}. Only methods with a network for each, "
            "or for the target alone (DeepMethod.takes), run on such a pair."
        )
    return shapes["target" if cls.takes == "target" else "source"]


def train_and_measure(job: Job, data: PairData, method: DeepMethod, result: Result) -> Iterator[Progress]:
    """Train a method, from its saved state if there is one, and fill `result`."""
    budget = job.budget
    state = read_state(job.state, data.device)
    if state:
        result.restore(state["result"])
        log.info("goes on from step %d", state["step"])
    first = state["step"] if state else 0
    recipe = Recipe(job.settings.optimiser, job.settings.schedule, budget)
    begun = clock = time.monotonic()
    for moment in train(method, data.problem, recipe, job.seed, state=state, save_every_s=job.save_every_s):
        result.train_s += time.monotonic() - clock
        result.steps = moment.step
        values = None
        if moment.losses is not None:
            measure(job, data, method, result, moment.losses)
            result.collapsed = moment.broken
            values = result.checkpoints[-1].scores
            log.info("step %d %s %s", moment.step, moment.losses, values)
        if moment.state is not None:
            _save(job, {**moment.state, "result": result.dump()})
        images_per_s = job.examples_per_step * (moment.step - first) / max(time.monotonic() - begun, 1e-9)
        yield Progress(job.run_id, moment.step, budget.steps, images_per_s, values)
        clock = time.monotonic()


def _save(job: Job, state: dict[str, Any]) -> None:
    """Write the state of a run. One that cannot be written costs no run: only an interruption would."""
    try:
        write_state(job.state, state)
    except (OSError, RuntimeError) as error:  # torch has errors of its own for a full disk
        log.warning("%s cannot be written, so that an interrupted run would begin anew: %s", job.state, error)


def measure(job: Job, data: PairData, method: DeepMethod, result: Result, losses: dict[str, float]) -> None:
    """Add a checkpoint to `result`: label-free scores, and what the evaluator says."""
    method.eval()
    predict = well_formed(reported(job, data, method), data, losses)
    if method.takes == "target" and not data.one_shape:  # its network takes no source example at all
        source, val_x, val_y = data.source[NONE], data.val_x[NONE], data.val_y[NONE]
        val = np.zeros((0, data.problem.classes), np.float32)
    else:
        on_source = well_formed(reported_on_source(job, data, method, predict), data, losses)
        source, val_x, val_y, val = data.source, data.val_x, data.val_y, data.of_val(on_source)
    result.add(
        losses={printable(name): value for name, value in losses.items() if math.isfinite(value)},
        scores=data.val_scores(val) if len(val) else {},
        evaluation=data.evaluator.evaluate(predict(data.test_x), logits=job.settings.readout == "network"),
    )
    keeper = keeper_of(job)
    if keeper:
        keeper.keep(
            result.steps,
            val=(val_x, val, val_y),
            source_x=source,
            target_x=data.problem.target_x,
            score=predict,
            embed=lambda x: data.apply(method.embed, x, target=True),
            embed_source=lambda x: data.apply(method.embed_source, x),
        )


def well_formed(
    predict: Callable[[Any], Scores], data: PairData, losses: Mapping[str, float]
) -> Callable[[Any], Scores]:
    """The same, with a PredictionError for scores of a wrong shape or kind, or that are no numbers.

    After a loss that is not finite the network may say anything: such a run counts as collapsed.
    """
    finite = all(map(math.isfinite, losses.values()))
    return lambda x: checked(predict(x), len(x), data.problem.classes, finite=finite)


def reported(job: Job, data: PairData, method: DeepMethod) -> Callable[[Tensor], Scores]:
    """The suite's classifier: the network's own, or one fitted on the network's embedding of what it learned from.

    Returns:
        Examples of the target -> scores; those of the source, too, where both are normalised alike.
    """
    if job.settings.readout == "network":
        return lambda x: data.apply(method.predict, x, target=True)
    readout = Readout(job.settings.readout, data.problem.classes, job.seed)
    learned, y = data.labelled
    readout.fit(data.apply(method.embed, learned), y)
    return lambda x: readout.decision_function(data.apply(method.embed, x))


def reported_on_source(
    job: Job, data: PairData, method: DeepMethod, predict: Callable[[Tensor], Scores]
) -> Callable[[Tensor], Scores]:
    """The same for examples of the source.

    Args:
        job: of the run.
        data: of the run.
        method: in evaluation mode.
        predict: what `reported` gave.
    """
    if job.settings.readout == "network":
        return lambda x: data.apply(method.predict_source, x)
    return predict
