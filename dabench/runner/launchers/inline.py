"""Runs one after the other in this process: for debuggers, and where processes cannot be started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dabench.runs.job import Event, Job, Started


def launch(jobs: Sequence[Job], workers: int) -> Iterator[Event]:
    """Execute jobs in turn. There is one worker, whatever `workers` says."""
    from dabench.execution.execute import execute
    from dabench.runs.machine import environment

    for job in jobs:
        yield Started(job.run_id, 0, environment(job.device), job.files.state.exists())
        yield from execute(job)
