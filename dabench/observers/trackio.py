"""Trackio: a run for each run, in a project called like the suite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import trackio

from dabench.observers.run_log import RunLog
from dabench.observers.values import settings, title

if TYPE_CHECKING:
    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord


class Trackio(RunLog[Any]):
    """Logs settings, losses, label-free scores and the final accuracies of every run."""

    def __init__(self, results: Path) -> None:
        """Log where trackio keeps its projects, whatever the results folder."""
        super().__init__()

    def open(self, run: PlannedRun) -> Any:
        """Create the run."""
        return trackio.init(project=run.suite, name=title(run), config=settings(run), embed=False)

    def write(self, log: Any, step: int, values: dict[str, float]) -> None:
        """Log values."""
        log.log(values, step=step)

    def close(self, log: Any, record: RunRecord) -> None:
        """End the run."""
        log.finish()
