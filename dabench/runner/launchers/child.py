"""A child process that carries out runs, and is ended whatever it does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

from dabench.errors import DabenchError
from dabench.parallel.child import without_main
from dabench.parallel.signals import KILL, STOPPING

# A worker imports torch before it is ready: seconds, or a minute where the disk is slow.
START_S = 600.0
# A signal to all processes of a command reaches them one after the other, within this time.
STOP_S = 1.0
# A new process is used for every worker: forking a process that has used torch's threads or CUDA is not safe.
_CONTEXT = multiprocessing.get_context("spawn")


class Child:
    """A process with a pipe.

    Attributes:
        number: by which messages name it.
        ready: it has taken a run, so it can start.
    """

    def __init__(self, serve: Callable[[Connection, int], None], number: int) -> None:
        """Start it.

        Args:
            serve: works in the process until the pipe is closed.
            number: of the worker.

        Raises:
            DabenchError: the system starts no more processes.
        """
        self.number, self.ready = number, False
        self.born = time.monotonic()
        self.pipe: Connection
        self.pipe, theirs = _CONTEXT.Pipe()
        # On Windows and elsewhere a daemon may not start others, and methods may: the group is ended with it.
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

    @property
    def lost(self) -> bool:
        """Whether the process is gone though the pipe is open: something that a method started holds it."""
        return not self.process.is_alive() and not self.pipe.poll()

    def overdue(self, since: float, timeout_s: float | None, grace_s: float) -> str:
        """The reason why its run, or its start, will not end by itself; empty if it may.

        Args:
            since: when the run began, by the monotonic clock.
            timeout_s: of the run; None for none.
            grace_s: see `runs.job.RunLimits`.
        """
        now = time.monotonic()
        if not self.ready and now - self.born > START_S:
            return f"the worker process did not start within {START_S:g} s; killed"
        if self.ready and timeout_s is not None and now - since > timeout_s + grace_s:
            return f"stuck {grace_s:g} s after its timeout of {timeout_s:g} s; killed"
        return ""

    def end(self) -> None:
        """Stop the process, whatever it does, and the processes that it has started."""
        self.process.terminate()
        self.process.join(2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        if self.process.pid and hasattr(os, "killpg"):  # the worker leads a group, unless it ended before that
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, KILL)
        self.pipe.close()

    def how_it_ended(self, fault: str = "") -> str:
        """The way in which a worker that is gone has ended.

        Args:
            fault: what it has said itself.
        """
        self.process.join(2)
        code = self.process.exitcode
        if code is not None and -code in STOPPING:
            time.sleep(STOP_S)  # who stops all processes of a command stops this one, too: that ends the wait
        if fault:
            return f"the worker process {fault}"
        if code is None:
            return "the worker process has closed its pipe, and is ended"
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        hint = " The system may have run out of memory." if code == -KILL else ""
        return f"the worker process {how} {'during this run' if self.ready else 'before it was ready'}.{hint}"
