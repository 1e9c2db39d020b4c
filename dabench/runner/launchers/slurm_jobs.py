"""Jobs of submitit: what has become of them, also of those that another command has submitted.

submitit itself asks `sacct`, which knows nothing where Slurm keeps no accounts: for it a job that is lost goes on for
ever. `squeue` is always there.
"""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from dabench.files import is_alive
from dabench.runner.launchers.extras import needed
from dabench.runner.launchers.remote import Ticket, work

EVERY_S = 5.0  # between two looks at the queue, at all jobs at once
OVER = frozenset({
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",
    "TIMEOUT",
})  # fmt: skip
GONE = "it is in the queue no more"
LOCAL = "local:"


class JobWatch:
    """Looks after jobs of Slurm, and after processes of submitit's local executor."""

    def __init__(self, submitit: Any, folder: Path) -> None:
        """Keep the module, and the folder of its files; nothing is asked yet."""
        self._submitit, self._folder = submitit, folder
        self._states: dict[str, str] | None = None
        self._asked = float("-inf")

    def submitted(self) -> None:
        """Look anew, as there are more jobs."""
        self._asked = float("-inf")

    def fate(self, job: Any) -> str | None:
        """None while a job is queued or under way; then what it has returned, or why it has not."""
        if not job.paths.result_pickle.exists():
            how = self._end_of(job)
            if how is None:
                return None
            if not job.paths.result_pickle.exists():  # nor has it come meanwhile
                return f"the job {job.job_id} was lost: {how}. {(job.stderr() or '').strip()[-500:]}".strip()
        error = job.exception()
        return str(job.result()) if error is None else f"the job {job.job_id} has failed: {str(error).strip()[-500:]}"

    def cancel(self, job: Any) -> None:
        """End a job, queued or under way; it may have ended."""
        if not self._is_local(job):
            job.cancel(check=False)
        elif self._end_of(job) is None:
            with suppress(ProcessLookupError):
                os.kill(int(job.job_id), signal.SIGINT)

    def saved(self, job: Any) -> str:
        """The id of a job, behind `local:` where it is a process."""
        return LOCAL * self._is_local(job) + str(job.job_id)

    def restored(self, text: str) -> Any:
        """The job of such an id, whichever kind this command submits."""
        kind = self._submitit.LocalJob if text.startswith(LOCAL) else self._submitit.SlurmJob
        return kind(folder=self._folder, job_id=text.removeprefix(LOCAL))

    def _is_local(self, job: Any) -> bool:
        return isinstance(job, self._submitit.LocalJob)

    def _end_of(self, job: Any) -> str | None:
        """The way in which a job has ended; None while it has not, or Slurm does not answer."""
        if self._is_local(job):
            return None if not job.done() or is_alive(int(job.job_id)) else "its process is gone"
        if time.monotonic() - self._asked > EVERY_S:
            self._states, self._asked = _states(), time.monotonic()
        if self._states is None:
            return None
        state = self._states.get(job.job_id, GONE)
        return state if state in OVER or state == GONE else None


class Task:
    """The work of a job, which submitit queues again when its time is over, or it is preempted."""

    def __call__(self, ticket: Ticket) -> str:
        """Carry out the run."""
        return work(ticket)

    def checkpoint(self, ticket: Ticket) -> Any:
        """The next try, which goes on from the saved state."""
        next_try = replace(ticket, number=ticket.number + 1)
        return needed("submitit", extra="slurm").helpers.DelayedSubmission(self, next_try)


def _states() -> dict[str, str] | None:
    """The states of all jobs of this user, by their ids; None if Slurm does not say."""
    command = ["squeue", "--array", "--noheader", "--states=all", f"--user={getpass.getuser()}", "--format=%i %T"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
