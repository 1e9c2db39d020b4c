"""Runs in worker processes on this machine, one torch thread each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import wait

from pydantic import Field

from dabench.device import default_workers
from dabench.errors import DabenchError
from dabench.runner.launchers.base import Launcher
from dabench.runner.launchers.child import Child
from dabench.runner.launchers.order import WaitingJobs
from dabench.runner.launchers.worker import Fault, serve
from dabench.runs.job import Event, Finished, Job, Outcome, Started
from dabench.runs.record import Status

MOST_FAILED_STARTS = 3  # in a row, after which none will succeed


class Processes(Launcher):
    """The launcher `processes`."""

    class Options(Launcher.Options):
        """Options of the launcher."""

        retries: int = Field(0, ge=0)
        """Times that a run begins anew, or goes on from its saved state, after its worker has died."""

    def launch(self, jobs: Sequence[Job], workers: int | None) -> Iterator[Event]:
        """Execute jobs in `workers` processes, one per core if None; see `launch`."""
        return launch(jobs, workers or default_workers(jobs[0].device), self.options.retries)


class Worker(Child):
    """A worker process and the job that it has.

    Attributes:
        job: None for none.
        gone: it works no more, and another is to take its place.
    """

    def __init__(self, number: int) -> None:
        self.job: Job | None = None
        self.gone = False
        self._since, self._fault = 0.0, ""
        super().__init__(serve, number)

    def give(self, job: Job) -> None:
        """Hand over a job. A worker that is gone is found out when the pipe is read.

        Raises:
            Exception: the job cannot be pickled; what a plugin's spec holds decides the kind.
        """
        with suppress(OSError):
            self.pipe.send(job)
        self.job, self._since = job, time.monotonic()

    def take(self) -> Event | None:
        """The next event, or None if the worker has died, or has sent something else."""
        try:
            event: Event | Fault = self.pipe.recv()
        except (EOFError, OSError):
            return None
        except Exception as error:  # something else than the worker has written to the pipe
            self._fault = f"sent an unreadable message ({type(error).__name__})"
            return None
        match event:
            case Fault():
                self._fault = event.text
                self.ready = self.ready or not event.starting
                return None
            case Started():
                self.ready, self._since = True, time.monotonic()
            case Finished():
                self.job = None
        return event

    def news(self, readable: bool) -> Event | None:
        """The next event; None if there is none yet. What ends the worker ends its run.

        Args:
            readable: there is something in the pipe, if only its end.
        """
        job = self.job
        status: Status = "failed"
        assert job is not None, "busy workers have a job"
        if readable:
            event = self.take()
            if event:
                return event
            why = self.how_it_ended(self._fault)
        elif self.lost:
            why = self.how_it_ended(self._fault)
        elif why := self.overdue(self._since, job.limits.timeout_s, job.limits.grace_s):
            status = "timeout" if self.ready else "failed"
        else:
            return None
        self.gone = True
        return _finished(job, status, why)


# By hand: concurrent.futures ends no single run at its timeout, and loses all runs when one worker dies.
def launch(jobs: Sequence[Job], workers: int, retries: int = 0) -> Iterator[Event]:
    """Execute jobs in `workers` processes.

    Of a worker that dies another takes the place, and its run fails, or is tried once more; another also follows one
    whose run has changed the process. What reads the features of a network that another run trains comes after that
    run. Closing the iterator, or an interrupt, ends the workers at once; runs that they finished before are still
    reported on an interrupt.

    Args:
        jobs: to execute.
        workers: how many at a time.
        retries: how often a run is tried once more whose worker has died while it ran.

    Raises:
        DabenchError: several workers in a row could not start, so that no run can be made; the message says why.
    """
    waiting = WaitingJobs(jobs)
    pool: list[Worker] = []
    tries: dict[str, int] = {}  # of runs whose worker has died
    failed_starts = 0
    try:
        for number in range(min(workers, len(jobs))):
            pool.append(Worker(number))
            yield from give(pool, waiting)
        while busy := [worker for worker in pool if worker.job]:
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in busy:
                job, event = worker.job, worker.news(worker.pipe in ready)
                if event is None or job is None:
                    continue
                ended = isinstance(event, Finished)
                if ended and worker.gone and worker.ready and _may_try_again(event, tries, retries):
                    waiting.put_back(job)
                else:
                    yield counted(event, tries)
                    failed_starts = 0 if worker.ready else failed_starts + 1
                if failed_starts >= MOST_FAILED_STARTS:
                    raise _cannot_start(event)
                if worker.gone or (isinstance(event, Finished) and event.changed):
                    worker.end()
                    worker = pool[worker.number] = Worker(worker.number)
                yield from give(pool, waiting)
    except KeyboardInterrupt:
        yield from _finished_already(pool)
        raise
    finally:
        for worker in pool:
            worker.end()


def _may_try_again(event: Event, tries: dict[str, int], retries: int) -> bool:
    """Whether a run whose worker has died is tried once more, which is counted; not one that took too long."""
    if not isinstance(event, Finished) or event.outcome.status != "failed" or tries.get(event.run_id, 1) > retries:
        return False
    tries[event.run_id] = tries.get(event.run_id, 1) + 1
    return True


def counted(event: Event, tries: dict[str, int]) -> Event:
    """The event; if it is the end of a run, then with how often that was tried."""
    if not isinstance(event, Finished) or event.run_id not in tries:
        return event
    return replace(event, outcome=replace(event.outcome, tries=tries[event.run_id]))


def give(pool: Sequence[Worker], waiting: WaitingJobs) -> Iterator[Finished]:
    """Hand out what is next to those who have nothing to do; jobs that cannot be handed over are failed runs."""
    for worker in [worker for worker in pool if not worker.job]:
        while not worker.job:
            job = waiting.take(other.job for other in pool if other.job)
            if job is None:
                break
            try:
                worker.give(job)
            except Exception as error:  # a plugin's spec may hold anything
                yield _finished(job, "failed", f"cannot be sent to a worker: {type(error).__name__}: {error}")


def _finished_already(pool: Sequence[Worker]) -> Iterator[Event]:
    for worker in pool:
        while worker.job and worker.pipe.poll():
            event = worker.take()
            if event is None:
                break
            yield event


def _cannot_start(event: Event) -> DabenchError:
    """An error for a plan of which no run can be made; `event` is the end of the last one that was tried."""
    why = event.outcome.error if isinstance(event, Finished) else ""
    return DabenchError(
        f"{MOST_FAILED_STARTS} worker processes in a row could not start, so the other runs are not tried: {why}. "
        "`dabench env` shows what is installed; --launcher inline needs no worker."
    )


def _finished(job: Job, status: Status, error: str) -> Finished:
    return Finished(job.run_id, Outcome(status=status, error=error))
