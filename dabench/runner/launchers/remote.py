"""The work of a task on a cluster: one run, carried out in a child process and spooled.

The process of the task is the cluster's. It waits for the child, and ends it where the run takes too long, is stuck in
native code, or is called off. It imports neither torch nor anything of a plugin, and keeps its children for the tasks
to come, since importing torch takes seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dabench.errors import DabenchError
from dabench.parallel.signals import uninterrupted
from dabench.runner.launchers.child import Child
from dabench.runner.launchers.worker import Fault, execute_to, ready_process, send

FOLDER = Path("cache") / "spool"
LOOK_S = 0.2  # how often the task looks whether it is called off
CALLED_OFF = "called off"


@dataclass(frozen=True)
class Ticket:
    """One try of a run, to be sent to another machine.

    Attributes:
        run_id: of the run.
        number: of the try, from 1 on.
        results: the results folder, absolute, the same on all machines.
        timeout_s, grace_s: of the run, as in `runs.job.RunLimits`.
        code: facts of the code that must be equal there, as `facts_of` has them.
        bits: `staging.bits_here()` of the command, which names shared features; empty where the run has none.
        job: pickled; only the child reads it.
    """

    run_id: str
    number: int
    results: str
    timeout_s: float | None
    grace_s: float
    code: dict[str, str]
    bits: str
    job: bytes

    @property
    def stop_file(self) -> Path:
        """The file whose presence calls the try off."""
        return self._folder / f"{self.number}.stop"

    @property
    def begun(self) -> bool:
        """Whether some worker has taken this try."""
        return (self._folder / f"{self.number}.jsonl").is_file()

    @property
    def _folder(self) -> Path:
        return Path(self.results) / FOLDER / self.run_id


def work(ticket: Ticket) -> str:
    """Carry out a run.

    Returns:
        An empty string if its outcome is in the spool; else the reason why there is none: the worker died, or it was
        called off.
    """
    if not Path(ticket.results).is_dir():
        return (
            f"this machine does not see the results folder {ticket.results}: name one on a disk that all machines have "
            "under the same path, with --results"
        )
    if ticket.begun:
        return "the worker of this try has died"  # and the cluster has begun the task anew by itself
    multiprocessing.current_process().daemon = False  # else it may have no child, which ends with it all the same
    idle = _idle(os.environ.get("CUDA_VISIBLE_DEVICES"))
    while idle and not idle[-1].process.is_alive():
        idle.pop().end()
    child = idle.pop() if idle else Child(serve_tickets, 0)
    keep = False
    try:
        child.pipe.send(replace(ticket, job=b""))
        child.pipe.send_bytes(ticket.job)  # as they are: only the child reads them
        why, keep = _watched(child, ticket)
    except (OSError, EOFError):
        why = child.how_it_ended()
    finally:
        if keep:
            idle.append(child)
        else:
            with uninterrupted():
                child.end()
    return why


@cache
def _idle(devices: str | None) -> list[Child]:
    """Children of this process that wait for a task with these devices, which they have seen since their start."""
    return []


def _watched(child: Child, ticket: Ticket) -> tuple[str, bool]:
    """Wait for the end of a run: why it has no outcome, and whether the child may take another."""
    since = time.monotonic()
    while True:
        if child.pipe.poll(LOOK_S):
            message: Any = child.pipe.recv()
            if isinstance(message, Fault):
                child.ready = child.ready or not message.starting
                return child.how_it_ended(message.text), False
            if message == "started":
                child.ready, since = True, time.monotonic()
            else:
                return "", bool(message == "ended")
        elif child.lost:
            return child.how_it_ended(), False
        elif ticket.stop_file.exists():
            return CALLED_OFF, False
        elif why := child.overdue(since, ticket.timeout_s, ticket.grace_s):
            _spool_end(ticket, "timeout" if child.ready else "failed", why)
            return "", False


def _spool_end(ticket: Ticket, status: Any, error: str) -> None:
    from dabench.runner.launchers.spool import Spool, Writer
    from dabench.runs.job import Finished, Outcome

    run = Spool(Path(ticket.results)).of(ticket.run_id)
    Writer(run, ticket.number).put(Finished(ticket.run_id, Outcome(status=status, error=error)))


def facts_of(job: Any) -> dict[str, str]:
    """The facts of this machine's code that decide the numbers of a job, by what a message calls them."""
    from dabench.hashing.canonical import NUMERICS_VERSION
    from dabench.plugin.uninstalled import method_sha256
    from dabench.runs.machine import torch_release

    return {
        "torch": torch_release(),
        "NUMERICS_VERSION of dabench": str(NUMERICS_VERSION),
        f"sources of {job.method.name}": method_sha256(job.method)[:12],
    }


def serve_tickets(pipe: Connection, number: int) -> None:
    """Serve in the child until the task's process is gone.

    Args:
        pipe: tickets come. Back go `started`, then `ended`, or `changed` where the run has left the process otherwise
            than it found it; or a `Fault`, which is the last.
        number: of the worker.
    """
    state = ready_process(pipe)
    from dabench.execution.execute import failure
    from dabench.runner.launchers.spool import Spool, Writer
    from dabench.runner.launchers.staging import staged
    from dabench.runs.job import Event, Finished

    changed = False

    def put(event: Event) -> None:
        nonlocal changed
        changed = isinstance(event, Finished) and bool(event.changed)
        writer.put(event)

    while True:
        try:
            ticket: Ticket = pipe.recv()
        except (EOFError, OSError):
            return
        writer = Writer(Spool(Path(ticket.results)).of(ticket.run_id), ticket.number)
        writer.begin()
        send(pipe, "started")
        try:
            job = pipe.recv()
            _check_code(ticket, facts_of(job))
            job = staged(job, Path(ticket.results), ticket.bits)
        except DabenchError as error:
            put(Finished(ticket.run_id, failure(str(error))))
        except Exception as error:  # a plugin's spec may raise anything
            put(Finished(ticket.run_id, failure(f"cannot read its job: {type(error).__name__}: {error}")))
        else:
            execute_to(put, job, number, state)
            del job
        send(pipe, "changed" if changed else "ended")


def _check_code(ticket: Ticket, here: dict[str, str]) -> None:
    """Refuse a run whose numbers would not be those that the command has planned.

    Raises:
        DabenchError: something is of another version here.
    """
    differs = [
        f"{what} is {here.get(what)}, not {wanted}" for what, wanted in ticket.code.items() if here.get(what) != wanted
    ]
    if differs:
        raise DabenchError(
            f"this machine has other code than the command that has planned the run: {'; '.join(differs)}. Install the "
            "same on all machines."
        )
