"""Runs in worker processes on this machine, one torch thread each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait

from dabench.errors import DabenchError
from dabench.parallel.child import without_main
from dabench.parallel.signals import STOPPING
from dabench.runner.launchers.worker import Fault, serve
from dabench.runs.job import Event, Finished, Job, Outcome, Started
from dabench.runs.record import Status

# A run that does not end itself this long after its timeout is stuck in native code, and its worker is killed.
GRACE_S = 10.0
# A worker imports torch before it is ready: seconds, or a minute where the disk is slow.
START_S = 600.0
# A signal to all processes of a command reaches them one after the other, within this time.
STOP_S = 1.0
MOST_FAILED_STARTS = 3  # in a row, after which none will succeed
# A new process is used for every worker: forking a process that has used torch's threads or CUDA is not safe.
_CONTEXT = multiprocessing.get_context("spawn")


class Worker:
    """A process and the job that it has.

    Attributes:
        ready: it has taken a run, so it can start.
        gone: it works no more, and another is to take its place.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.job: Job | None = None
        self.ready = self.gone = False
        self._born, self._since, self._fault = time.monotonic(), 0.0, ""
        self.pipe: Connection
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(
            target=serve, args=(theirs, number), daemon=True, name=f"dabench-worker-{number}"
        )
        try:
            with without_main():
                self.process.start()
        except OSError as error:
            raise DabenchError(
                f"a worker process cannot be started ({error.strerror}). "
                "Take fewer with --workers, or --launcher inline."
            ) from error
        theirs.close()  # so that the pipe reports the worker's end

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

    @property
    def lost(self) -> bool:
        """Whether the process is gone though the pipe is open: something that a method started holds it."""
        return not self.process.is_alive() and not self.pipe.poll()

    @property
    def overdue(self) -> str:
        """The reason why its job, or its start, will not end by itself; empty if it may."""
        now = time.monotonic()
        if not self.ready and now - self._born > START_S:
            return f"the worker process did not start within {START_S:g} s; killed"
        limit = self.job.limits.timeout_s if self.job else None
        if self.ready and limit is not None and now - self._since > limit + GRACE_S:
            return f"stuck {GRACE_S:g} s after its timeout of {limit:g} s; killed"
        return ""

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
            why = self.died()
        elif self.lost:
            why = self.died()
        elif why := self.overdue:
            status = "timeout" if self.ready else "failed"
        else:
            return None
        self.gone = True
        return _finished(job, status, why)

    def end(self) -> None:
        """Stop the process, whatever it does, and the processes that it has started."""
        self.process.terminate()
        self.process.join(2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        if self.process.pid:  # the worker leads a group, unless it ended before that
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.pipe.close()

    def died(self) -> str:
        """The way in which a worker that is gone has ended."""
        self.process.join(2)
        code = self.process.exitcode
        if code is not None and -code in STOPPING:
            time.sleep(STOP_S)  # who stops all processes of a command stops this one, too: that ends the wait
        if self._fault:
            return f"the worker process {self._fault}"
        if code is None:
            return "the worker process has closed its pipe, and is ended"
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        hint = " The system may have run out of memory." if code == -signal.SIGKILL else ""
        return f"the worker process {how} {'during this run' if self.ready else 'before it was ready'}.{hint}"


# By hand: concurrent.futures ends no single run at its timeout, and loses all runs when one worker dies.
def launch(jobs: Sequence[Job], workers: int) -> Iterator[Event]:
    """Execute jobs in `workers` processes.

    A worker that dies fails the run it had, and another takes its place; another also follows one whose run has
    changed the process. What reads the features of a network that another run trains comes after that run. Closing the
    iterator, or an interrupt, ends the workers at once; runs that they finished before are still reported on an
    interrupt.

    Raises:
        DabenchError: several workers in a row could not start, so that no run can be made; the message says why.
    """
    waiting = Waiting(jobs)
    pool: list[Worker] = []
    failed_starts = 0
    try:
        for number in range(min(workers, len(jobs))):
            pool.append(Worker(number))
            yield from give(pool, waiting)
        while busy := [worker for worker in pool if worker.job]:
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in busy:
                event = worker.news(worker.pipe in ready)
                if event is None:
                    continue
                yield event
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


class Waiting:
    """Jobs that no worker has yet, in order. They are taken from a sequence one by one: it may make them on demand."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._rest, self._passed_over = iter(jobs), deque[Job]()

    def __iter__(self) -> Iterator[Job]:
        yield from tuple(self._passed_over)
        for job in self._rest:
            self._passed_over.append(job)
            yield job

    def remove(self, job: Job) -> None:
        """Take out a job that was seen."""
        self._passed_over.remove(job)


def give(pool: Sequence[Worker], waiting: Waiting | deque[Job]) -> Iterator[Finished]:
    """Hand out what is next to those who have nothing to do; jobs that cannot be handed over are failed runs."""
    for worker in [worker for worker in pool if not worker.job]:
        while not worker.job:
            running = [other.job for other in pool if other.job]
            job = next((job for job in waiting if not _comes_later(job, running)), None)
            if job is None:
                break
            waiting.remove(job)
            try:
                worker.give(job)
            except Exception as error:  # a plugin's spec may hold anything
                yield _finished(job, "failed", f"cannot be sent to a worker: {type(error).__name__}: {error}")


def _comes_later(job: Job, running: Sequence[Job]) -> bool:
    """Whether a run reads features of a network that is being trained: begun now, it would train that again."""
    return (
        job.network is not None
        and not job.files.features.is_file()
        and any(job.files.features == at.files.features for at in running)
    )


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
