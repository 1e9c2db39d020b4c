"""The cost of a plan, measured: a few steps of every method, on the machine that would run it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import torch

from dabench.config.settings import Precision
from dabench.device import default_workers
from dabench.errors import DabenchError
from dabench.execution.deep_run import DeepRun
from dabench.execution.execute import open_pair
from dabench.execution.process_state import ProcessState
from dabench.execution.run_log import run_log
from dabench.execution.training import train
from dabench.files import scratch
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runner.repeats import without_repeats
from dabench.runs.plan import Plan, PlannedRun
from dabench.seeding import isolated, reproducible

PROBE_STEPS = 50
PROBE_S = 5.0


def estimate(plan: Plan, runs: Sequence[PlannedRun], registry: Registry, options: RunOptions) -> list[str]:
    """A line per method and pair with its runs, steps and seconds, and the sum over all workers.

    Every cell is tried for some steps, where the suite or the command leaves fp32 in both precisions. What reads
    features costs little beyond the network that it reuses.
    """
    missing = [run.data_error for run in runs if run.data_error]
    lines = [f"  {len(missing)} runs cannot be made:"] if missing else []
    lines += dict.fromkeys(f"    {line}" for error in missing for line in error.splitlines())
    totals: dict[Precision, float] = {}
    ready = [run for run in runs if not run.data_error]
    computed = without_repeats({run.run_id: run for run in ready}).values()
    cells = Counter((run.pair, run.row) for run in computed)
    of_cell = {(run.pair, run.row): run for run in reversed(ready)}  # the first of each
    for (pair, row), count in cells.items():
        run = of_cell[pair, row]
        steps = f" of {run.settings.steps} steps" if run.backbone.trains else ""
        name = f"{pair} {row}: {count} runs{steps}"
        if not run.backbone.trains:
            lines.append(f"  {name}, on the vectors themselves: nothing is trained")
        elif run.reads_features:
            network = "source_only" if run.is_feature_method else f"{run.method.name} with the network's own readout"
            lines.append(f"  {name}, on the features of {network}")
        else:
            try:
                per_step = {
                    precision: _seconds_per_step(plan, run, precision, registry, options)
                    for precision in _precisions(plan, run)
                }
            except Exception as error:  # a method may raise anything; the others are still tried
                kind = "" if isinstance(error, DabenchError) else f"{type(error).__name__}: "
                lines.append(f"  {name}, cannot run: {kind}{error}")
                continue
            costs = {precision: count * seconds * run.settings.steps for precision, seconds in per_step.items()}
            totals = {precision: totals.get(precision, 0.0) + cost for precision, cost in costs.items()}
            (own, cost), *others = costs.items()
            also = "".join(f"; in {other} {1000 * per_step[other]:.1f} ms: {much:.0f} s" for other, much in others)
            lines.append(f"  {name}, {per_step[own] * 1000:.1f} ms each: {cost:.0f} s{also}")
    room = options.workers or default_workers(options.device)
    workers = min(room, len(runs)) if options.launcher != "inline" else 1
    for place, (precision, total) in enumerate(totals.items() or [("fp32", 0.0)]):
        named = f" in {precision}" if len(totals) > 1 else ""
        ask = f" (--precision {precision})" if place else ""
        spread = f"{total / max(workers, 1):.0f} s with {workers} workers at that speed"
        lines.append(f"about {total:.0f} s of training{named}, {spread}{ask}")
    return lines


def _precisions(plan: Plan, run: PlannedRun) -> tuple[Precision, ...]:
    """The precision of a run, and the other one where the choice may matter."""
    own = run.settings.precision
    other: Precision = "bf16" if own == "fp32" else "fp32"
    return (own,) if plan.bf16_cost is None else (own, other)


def _seconds_per_step(
    plan: Plan, run: PlannedRun, precision: Precision, registry: Registry, options: RunOptions
) -> float:
    """Train for a few steps, in all stages where they are quick enough, and leave nothing behind.

    Nothing is evaluated: that can take much longer than these steps.
    """
    before = ProcessState()
    run = replace(run, settings=run.settings.model_copy(update={"precision": precision}))
    with scratch() as folder, ExitStack() as stack:
        stack.callback(before.put_back)  # the next method is not to find what this one leaves
        ask = run.settings.ask
        asked = {run.run_id: np.arange(ask.labels)} if ask else None  # any: nothing but the time is kept
        (job,) = make_jobs(plan, [run], folder, registry, options, asked)
        device = torch.device(job.device)
        budget = job.budget.model_copy(update={"steps": PROBE_STEPS, "checkpoints": 1})
        with run_log(job.files.log), reproducible(), isolated(device):
            data = open_pair(job, device)
            trial = DeepRun(job, data, job.method.load())
            steps, begun = 0, time.monotonic()
            for event in train(trial.method, data.problem, replace(trial.recipe, budget=budget), job.seed):
                steps = event.step
                if time.monotonic() - begun > PROBE_S:
                    break
            return (time.monotonic() - begun) / steps
