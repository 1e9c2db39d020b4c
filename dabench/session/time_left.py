"""The time that the runs that are left will take, from those that have ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from dabench.runs.job import Finished, Started
from dabench.runs.plan import PlannedRun


class TimeLeft:
    """An estimate that grows with every run.

    The first run of a worker waits for imports and for data, which later ones find there: it counts as long as it has
    trained, and only until another run has ended. Every method is taken to go on as fast as it was.
    """

    def __init__(self, runs: Sequence[PlannedRun]) -> None:
        """Begin with runs of which none has ended."""
        self._method = {run.run_id: run.method.name for run in runs}
        self._left = Counter(self._method.values())
        self._worker: dict[str, int] = {}
        self._warm: set[int] = set()
        self._took = _Mean()
        self._by_method: defaultdict[str, _Mean] = defaultdict(_Mean)
        self._first = _Mean()

    def started(self, event: Started) -> None:
        """Take note of the worker of a run."""
        self._worker[event.run_id] = event.worker

    def finished(self, event: Finished) -> None:
        """Take note of how long a run took."""
        method = self._method.pop(event.run_id)
        self._left[method] -= 1
        worker = self._worker.pop(event.run_id, 0)
        if worker in self._warm:
            self._took.add(event.outcome.wall_s)
            self._by_method[method].add(event.outcome.wall_s)
        elif event.outcome.train_s:
            self._first.add(event.outcome.train_s)
        self._warm.add(worker)

    @property
    def seconds(self) -> float | None:
        """The time until the last run ends, as those that have ended suggest; None before the first."""
        known = self._took if self._took.count else self._first
        if not known.count:
            return None
        total = sum(count * self._by_method.get(method, known).value for method, count in self._left.items())
        return total / max(1, len(self._warm))


class _Mean:
    """The mean of numbers that come one by one."""

    def __init__(self) -> None:
        self.count, self._sum = 0, 0.0

    def add(self, number: float) -> None:
        self.count += 1
        self._sum += number

    @property
    def value(self) -> float:
        return self._sum / self.count
