"""A worker process: takes jobs from its pipe, sends events back, and ends when the pipe closes."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from dabench.parallel.child import end_with_parent
from dabench.parallel.memory import keep_freed_memory

if TYPE_CHECKING:
    from dabench.execution.process_state import ProcessState
    from dabench.runs.job import Event, Job


@dataclass(frozen=True)
class Fault:
    """The reason why a worker ends.

    Attributes:
        starting: it could not even start, so that another one will not either.
    """

    text: str
    starting: bool


def serve(pipe: Connection, number: int) -> None:
    """Serve until the parent sends None or is gone.

    Args:
        pipe: to the parent. Jobs come, and events go back, or a `Fault`, which is the last.
        number: this worker's, by which the parent knows it.
    """
    state = ready_process(pipe)
    while (job := received(pipe)) is not None:
        execute_to(lambda event: send(pipe, event), job, number, state)


def ready_process(pipe: Connection) -> ProcessState:
    """Make this process one that carries out runs, and import what takes long.

    The parent alone handles Ctrl-C: it ends the workers itself, once it has taken what they finished. A worker leads a
    process group of its own, by which the parent also ends what a method has started and left behind.
    """
    if hasattr(os, "setpgid"):  # not on Windows
        os.setpgid(0, 0)
        os.register_at_fork(after_in_child=pipe.close)  # what a method forks must not keep the pipe open, nor write
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Before torch is imported, in this process only: every library that reads these gets one thread.
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
    keep_freed_memory()
    try:
        from dabench.execution import execute  # noqa: F401 - what takes long, and may fail
        from dabench.execution.process_state import ProcessState
    except BaseException as error:  # whatever keeps the worker from its work, the parent says it
        pipe.send(Fault(f"cannot start: {type(error).__name__}: {error}", starting=True))
        raise
    return ProcessState()


def received(pipe: Connection) -> Job | None:
    """The next job; None if there is none any more, or if it cannot be read, which the parent is told."""
    try:
        job: Job | None = pipe.recv()
    except (EOFError, OSError):
        return None  # the parent is gone
    except Exception as error:  # a plugin's spec that can be sent and not be read
        send(pipe, Fault(f"cannot read its job: {type(error).__name__}: {error}", starting=False))
        return None
    return job


def execute_to(put: Callable[[Event], None], job: Job, number: int, state: ProcessState) -> None:
    """Execute a job, and hold nothing of it afterwards: the next method is not to find what this one predicted."""
    from dabench.execution.execute import execute, failure
    from dabench.plugin.uninstalled import packages_of
    from dabench.results.environment import code_info
    from dabench.runs.job import Finished, Started
    from dabench.runs.machine import environment

    # Only now: a timeout does not count the imports.
    here = environment(job.device, packages=packages_of(job.method))
    put(Started(job.run_id, number, here, job.files.state.exists(), code_info()))
    try:
        for event in execute(job, state):
            put(event)
    except Exception:  # an error of the harness: the next run goes on
        put(Finished(job.run_id, failure(traceback.format_exc())))


def send(pipe: Connection, event: object) -> None:
    """Send an event. A failure means that the parent is gone, or that this is a copy of the worker that a method
    forked.
    """
    try:
        pipe.send(event)
    except OSError:
        os._exit(1)
