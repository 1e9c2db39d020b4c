"""Runs one after the other in this process: for debuggers, and where processes cannot be started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dabench.runs.job import Event, Job, Started


def launch(jobs: Sequence[Job], workers: int | None = None) -> Iterator[Event]:
    """Execute jobs in turn. There is one worker, whatever `workers` says."""
    from dabench.execution.execute import execute
    from dabench.plugin.uninstalled import packages_of
    from dabench.results.environment import code_info
    from dabench.runs.machine import environment

    for job in jobs:
        here = environment(job.device, packages=packages_of(job.method))
        yield Started(job.run_id, 0, here, job.files.state.exists(), code_info())
        yield from execute(job)
