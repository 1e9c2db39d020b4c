"""The base of the observers of `--log`: a log for each run, which is opened, written to and closed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from dabench.observers.values import losses_of, results_of

if TYPE_CHECKING:
    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord

Log = TypeVar("Log")


class RunLog(ABC, Generic[Log]):
    """Logs losses, label-free scores and the final numbers of every run. A run that nobody began has no log."""

    def __init__(self) -> None:
        self._logs: dict[str, Log] = {}

    @abstractmethod
    def open(self, run: PlannedRun) -> Log:
        """Make the log of a run, with its settings."""

    @abstractmethod
    def write(self, log: Log, step: int, values: dict[str, float]) -> None:
        """Add values by name."""

    @abstractmethod
    def close(self, log: Log, record: RunRecord) -> None:
        """End the log of a run."""

    def run_began(self, run: PlannedRun) -> None:
        """Open the log of a run."""
        self._logs[run.run_id] = self.open(run)

    def step(self, run: PlannedRun, step: int, losses: dict[str, float]) -> None:
        """Log losses."""
        self._write(run.run_id, step, losses_of(losses))

    def checkpoint(self, run: PlannedRun, step: int, values: dict[str, float], losses: dict[str, float]) -> None:
        """Log losses and scores."""
        self._write(run.run_id, step, losses_of(losses) | values)

    def run_finished(self, record: RunRecord) -> None:
        """Log the final numbers, and close the log."""
        self._write(record.run_id, record.steps, results_of(record))
        if record.run_id in self._logs:
            self.close(self._logs.pop(record.run_id), record)

    def _write(self, run_id: str, step: int, values: dict[str, float]) -> None:
        if run_id in self._logs:
            self.write(self._logs[run_id], step, values)
