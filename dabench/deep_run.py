"""A run of a DeepMethod: build it, train it, measure it at every checkpoint."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator

import torch

from dabench.job import Job, Progress
from dabench.methods import DeepMethod
from dabench.options import validated
from dabench.pairdata import PairData
from dabench.readout import Readout
from dabench.result import Result
from dabench.runlog import NAME
from dabench.seeding import drawing_from
from dabench.statefile import read_state, write_state
from dabench.training import Recipe, train

log = logging.getLogger(NAME)

CPU = torch.device("cpu")


def build(job: Job, data: PairData, cls: type[DeepMethod]) -> DeepMethod:
    """Build a method: backbone and classifier first, from the stream `init`, then what the method adds.

    Both are initialised on the CPU, so that a run starts from the same weights on every device.
    """
    backbone = job.backbone.load()
    options = validated(backbone, job.settings.backbone.options, job.backbone.name)
    with drawing_from(job.seed, "init", CPU):
        network = backbone(tuple(data.problem.source_x.shape[1:]), data.problem.classes, options)
    method = cls(network, validated(cls, job.settings.options, job.method.name))
    with drawing_from(job.seed, f"init:{job.method.name}", CPU):
        method.setup(data.problem)
    method.to(data.device, memory_format=torch.channels_last)
    return method


def train_and_measure(job: Job, data: PairData, method: DeepMethod, result: Result) -> Iterator[Progress]:
    """Train a method, from its saved state if there is one, and fill `result`."""
    budget = job.settings.budget
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
            write_state(job.state, {**moment.state, "result": result.dump()})
        images_per_s = 2 * budget.batch * (moment.step - first) / max(time.monotonic() - begun, 1e-9)
        yield Progress(job.run_id, moment.step, budget.steps, images_per_s, values)
        clock = time.monotonic()


def measure(job: Job, data: PairData, method: DeepMethod, result: Result, losses: dict[str, float]) -> None:
    """Add a checkpoint to `result`: label-free scores, and what the evaluator says."""
    method.eval()
    if job.settings.readout == "network":
        val, test = (data.apply(method.predict, x) for x in (data.val_x, data.test_x))
    else:
        problem = data.problem
        readout = Readout(job.settings.readout, problem.classes, job.seed)
        readout.fit(data.apply(method.embed, problem.source_x), problem.source_y.cpu().numpy())
        val, test = (readout.decision_function(data.apply(method.embed, x)) for x in (data.val_x, data.test_x))
    result.add(
        losses={name: value for name, value in losses.items() if math.isfinite(value)},
        scores={"source_val_accuracy": data.source_val_accuracy(val)},
        evaluation=data.evaluator.evaluate(test, logits=job.settings.readout == "network"),
    )
