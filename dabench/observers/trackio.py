"""Trackio: a run for each run, in a project called like the suite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import trackio

from dabench.observers.values import losses_of, results_of, settings, title

if TYPE_CHECKING:
    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord


class Trackio:
    """Logs settings, losses, label-free scores and the final accuracies of every run."""

    def __init__(self, results: Path) -> None:
        """Log where trackio keeps its projects, whatever the results folder."""
        self._runs: dict[str, Any] = {}

    def run_began(self, run: PlannedRun) -> None:
        """Create the run."""
        self._runs[run.run_id] = trackio.init(project=run.suite, name=title(run), config=settings(run), embed=False)

    def step(self, run: PlannedRun, step: int, losses: dict[str, float]) -> None:
        """Log losses."""
        self._log(run.run_id, step, losses_of(losses))

    def checkpoint(self, run: PlannedRun, step: int, values: dict[str, float], losses: dict[str, float]) -> None:
        """Log losses and scores."""
        self._log(run.run_id, step, losses_of(losses) | values)

    def run_finished(self, record: RunRecord) -> None:
        """Log the final numbers, and end the run; one that nobody began is none."""
        self._log(record.run_id, record.steps, results_of(record))
        made = self._runs.pop(record.run_id, None)
        if made is not None:
            made.finish()

    def _log(self, run_id: str, step: int, values: dict[str, float]) -> None:
        if run_id in self._runs:
            self._runs[run_id].log(values, step=step)
