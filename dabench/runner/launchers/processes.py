"""Runs in worker processes on this machine, one torch thread each."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait

from dabench.runner.launchers.worker import serve
from dabench.runs.job import Event, Finished, Job, Outcome, Started
from dabench.runs.record import Status

# A run that does not end itself this long after its timeout is stuck in native code, and its worker is killed.
GRACE_S = 10.0
# A new process is used for every worker: forking a process that has used torch's threads or CUDA is not safe.
_CONTEXT = multiprocessing.get_context("spawn")


class Worker:
    """A process and the job that it has."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.job: Job | None = None
        self._since: float | None = None
        self.pipe: Connection
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(
            target=serve, args=(theirs, number), daemon=True, name=f"dabench-worker-{number}"
        )
        self.process.start()
        theirs.close()  # so that the pipe reports the worker's end

    def give(self, job: Job) -> None:
        """Hand over a job."""
        self.job, self._since = job, None
        self.pipe.send(job)

    def take(self) -> Event | None:
        """The next event, or None if the worker has died."""
        try:
            event: Event = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        match event:
            case Started():
                self._since = time.monotonic()
            case Finished():
                self.job = None
        return event

    @property
    def overdue(self) -> bool:
        """Whether its job is so long past its timeout that it will not end by itself."""
        limit = self.job.limits.timeout_s if self.job else None
        return limit is not None and self._since is not None and time.monotonic() - self._since > limit + GRACE_S

    def end(self) -> None:
        """Stop the process, whatever it does."""
        self.process.terminate()
        self.process.join(2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()

    def died(self, job: Job) -> Finished:
        """What to report of the job of a worker that is gone."""
        self.process.join()
        code = self.process.exitcode or 0
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        hint = " The system may have run out of memory." if code == -signal.SIGKILL else ""
        return _finished(job, "failed", f"the worker process {how} during this run.{hint}")


def launch(jobs: Sequence[Job], workers: int) -> Iterator[Event]:
    """Execute jobs in `workers` processes.

    A worker that dies fails the run it had; another takes its place. What reads the features of a network that another
    run trains comes after that run. Closing the iterator, or an interrupt, ends the workers at once; runs that they
    finished before are still reported on an interrupt.
    """
    waiting = deque(jobs)
    pool: list[Worker] = []
    try:
        for number in range(min(workers, len(jobs))):
            pool.append(Worker(number))
            give(pool, waiting)
        while busy := [worker for worker in pool if worker.job]:
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in busy:
                job = worker.job
                assert job is not None, "busy workers have a job"
                if worker.pipe in ready:
                    event = worker.take()
                    yield event or worker.died(job)
                elif worker.overdue:
                    event = None
                    yield _finished(
                        job, "timeout", f"stuck {GRACE_S:g} s after its timeout of {job.limits.timeout_s:g} s; killed"
                    )
                else:
                    continue
                if event is None:
                    worker.end()
                    worker = pool[worker.number] = Worker(worker.number)
                give(pool, waiting)
    except KeyboardInterrupt:
        yield from _finished_already(pool)
        raise
    finally:
        for worker in pool:
            worker.end()


def give(pool: Sequence[Worker], waiting: deque[Job]) -> None:
    """Hand out what is next to those who have nothing to do."""
    for worker in [worker for worker in pool if not worker.job]:
        running = [other.job for other in pool if other.job]
        ready = next((job for job in waiting if not _comes_later(job, running)), None)
        if ready is not None:
            waiting.remove(ready)
            worker.give(ready)


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


def _finished(job: Job, status: Status, error: str) -> Finished:
    return Finished(job.run_id, Outcome(status=status, error=error))
