"""MLflow: a run for each run, in an experiment called like the suite."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient

from dabench.observers.run_log import RunLog
from dabench.observers.values import settings, title

if TYPE_CHECKING:
    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord

LONGEST = 500  # characters of a parameter, the least that a store takes


class MLflow(RunLog[str]):
    """Logs settings, losses, label-free scores and the final accuracies of every run, and its artifacts."""

    def __init__(self, results: Path) -> None:
        """Log where `MLFLOW_TRACKING_URI` says, else into a database in the results folder."""
        super().__init__()
        results.mkdir(parents=True, exist_ok=True)
        where = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{(results / 'mlflow.db').absolute()}"
        self._client = MlflowClient(where)

    def open(self, run: PlannedRun) -> str:
        """Create the run, and return MLflow's name of it."""
        known = self._client.get_experiment_by_name(run.suite)
        experiment = known.experiment_id if known else self._client.create_experiment(run.suite)
        tags = {"mlflow.runName": title(run), "dabench.run_id": run.run_id}
        made: str = self._client.create_run(experiment, tags=tags).info.run_id
        self._client.log_batch(made, params=[Param(name, value[:LONGEST]) for name, value in settings(run).items()])
        return made

    def write(self, log: str, step: int, values: dict[str, float]) -> None:
        """Log metrics."""
        self._client.log_batch(log, [Metric(name, value, 0, step) for name, value in values.items()])

    def close(self, log: str, record: RunRecord) -> None:
        """End the run."""
        self._client.set_terminated(log, "FINISHED" if record.done else "FAILED")
