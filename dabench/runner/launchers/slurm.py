"""Runs as job arrays of Slurm, submitted by submitit: the extra `slurm`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from dabench.errors import DabenchError
from dabench.runner.launchers.cluster import ClusterLauncher
from dabench.runner.launchers.extras import needed
from dabench.runner.launchers.remote import Ticket, work
from dabench.runs.job import Job

FOLDER, LOCAL = Path("cache") / "slurm", "local:"


class Slurm(ClusterLauncher):
    """The launcher `slurm`."""

    class Options(ClusterLauncher.Options):
        """Options of the launcher."""

        partition: str = ""
        """To queue in; empty for the cluster's own choice."""
        account: str = ""
        """To be charged; empty for the user's own."""
        minutes: int = Field(60, ge=1)
        """Wall time of a run. One that takes longer, or is preempted, is queued again and goes on where it was."""
        memory_gb: float = Field(4, gt=0)
        """Memory of a run."""
        cpus: int = Field(1, ge=1)
        """Processors of a run. It computes with one thread, whatever stands here."""
        gpus: int | None = Field(None, ge=0)
        """GPUs of a run. Without it 1 on `cuda`, and none on `cpu`."""
        queued: int = Field(256, ge=1)
        """Runs in the queue at a time, without --workers."""
        more: dict[str, Any] = Field(default_factory=dict)
        """Other options of sbatch, as in more={constraint: a100, qos: low}."""
        local: bool = False
        """Try it on this machine, in processes of submitit, without Slurm."""

    detachable: ClassVar[bool] = True

    def connect(self) -> None:
        """Make the executor; whether there is a Slurm is found out."""
        self._submitit = needed("submitit", extra="slurm")
        options, folder = self.options, self.results / FOLDER
        try:
            self._executor = self._submitit.AutoExecutor(folder, cluster="local" if options.local else "slurm")
        except RuntimeError as error:
            raise DabenchError(
                f"no Slurm here ({error}): run the command where sbatch is, or try it with --launcher-option local=true"
            ) from error
        gpus = options.gpus if options.gpus is not None else int(self.device.startswith("cuda"))
        named = {"partition": options.partition, "account": options.account}
        self._executor.update_parameters(
            name="dabench", timeout_min=options.minutes, mem_gb=options.memory_gb, cpus_per_task=options.cpus,
            gpus_per_node=gpus, tasks_per_node=1,
            slurm_additional_parameters={**{key: value for key, value in named.items() if value}, **options.more},
        )  # fmt: skip

    def room(self) -> int:
        """The runs that the options allow in the queue: Slurm alone knows when it has room."""
        return int(self.options.queued)

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        """Submit one array of jobs, and say which."""
        jobs: list[Any] = self._executor.map_array(Task(), tickets)
        ids = jobs[0].job_id if len(jobs) == 1 else f"{jobs[0].job_id} to {jobs[-1].job_id}"
        print(f"{len(jobs)} runs submitted: {'process' if self.options.local else 'Slurm job'} {ids}", file=sys.stderr)
        return jobs

    def fate(self, task: Any) -> str | None:
        """The end of a job, if it has ended."""
        if not task.done():
            return None
        error = task.exception()
        return str(task.result()) if error is None else f"the job {task.job_id} was lost: {str(error).strip()[-500:]}"

    def cancel(self, task: Any) -> None:
        """Call a job off, queued or under way."""
        if not task.done():
            task.cancel()

    def saved(self, task: Any) -> str:
        """The id of the job, behind `local:` where it is a process."""
        return LOCAL * isinstance(task, self._submitit.LocalJob) + str(task.job_id)

    def restored(self, text: str) -> Any:
        """The job of such an id, whichever kind this command submits."""
        kind = self._submitit.LocalJob if text.startswith(LOCAL) else self._submitit.SlurmJob
        return kind(folder=self.results / FOLDER, job_id=text.removeprefix(LOCAL))

    def leave(self, jobs: Sequence[Job]) -> str:
        """Submit all runs in two arrays: what reads a shared network begins when the first array has ended."""
        self.device = jobs[0].device
        self.connect()
        arrays = dict.fromkeys(item.partition("_")[0] for item in self.queue([job for job in jobs if not job.network]))
        if arrays and not self.options.local:
            self._executor.update_parameters(slurm_dependency=f"afterany:{':'.join(arrays)}")
        arrays |= dict.fromkeys(item.partition("_")[0] for item in self.queue([job for job in jobs if job.network]))
        return f"{len(jobs)} runs are left to Slurm ({', '.join(arrays)})"


class Task:
    """The work of a job, which submitit queues again when its time is over, or it is preempted."""

    def __call__(self, ticket: Ticket) -> str:
        """Carry out the run."""
        return work(ticket)

    def checkpoint(self, ticket: Ticket) -> Any:
        """The next try, which goes on from the saved state."""
        next_try = replace(ticket, number=ticket.number + 1)
        return needed("submitit", extra="slurm").helpers.DelayedSubmission(self, next_try)
