"""Runs as job arrays of Slurm, submitted by submitit: the extra `slurm`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from dabench.errors import DabenchError
from dabench.runner.launchers.base import Left
from dabench.runner.launchers.cluster import ClusterLauncher
from dabench.runner.launchers.extras import needed
from dabench.runner.launchers.remote import Ticket
from dabench.runner.launchers.slurm_jobs import JobWatch, Task
from dabench.runs.job import Job

FOLDER = Path("cache") / "slurm"
ARRAY = 1000  # jobs of an array: more than 1001 a Slurm does not take unless it is told to


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
        self._watch = JobWatch(self._submitit, folder)
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
        """Submit arrays of jobs, and say which."""
        jobs = list[Any]()
        try:
            for first in range(0, len(tickets), ARRAY):
                jobs += self._executor.map_array(Task(), tickets[first : first + ARRAY])
        except self._submitit.core.utils.FailedJobError as error:
            raise DabenchError(f"Slurm does not take the jobs: {str(error).strip()[-500:]}") from error
        self._watch.submitted()
        ids = jobs[0].job_id if len(jobs) == 1 else f"{jobs[0].job_id} to {jobs[-1].job_id}"
        print(f"{len(jobs)} runs submitted: {'process' if self.options.local else 'Slurm job'} {ids}", file=sys.stderr)
        return jobs

    def fate(self, task: Any) -> str | None:
        """The end of a job, if it has ended."""
        return self._watch.fate(task)

    def cancel(self, task: Any) -> None:
        """Call a job off, queued or under way."""
        self._watch.cancel(task)

    def saved(self, task: Any) -> str:
        """The id of the job."""
        return self._watch.saved(task)

    def restored(self, text: str) -> Any:
        """The job of such an id."""
        return self._watch.restored(text)

    def leave(self, jobs: Sequence[Job]) -> Left:
        """Submit all runs in arrays: those that read a shared network begin when the others have ended."""
        self.device = jobs[0].device
        self.connect()
        first, ends = self.queue(job for job in jobs if not job.network)
        if first and not self.options.local:
            self._executor.update_parameters(slurm_dependency=f"afterany:{':'.join(_arrays(first))}")
        then, more = self.queue(job for job in jobs if job.network)
        if not (left := [*first, *then]):
            return Left("", [*ends, *more])
        return Left(f"{len(left)} runs are left to Slurm ({', '.join(_arrays(left))})", [*ends, *more])


def _arrays(ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one.partition("_")[0] for one in ids))
