"""A worker process: takes jobs from its pipe, sends events back, and ends when the pipe closes."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection


def serve(pipe: Connection, number: int) -> None:
    """Serve until the parent sends None or is gone.

    Args:
        pipe: to the parent.
        number: this worker's, by which the parent knows it.

    The parent alone handles Ctrl-C: it ends the workers itself, once it has taken what they finished.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Before torch is imported, in this process only: every library that reads these gets one thread.
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
    from dabench.execution.execute import execute
    from dabench.runs.job import Started
    from dabench.runs.machine import environment

    try:
        while (job := pipe.recv()) is not None:
            # Only now: a timeout does not count the imports.
            pipe.send(Started(job.run_id, number, environment(job.device)))
            for event in execute(job):
                pipe.send(event)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone, and nobody is left to tell
