"""Launchers of clusters: the loop that they share. What is left to each is to start a task, look after it, and end it.

A task is one try of a run, done by `remote.work` somewhere else. Its events and its end come through the spool of the
results folder, which all machines see.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import islice
from multiprocessing.reduction import ForkingPickler
from typing import Any, ClassVar

from pydantic import Field

from dabench.errors import DabenchError
from dabench.files import DamagedFileError
from dabench.results.record_file import write_atomic
from dabench.runner.launchers.base import Launcher
from dabench.runner.launchers.order import WaitingJobs
from dabench.runner.launchers.remote import Ticket, facts_of
from dabench.runner.launchers.spool import Spool, SpooledRun, Tail
from dabench.runs.job import Event, Finished, Job, Outcome, Started

log = logging.getLogger("dabench.runner")

LOOK_S = 0.2  # how often the spool is read
MOST_FAILED_STARTS = 3  # runs in a row of which no try could be started
AT_ONCE = 1000  # tasks that are submitted together, where all are
LATE_S = 5.0  # what a task may leave in the spool is seen here within this time, also over a slow network


@dataclass
class Try:
    """One try of a run that is queued or under way.

    Attributes:
        job: of the run.
        number: from 1 on.
        task: of the cluster, in its own words.
        spooled: its part of the spool.
        tail: of its events.
        slot: the number that a progress display shows, once a worker has taken it.
        died: why its task has ended, and since when; empty while it may still say something.
    """

    job: Job
    number: int
    task: Any
    spooled: SpooledRun
    tail: Tail
    slot: int | None = None
    died: str = ""
    since: float = field(default_factory=time.monotonic)


class ClusterLauncher(Launcher):
    """The base of launchers of clusters.

    A subclass implements `connect`, `room`, `submit`, `fate`, `cancel` and `disconnect`; one whose tasks outlive the
    command (`detachable`) also `saved` and `restored`.

    Attributes:
        device: that runs ask for: `cpu` or `cuda`.
        queues_ahead: without `--workers` as many runs again wait at the cluster as it has room for, so that none of its
            workers waits for the command.
    """

    class Options(Launcher.Options):
        """Options of all of them."""

        retries: int = Field(2, ge=0)
        """Times that a run goes on elsewhere, from its saved state if there is one, after its worker has died."""

    elsewhere: ClassVar[bool] = True
    queues_ahead: ClassVar[bool] = False

    device = "cpu"

    def connect(self) -> None:
        """Find the cluster.

        Raises:
            DabenchError: there is none, with what to do.
        """
        raise NotImplementedError

    def room(self) -> int:
        """The number of runs that the cluster has room for at a time, at present."""
        raise NotImplementedError

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        """Start `remote.work` with each ticket, somewhere; return a task for each, in their order."""
        raise NotImplementedError

    def fate(self, task: Any) -> str | None:
        """None while a task is queued or under way; then what `remote.work` has returned, or why it did not."""
        raise NotImplementedError

    def cancel(self, task: Any) -> None:
        """End a task, whatever it does; it may have ended."""
        raise NotImplementedError

    def disconnect(self) -> None:
        """Let go of the cluster."""

    def rest(self, tasks: Sequence[Any], seconds: float) -> None:
        """Wait until one of the tasks has ended, at most so long; a cluster that cannot say so waits all the time."""
        time.sleep(seconds)

    def saved(self, task: Any) -> str:
        """A text by which another command finds the task."""
        raise NotImplementedError

    def restored(self, text: str) -> Any:
        """The task of such a text."""
        raise NotImplementedError

    def launch(self, jobs: Sequence[Job], workers: int | None) -> Iterator[Event]:
        """Carry out jobs; see `Launcher.launch`.

        A run whose worker dies, or whose machine, is tried again elsewhere. An interrupt, or closing the iterator, ends
        all tasks; what has finished before is still reported on an interrupt.
        """
        self.device = jobs[0].device
        self.connect()
        if not self.room():
            log.warning("The cluster has no room at present: runs wait for machines that have what they ask for.")
        waiting, tries = WaitingJobs(jobs), _Tries(Spool(self.results))
        try:
            while True:
                yield from self._start(waiting, tries, workers or max(1, self.room()) * (1 + self.queues_ahead))
                if not tries.running:
                    return
                self.rest([one.task for one in tries.running.values() if not one.died], LOOK_S)
                for one in tuple(tries.running.values()):
                    yield from self._news(one, tries, waiting)
        except KeyboardInterrupt:
            self._stop(tries)
            yield from tries.finished_already()
            raise
        finally:
            self._stop(tries)
            self.disconnect()

    def _start(self, waiting: WaitingJobs, tries: _Tries, most: int) -> Iterator[Event]:
        """Submit what is next, so that at most so many tries are queued or under way."""
        taken: list[tuple[Job, Ticket]] = []
        while len(tries.running) + len(taken) < most:
            job = waiting.take([one.job for one in tries.running.values()] + [job for job, _ in taken])
            if job is None:
                break
            if self.detachable and self._adopted(job, tries):
                continue
            ticket = self._ticket(job, tries.next(job))
            if isinstance(ticket, Finished):
                yield ticket
            else:
                taken.append((job, ticket))
        tickets = [ticket for _, ticket in taken]
        for (job, ticket), task in zip(taken, self._submit(tickets) if taken else (), strict=True):
            tries.begin(job, ticket.number, task)

    def queue(self, jobs: Iterable[Job]) -> tuple[list[str], list[Finished]]:
        """Submit all jobs that are not queued or under way, and note them.

        Returns:
            The texts of their tasks, and the ends of runs that cannot be sent.
        """
        tries, ends, tasks = _Tries(Spool(self.results)), list[Finished](), list[Any]()
        new = (job for job in jobs if not self._adopted(job, tries))
        while some := [self._ticket(job, tries.next(job)) for job in islice(new, AT_ONCE)]:
            tickets = [one for one in some if isinstance(one, Ticket)]
            ends += [one for one in some if isinstance(one, Finished)]
            tasks += self._submit(tickets) if tickets else ()
        return [self.saved(task) for task in (*(one.task for one in tries.running.values()), *tasks)], ends

    def _submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        """Submit tries; where tasks outlive the command, write down which of them makes a run."""
        tasks = self.submit(tickets)
        for ticket, task in zip(tickets, tasks, strict=True) if self.detachable else ():
            note = {"launcher": self.name, "number": ticket.number, "task": self.saved(task)}
            write_atomic(Spool(self.results).of(ticket.run_id).task_file, json.dumps(note))
        return tasks

    def _adopted(self, job: Job, tries: _Tries) -> bool:
        """Take over the task of a command that is gone, if it is still queued or under way, or has just ended well."""
        note = tries.spool.of(job.run_id).task_file
        if not note.is_file():
            return False
        told = json.loads(note.read_text(encoding="utf-8"))
        task = self.restored(told["task"])
        if self.fate(task) is not None and _end_of(tries.spool.of(job.run_id)) is None:
            return False
        tries.begin(job, told["number"], task)
        return True

    def _ticket(self, job: Job, number: int) -> Ticket | Finished:
        """The ticket of a try, or the end of a run that cannot be sent."""
        from dabench.runner.launchers.staging import bits_here, lay_out

        try:
            lay_out(job, self.results)
            return Ticket(
                run_id=job.run_id,
                number=number,
                results=str(self.results),
                timeout_s=job.limits.timeout_s,
                grace_s=job.limits.grace_s,
                code=facts_of(job),
                bits=bits_here() if job.network is not None or job.keep_features else "",
                job=bytes(ForkingPickler.dumps(job)),
            )
        except DabenchError as error:
            return _failed(job, str(error))
        except Exception as error:  # a plugin's spec may hold anything
            return _failed(job, f"cannot be sent to a worker: {type(error).__name__}: {error}")

    def _news(self, one: Try, tries: _Tries, waiting: WaitingJobs) -> Iterator[Event]:
        """The events of a try since the last look, and its end or the next try of its run."""
        run_id, why = one.job.run_id, self.fate(one.task)
        while one.spooled.lines(one.number + 1).is_file():  # the cluster has begun the next try by itself
            one.number, one.tail = one.number + 1, one.spooled.tail(one.number + 1)
        for event in one.tail.news():
            slot = tries.slot_of(one)
            yield replace(event, worker=slot) if isinstance(event, Started) else event
        end = _end_of(one.spooled)
        if end is not None:
            tries.close(run_id)
            yield end
        elif why is not None and not one.died:
            one.died, one.since = why or "the task has ended and left no outcome in the spool", time.monotonic()
        elif one.died and time.monotonic() - one.since > LATE_S:
            tries.close(run_id)
            tries.count(one)
            if one.number > self.options.retries:
                one.spooled.forget()
                yield _failed(one.job, one.died, one.number)
                tries.failed_starts = 0 if one.slot is not None else tries.failed_starts + 1
                if tries.failed_starts >= MOST_FAILED_STARTS:
                    raise DabenchError(
                        f"{MOST_FAILED_STARTS} runs in a row could not be started on the cluster, so the others are "
                        f"not tried: {one.died}"
                    )
            else:
                waiting.put_back(one.job)

    def _stop(self, tries: _Tries) -> None:
        for one in tries.running.values():
            if _end_of(one.spooled) is None:
                self.cancel(one.task)


class _Tries:
    """Tries of runs, those queued or under way by `run_id`."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.running: dict[str, Try] = {}
        self.failed_starts = 0  # in a row
        self._count: dict[str, int] = {}
        self._free = [0]  # slots that no try has, as a heap; all from the largest on are free

    def next(self, job: Job) -> int:
        """The number of the next try of a run."""
        number = self._count[job.run_id] = self._count.get(job.run_id, 0) + 1
        spooled = self.spool.of(job.run_id)
        if number == 1:
            spooled.forget()  # of a command that was killed, and whose outcome is no use
        spooled.folder.mkdir(parents=True, exist_ok=True)
        return number

    def begin(self, job: Job, number: int, task: Any) -> None:
        """Note that a try has begun."""
        self._count[job.run_id] = number
        spooled = self.spool.of(job.run_id)
        self.running[job.run_id] = Try(job, number, task, spooled, spooled.tail(number))

    def slot_of(self, one: Try) -> int:
        """The slot of a try that a worker has taken."""
        if one.slot is None:
            one.slot = heappop(self._free)
            if not self._free:
                self._free.append(one.slot + 1)
        return one.slot

    def close(self, run_id: str) -> None:
        """Note that a try is over."""
        slot = self.running.pop(run_id).slot
        if slot is not None:
            heappush(self._free, slot)

    def count(self, one: Try) -> None:
        """Note the number of a try that has ended: the cluster may have begun some by itself."""
        self._count[one.job.run_id] = one.number

    def finished_already(self) -> Iterator[Event]:
        """The ends that are in the spool."""
        for one in self.running.values():
            end = _end_of(one.spooled)
            if end is not None:
                yield end


def _end_of(spooled: SpooledRun) -> Finished | None:
    """The end of a run, if it is in the spool; one that is damaged is none."""
    try:
        return spooled.finished() if spooled.has_ended else None
    except DamagedFileError:
        return None


def _failed(job: Job, error: str, tries: int = 1) -> Finished:
    return Finished(job.run_id, Outcome(status="failed", error=error, tries=tries))
