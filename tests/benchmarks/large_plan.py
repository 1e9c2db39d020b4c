"""What each run of a plan costs the command: `large_plan.py [RUNS...]`, by default 1,000, 10,000 and 100,000 runs.

Planning, dispatching, spooling, judging, recording, and the table of runs that compute nothing: a launcher of a cluster
whose tasks leave their end in the spool at once. Every plan is made in a process of its own, in a temporary folder.
Imports count; what only workers import, and what a first plan finds out of the classes of methods, does not.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from dabench import ClusterLauncher
from dabench.config.overrides import parse_overrides
from dabench.config.suite_file import find_suite
from dabench.leaderboard.build import build_tables
from dabench.planning.jobs import RunOptions
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry, load_registry
from dabench.results.environment import code_info
from dabench.runner.launchers.remote import Ticket
from dabench.runner.launchers.spool import Spool, Writer
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from dabench.runs.job import Answer, Finished, Outcome, Predictions, Started
from dabench.runs.record import Environment
from dabench.specs.spec import LauncherSpec, Origin, Registered, SelectorSpec

METHODS = ["source_only", "deep_coral"]
ENVIRONMENT = "from dabench.runs.machine import environment; print(environment('cpu').model_dump_json())"


@cache
def here() -> Environment:
    """What a worker says of itself. Another process finds it out: it imports torch, which the command need not."""
    told = subprocess.run([sys.executable, "-c", ENVIRONMENT], capture_output=True, check=True)
    return Environment.model_validate_json(told.stdout)


class AtOnce(ClusterLauncher):
    """Tasks that have ended as soon as they are begun."""

    class Options(ClusterLauncher.Options):
        rows: int
        selectors: tuple[str, ...]

    def connect(self) -> None:
        """Have what all ends have in common."""
        zeros = np.zeros(self.options.rows, dtype=np.int64)
        scores = {"source_val_accuracy": 0.5}
        self._answer = Answer(step=1, losses={"class": 0.5}, scores=scores, predictions=Predictions(zeros, None))

    def room(self) -> int:
        return 256

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        for ticket in tickets:
            writer = Writer(Spool(Path(ticket.results)).of(ticket.run_id), ticket.number)
            writer.begin()
            writer.put(Started(ticket.run_id, 0, here(), False, code_info()))
            writer.put(
                Finished(
                    ticket.run_id,
                    Outcome(
                        status="ok", answers=(self._answer,), steps=1, test_rows=self.options.rows,
                        environment=here(), picks=dict.fromkeys(self.options.selectors, 0),
                    ),
                )
            )  # fmt: skip
        return list(tickets)

    def fate(self, task: Any) -> str | None:
        return ""

    def cancel(self, task: Any) -> None:
        """There is nothing to end."""

    def rest(self, tasks: Sequence[Any], seconds: float) -> None:
        """Go on at once."""


class Found(Registered[LauncherSpec]):
    def load(self) -> type[AtOnce]:
        return AtOnce


def registry() -> Registry:
    """With the launcher."""
    spec = LauncherSpec(name="at_once", entry_point="large_plan:AtOnce", summary="makes no run")
    origin = Origin(distribution="dabench", version="benchmark", entry_point="large_plan")
    plugins = load_registry().with_specs(LauncherSpec, [Found(spec, origin)])
    plugins.keeps_facts = True  # as of a command
    return plugins


def one_plan(runs: int) -> None:
    """Make a plan of so many runs, and print what a run costs."""
    plugins = registry()
    with tempfile.TemporaryDirectory() as folder:
        suite = find_suite("mini", plugins)
        seeds = tuple(range(runs // len(METHODS)))
        suite = suite.model_copy(update={"seeds": seeds, "bounds": ()})
        marks = [(time.process_time(), time.monotonic())]

        def mark() -> None:
            marks.append((time.process_time(), time.monotonic()))

        overrides = parse_overrides(("budget.checkpoints=1",), 1)
        pairs = ["glyphs:digits"]
        plan = make_plan(suite, plugins, device_kind="cpu", methods=METHODS, pairs=pairs, overrides=overrides)
        mark()
        recorder = Recorder(plan, Path(folder), plugins)
        rows = len(plan.domains["digits"].labels_of("test"))
        asked = [spec.name for spec in plugins.specs(SelectorSpec).values() if not spec.uses_target_labels]
        told = {"rows": rows, "selectors": asked}
        options = RunOptions(device="cpu", launcher="at_once", launcher_options=told)
        carry_out(recorder, options)
        mark()
        assert not recorder.failures, recorder.failed[0].error
        tables = build_tables(recorder.stored.frame, pairs=plan.pairs, methods=plan.methods, seeds=suite.seeds)
        mark()
    assert len(tables) == 1
    assert "torch" not in sys.modules
    parts = [1000 * (after[0] - before[0]) / len(plan.runs) for before, after in pairwise(marks)]
    wall = 1000 * (marks[-1][1] - marks[0][1]) / len(plan.runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(plan.runs):,} runs: plan {parts[0]:.2f}, runs {parts[1]:.2f}, table {parts[2]:.2f}, all "
        f"{sum(parts):.2f} ms of processor time a run, {wall:.2f} ms by the clock; {peak:,.0f} MiB at the peak",
        flush=True,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one_plan(int(sys.argv[2]))
    else:
        for count in sys.argv[1:] or ("1000", "10000", "100000"):
            subprocess.run([sys.executable, "-m", "tests.benchmarks.large_plan", "one", count], check=True)
