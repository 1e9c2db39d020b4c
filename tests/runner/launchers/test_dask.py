"""Runs on a real dask.distributed cluster of two workers.

Needs the extra `dask`, which is not in `dev`: `docs/how-to/cluster.md` says how these tests are run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dabench.errors import UsageError
from dabench.runner.launchers.dask import Dask
from dabench.testing.launchers import LAUNCHER_CHECKS, Check, compare, plan_of, records_of, registry_of_kit

pytest.importorskip("distributed", reason="needs the extra dask: see docs/how-to/cluster.md")
pytestmark = pytest.mark.slow
DASK = [sys.executable, "-m", "dask"]


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file of a scheduler with two workers of one thread."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    quiet = ["--no-dashboard"]
    started = [
        subprocess.Popen([*DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", file, *quiet])
    ]
    while not file.exists():
        assert started[0].poll() is None
        time.sleep(0.1)
    options = ["--nworkers", "2", "--nthreads", "1", "--local-directory", folder]
    started.append(subprocess.Popen([*DASK, "worker", "--scheduler-file", file, *options, *quiet]))
    yield file
    for process in reversed(started):
        process.terminate()
        process.wait()


@pytest.mark.parametrize("check", LAUNCHER_CHECKS)
def test_the_kit(check: Check, tmp_path: Path, scheduler: Path) -> None:
    check("dask", tmp_path, {"scheduler_file": str(scheduler)})


@pytest.mark.parametrize("options", [{}, {"address": "tcp://127.0.0.1:1", "scheduler_file": "x.json"}])
def test_one_scheduler_is_named(tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="needs either"):
        Dask(Dask.Options(**options), tmp_path).connect()


def test_more_runs_than_workers_wait_at_the_scheduler(tmp_path: Path, scheduler: Path) -> None:
    registry = registry_of_kit()
    plan = plan_of(registry, tmp_path / "files", ["kit_plain"], seeds=range(6))
    options = {"launcher": "dask", "launcher_options": {"scheduler_file": str(scheduler)}, "workers": None}
    seen, _ = records_of(plan, tmp_path / "dask", registry, **options)
    expected, _ = records_of(plan, tmp_path / "inline", registry, launcher="inline")
    compare(expected, seen)
