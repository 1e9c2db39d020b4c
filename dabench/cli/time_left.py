"""The time that the runs that are left will take, from those that have ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

from dabench.runs.job import Finished, Started
from dabench.runs.plan import PlannedRun


class TimeLeft:
    """An estimate that grows with every run.

    The first run of a worker waits for imports and for data, which later ones find there: it counts as long as it has
    trained, and only until another run has ended. Every method is taken to go on as fast as it was.
    """

    def __init__(self, runs: Sequence[PlannedRun]) -> None:
        """Nothing of `runs` has ended."""
        self._left = {run.run_id: run.method.name for run in runs}
        self._worker: dict[str, int] = {}
        self._warm: set[int] = set()
        self._took: defaultdict[str, list[float]] = defaultdict(list)
        self._first: list[float] = []

    def started(self, event: Started) -> None:
        """Take note of the worker of a run."""
        self._worker[event.run_id] = event.worker

    def finished(self, event: Finished) -> None:
        """Take note of how long a run took."""
        method = self._left.pop(event.run_id)
        worker = self._worker.get(event.run_id, 0)
        if worker in self._warm:
            self._took[method].append(event.outcome.wall_s)
        elif event.outcome.train_s:
            self._first.append(event.outcome.train_s)
        self._warm.add(worker)

    @property
    def seconds(self) -> float | None:
        """Until the last run has ended; None while nothing can be said."""
        known = [seconds for of_method in self._took.values() for seconds in of_method] or self._first
        if not known:
            return None
        each = fmean(known)
        total = sum(fmean(self._took[method]) if self._took.get(method) else each for method in self._left.values())
        return total / max(1, len(self._warm))
