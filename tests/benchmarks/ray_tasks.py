"""Seconds of runs as tasks of Ray: `ray_tasks.py overhead|nodes [ROUNDS]`, with the extra `ray`.

`overhead` carries out short runs by the launcher `ray`, and the same ones as bare tasks of Ray that call `execute` and
return its events, on a cluster of two nodes; connecting and the imports of workers count in both. `nodes` gives the
command of `workers.py` to a cluster of one node and to one of two. Rounds alternate, and the median of their ratios is
printed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ray

from dabench.config.overrides import parse_overrides
from dabench.config.suite_file import find_suite
from dabench.data.folder import data_dir
from dabench.execution.execute import execute
from dabench.execution.process_state import ProcessState
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import load_registry
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from dabench.runs.job import Event, Job
from dabench.runs.plan import Plan
from tests.benchmarks.workers import COMMAND
from tests.support.ray_cluster import ray_nodes

RUNS, STEPS = 40, 30
REGISTRY = load_registry()


def short_runs() -> Plan:
    """Source-only on the smallest pair of mini, some seeds of a few steps."""
    suite = find_suite("mini", REGISTRY).model_copy(update={"seeds": tuple(range(RUNS)), "bounds": ()})
    overrides = parse_overrides(("budget.checkpoints=1",), STEPS)
    return make_plan(
        suite, REGISTRY, device_kind="cpu", methods=["source_only"], pairs=["glyphs:digits"], overrides=overrides
    )


def bare(job: Job) -> list[Event]:
    """A run as a task of Ray without more."""
    return list(execute(job, ProcessState()))


def of_ray(plan: Plan, results: Path, address: str) -> float:
    """Seconds of bare tasks, all submitted at once."""
    begun = time.monotonic()
    ray.init(address, log_to_driver=False, configure_logging=False)
    task = ray.remote(bare).options(num_cpus=1, max_retries=0)
    jobs = make_jobs(plan, plan.runs, results, REGISTRY, RunOptions(device="cpu"))
    ends: Sequence[Any] = ray.get([task.remote(job) for job in jobs])
    ray.shutdown()
    seconds = time.monotonic() - begun
    assert all(events[-1].outcome.status == "ok" for events in ends)
    return seconds


def of_dabench(plan: Plan, results: Path, address: str) -> float:
    """Seconds of the launcher, records included."""
    begun = time.monotonic()
    recorder = Recorder(plan, results, REGISTRY)
    carry_out(recorder, RunOptions(device="cpu", launcher="ray", launcher_options={"address": address}))
    seconds = time.monotonic() - begun
    assert not recorder.failures, recorder.failed[0].error
    return seconds


def overhead(rounds: int) -> None:
    """Print the seconds of every round, and the ratio."""
    plan = short_runs()
    ratios = []
    with ray_nodes(2, {"DABENCH_DATA_DIR": str(data_dir())}) as (address, _):
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                bare_s = of_ray(plan, Path(folder, "bare"), address)
                ours_s = of_dabench(plan, Path(folder, "dabench"), address)
            ratios.append(ours_s / bare_s)
            print(f"{len(plan.runs)} runs: bare {bare_s:.1f} s, dabench {ours_s:.1f} s: {ratios[-1]:.2f}", flush=True)
    print(f"dabench's tasks over bare ones: {statistics.median(ratios):.2f}")


def nodes(rounds: int) -> None:
    """Print the seconds of every round, and the ratio."""
    ratios = []
    for _ in range(rounds):
        one, two = seconds_on(1), seconds_on(2)
        ratios.append(one / two)
        print(f"one node {one:.1f} s, two {two:.1f} s: {ratios[-1]:.2f}", flush=True)
    print(f"two nodes over one: {statistics.median(ratios):.2f}")


def seconds_on(count: int) -> float:
    """Seconds of the command on so many nodes, whose start does not count."""
    with (
        ray_nodes(count, {"DABENCH_DATA_DIR": str(data_dir())}) as (address, _),
        tempfile.TemporaryDirectory() as folder,
    ):
        command = [sys.executable, "-m", "dabench", *COMMAND, "--set", "budget.checkpoints=1", "--results", folder]
        begun = time.monotonic()
        subprocess.run(
            [*command, "--launcher", "ray", "--launcher-option", f"address={address}"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return time.monotonic() - begun


if __name__ == "__main__":
    print(f"{os.cpu_count()} processors, load before: {os.getloadavg()[0]:.2f}")
    {"overhead": overhead, "nodes": nodes}[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 3)
