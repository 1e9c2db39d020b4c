"""MLflow: a run for each run, in an experiment called like the suite."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient

from dabench.observers.values import losses_of, results_of, settings, title

if TYPE_CHECKING:
    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord

LONGEST = 500  # characters of a parameter, the least that a store takes


class MLflow:
    """Logs settings, losses, label-free scores and the final accuracies of every run, and its artifacts."""

    def __init__(self, results: Path) -> None:
        """Log where `MLFLOW_TRACKING_URI` says, else into a database in the results folder."""
        results.mkdir(parents=True, exist_ok=True)
        where = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{(results / 'mlflow.db').absolute()}"
        self._client = MlflowClient(where)
        self._runs: dict[str, str] = {}

    def run_began(self, run: PlannedRun) -> None:
        """Create the run."""
        known = self._client.get_experiment_by_name(run.suite)
        experiment = known.experiment_id if known else self._client.create_experiment(run.suite)
        tags = {"mlflow.runName": title(run), "dabench.run_id": run.run_id}
        made = self._runs[run.run_id] = self._client.create_run(experiment, tags=tags).info.run_id
        self._client.log_batch(made, params=[Param(name, value[:LONGEST]) for name, value in settings(run).items()])

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
            self._client.set_terminated(made, "FINISHED" if record.done else "FAILED")

    def _log(self, run_id: str, step: int, values: dict[str, float]) -> None:
        if run_id in self._runs:
            self._client.log_batch(self._runs[run_id], [Metric(name, v, 0, step) for name, v in values.items()])
