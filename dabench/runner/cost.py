"""What a plan would cost, measured: a few steps of every method, on the machine that would run it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import torch

from dabench.errors import DabenchError
from dabench.execution.deep_run import DeepRun
from dabench.execution.execute import open_pair
from dabench.execution.process_state import ProcessState
from dabench.execution.run_log import run_log
from dabench.execution.training import train
from dabench.files import scratch
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runs.plan import Plan, PlannedRun
from dabench.seeding import isolated, reproducible

PROBE_STEPS = 50
PROBE_S = 5.0


def estimate(plan: Plan, runs: Sequence[PlannedRun], registry: Registry, options: RunOptions) -> list[str]:
    """A line per method and pair with its runs, steps and seconds, and the sum over all workers.

    Every cell is tried for some steps. What reads features costs little beyond the network that it reuses.
    """
    missing = [run.data_error for run in runs if run.data_error]
    lines = [f"  {len(missing)} runs cannot be made:"] if missing else []
    lines += dict.fromkeys(f"    {line}" for error in missing for line in error.splitlines())
    total = 0.0
    ready = [run for run in runs if not run.data_error]
    cells = Counter((run.pair, run.row) for run in ready)
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
                per_step = _seconds_per_step(plan, run, registry, options)
            except Exception as error:  # a method may raise anything; the others are still tried
                kind = "" if isinstance(error, DabenchError) else f"{type(error).__name__}: "
                lines.append(f"  {name}, cannot run: {kind}{error}")
                continue
            cost = count * per_step * run.settings.steps
            total += cost
            lines.append(f"  {name}, {per_step * 1000:.1f} ms each: {cost:.0f} s")
    workers = min(options.workers, len(runs)) if options.launcher != "inline" else 1
    lines.append(
        f"about {total:.0f} s of training, {total / max(workers, 1):.0f} s with {workers} workers at that speed"
    )
    return lines


def _seconds_per_step(plan: Plan, run: PlannedRun, registry: Registry, options: RunOptions) -> float:
    """Train for a few steps, in all stages where they are quick enough, and leave nothing behind.

    Nothing is evaluated: that can take much longer than these steps.
    """
    before = ProcessState()
    with scratch() as folder, ExitStack() as stack:
        stack.callback(before.put_back)  # the next method is not to find what this one leaves
        (job,) = make_jobs(plan, [run], folder, registry, options)
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
