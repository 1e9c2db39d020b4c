"""The order of runs: jobs that nobody has yet, and the rule which of them wait for others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from dabench.runs.job import Job


def comes_later(job: Job, running: Iterable[Job]) -> bool:
    """Whether a run waits: it reads features of a network that another run is training.

    Begun at once, it would train that network again.

    Args:
        job: that may begin.
        running: jobs that have begun.
    """
    return (
        job.network is not None
        and not job.files.features.is_file()
        and any(job.files.features == other.files.features for other in running)
    )


class WaitingJobs:
    """Jobs that no worker has, in order. They are taken from a sequence one by one: it may make them on demand."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        """Begin with all of them."""
        self._rest, self._passed_over = iter(jobs), deque[Job]()

    def take(self, running: Iterable[Job]) -> Job | None:
        """Take out the first job that waits for none of those that run; None if there is none."""
        running = list(running)
        for job in self._in_order():
            if not comes_later(job, running):
                self._passed_over.remove(job)
                return job
        return None

    def put_back(self, job: Job) -> None:
        """Put a job first again, as where its worker has died."""
        self._passed_over.appendleft(job)

    def _in_order(self) -> Iterator[Job]:
        yield from tuple(self._passed_over)
        for job in self._rest:
            self._passed_over.append(job)
            yield job
