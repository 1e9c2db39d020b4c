"""Notes by which another command finds the tasks of the launcher slurm."""

from __future__ import annotations

from pathlib import Path

import submitit

from dabench.runner.launchers.slurm import Slurm


def test_a_process_is_found_as_a_process_also_by_a_command_that_submits_to_slurm(tmp_path: Path) -> None:
    ours = Slurm(Slurm.Options(local=True), tmp_path)
    ours.connect()
    note = ours.saved(submitit.LocalJob(folder=tmp_path, job_id="4711"))
    theirs = Slurm(Slurm.Options(), tmp_path)
    theirs._submitit = submitit  # all that `connect` makes where sbatch is, but for the executor
    for launcher in (ours, theirs):
        found = launcher.restored(note)
        assert (type(found), found.job_id) == (submitit.LocalJob, "4711")


def test_a_job_of_slurm_is_found_as_one(tmp_path: Path) -> None:
    launcher = Slurm(Slurm.Options(local=True), tmp_path)
    launcher.connect()
    note = launcher.saved(submitit.SlurmJob(folder=tmp_path, job_id="17_3"))
    assert note == "17_3"
    assert type(launcher.restored(note)) is submitit.SlurmJob
