"""Runs as jobs of a real Slurm of one node: the kit, a job that is cancelled, one that is preempted, and `--detach`.

Needs Debian's packages `slurm-wlm` and `munge`, or others of these programs; `docs/how-to/cluster.md` says so.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from dabench.errors import DabenchError
from dabench.plugin.registry import Registry
from dabench.runner.launchers.slurm import Slurm
from dabench.testing.launchers import (
    LAUNCHER_CHECKS,
    Check,
    compare,
    plan_of,
    records_of,
    registry_of_kit,
    wait_for,
)
from tests.support.slurm_cluster import missing, one_node

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # each job imports torch anew
    pytest.mark.skipif(bool(missing()), reason=f"needs {missing()}: see docs/how-to/cluster.md"),
]
SMALL: dict[str, Any] = {"memory_gb": 1}


@pytest.fixture(scope="module")
def slurm() -> Iterator[None]:
    """A Slurm that this process and its children find."""
    with pytest.MonkeyPatch.context() as patch, one_node() as config:
        patch.setenv("SLURM_CONF", str(config))
        yield


def queued(state: str = "all") -> list[str]:
    """The jobs in a state, by their ids."""
    command = ["squeue", "--array", "--noheader", f"--states={state}", "--format=%i"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("check", LAUNCHER_CHECKS)
def test_the_kit(check: Check, tmp_path: Path, slurm: None) -> None:
    check("slurm", tmp_path, SMALL)


@pytest.mark.parametrize(
    "command", [("scancel",), ("scancel", "--signal=USR2")], ids=["cancelled by hand", "told that its time is over"]
)
def test_a_job_that_is_ended_goes_on_in_another_try(tmp_path: Path, slurm: None, command: tuple[str, ...]) -> None:
    registry, files = registry_of_kit(), tmp_path / "files"
    plan = plan_of(registry, files, ["kit_waits"])

    def end() -> None:
        wait_for((files / "Waits.reached").exists, "the run")
        (job,) = queued("running")
        subprocess.run([*command, job], check=True)
        (files / "Waits.gate").touch()

    other = Thread(target=end)
    other.start()
    seen, _ = records_of(plan, tmp_path / "slurm", registry, launcher="slurm", launcher_options=SMALL, workers=1)
    other.join()
    expected, _ = records_of(plan, tmp_path / "inline", registry, launcher="inline")
    compare(expected, seen)
    assert [record.tries for record in seen.values()] == [2]


def test_runs_are_left_and_collected(registry: Registry, slurm: None, dabench: Callable[..., Any]) -> None:
    words = ["run", "toy", "--methods", "coral", "--seeds", "0", "--steps", "4", "--device", "cpu"]
    words += ["--launcher", "slurm", "--launcher-option", "memory_gb=1"]
    left = dabench(*words, "--detach")
    assert left.returncode == 0, left.stderr
    assert "runs are left to Slurm" in left.stderr
    again = dabench(*words, "--detach")
    assert "runs submitted" not in again.stderr, "they are queued already"
    wait_for(lambda: not queued("pending,running,completing"), "the end of all jobs")
    done = dabench(*words, "--collect")
    assert done.returncode == 0, done.stderr
    assert "CORAL" in done.stdout
    assert "have not ended yet" not in done.stderr


def test_what_slurm_refuses_is_an_error_in_its_words(tmp_path: Path, slurm: None) -> None:
    plan = plan_of(registry_of_kit(), tmp_path / "files", ["kit_plain"])
    options = {"launcher": "slurm", "launcher_options": {"partition": "nowhere"}, "workers": None}
    with pytest.raises(DabenchError, match=r"Slurm does not take the jobs: .*invalid partition"):
        records_of(plan, tmp_path / "slurm", registry_of_kit(), **options)


def test_an_array_of_more_jobs_than_slurm_takes_is_two(tmp_path: Path, slurm: None) -> None:
    launcher = Slurm(Slurm.Options(more={"hold": True}, **SMALL), tmp_path)
    launcher.connect()
    jobs = launcher.submit(list(range(1002)))  # type: ignore[arg-type] - none of them is begun
    try:
        assert len({job.job_id.partition("_")[0] for job in jobs}) == 2
        assert all(launcher.fate(job) is None for job in jobs)
    finally:
        subprocess.run(["scancel", *{job.job_id.partition("_")[0] for job in jobs}], check=True)
    time.sleep(6)
    assert "was lost: CANCELLED" in str(launcher.fate(jobs[-1]))
