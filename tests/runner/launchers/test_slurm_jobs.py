"""What has become of jobs of submitit, by the queue of Slurm and by the processes of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cloudpickle
import pytest
import submitit

from dabench.runner.launchers.slurm_jobs import JobWatch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a Slurm, and programs without an ending")


@pytest.fixture
def watch(tmp_path: Path) -> JobWatch:
    return JobWatch(submitit, tmp_path)


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        ("echo '17_3 PENDING'", None),
        ("echo '17_3 COMPLETING'", None),
        ("echo '17_3 OUT_OF_MEMORY'", "the job 17_3 was lost: OUT_OF_MEMORY. told so"),
        ("echo '17_2 RUNNING'", "the job 17_3 was lost: it is in the queue no more. told so"),
        ("exit 1", None),  # the controller does not answer
    ],
)
def test_a_job_has_ended_when_the_queue_says_so(
    watch: JobWatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, queue: str, words: str | None
) -> None:
    squeue = tmp_path / "bin" / "squeue"
    squeue.parent.mkdir()
    squeue.write_text(f"#!/bin/sh\n{queue}\n")
    squeue.chmod(0o755)
    monkeypatch.setenv("PATH", str(squeue.parent), prepend=os.pathsep)
    job = watch.restored("17_3")
    job.paths.stderr.write_text("told so\n")
    assert watch.fate(job) == words
    job.paths.result_pickle.write_bytes(cloudpickle.dumps(("success", "called off")))
    assert watch.fate(job) == "called off", "what it has left counts more than the queue"


@pytest.mark.parametrize(("kind", "note"), [(submitit.LocalJob, "local:4711"), (submitit.SlurmJob, "17_3")])
def test_a_job_is_found_as_what_it_is(watch: JobWatch, tmp_path: Path, kind: type[submitit.Job], note: str) -> None:
    job = kind(folder=tmp_path, job_id=note.rpartition(":")[2])
    assert watch.saved(job) == note
    found = watch.restored(note)
    assert (type(found), found.job_id) == (kind, job.job_id)


def test_a_process_of_another_command_goes_on_until_it_is_called_off(watch: JobWatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stderr=subprocess.DEVNULL) as process:
        job = watch.restored(f"local:{process.pid}")
        assert watch.fate(job) is None
        watch.cancel(job)
        assert process.wait(60)
    assert watch.fate(job) == f"the job {process.pid} was lost: its process is gone."
    watch.cancel(job)  # which there is no more
