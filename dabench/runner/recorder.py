"""Records, made from planned runs and their outcomes: the only writer of records."""

from __future__ import annotations

from collections.abc import Iterable, ValuesView
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from dabench.parallel.signals import uninterrupted
from dabench.plugin.registry import Registry
from dabench.plugin.uninstalled import packages_of
from dabench.printable import kept
from dabench.results.artifacts import list_artifacts
from dabench.results.environment import code_info
from dabench.results.record_file import place_of, read_record, write_record
from dabench.results.stored import Row, StoredRecords, stamp_of
from dabench.runs.data_notes import data_notes, joined
from dabench.runs.job import Event, Finished, Outcome, Progress, Started
from dabench.runs.machine import environment
from dabench.runs.plan import Plan, PlannedRun
from dabench.runs.record import SCORED, RunRecord

UNJUDGED = ("answers", "picks")  # of an outcome, which are no part of a record


class Recorder:
    """Writes the record of every run that ends, and tells the observers.

    Attributes:
        plan: the runs.
        results: the folder of records.
        registry: of plugins.
        stored: records of the plan's runs, those found before and those made: also after an interrupt.
        failures: how many of those made came to nothing.
        asked: in the track active, the rows of target train whose labels a run is given, by its `run_id`, in the order
            in which they were asked for.
        left: where runs are that go on without the command; empty if none do.
    """

    def __init__(self, plan: Plan, results: Path, registry: Registry, found: Iterable[RunRecord] = ()) -> None:
        """Begin with the records that were found."""
        self.plan, self.results, self.registry = plan, results, registry
        self.failures, self.left = 0, ""
        self.asked: dict[str, NDArray[np.int64]] = {}
        self.stored = StoredRecords(read_record)
        self._workers: dict[str, Started] = {}  # what workers said of themselves, by the run that they took
        # the last step that observers know, by the run, and by whether it was a checkpoint
        self._told: dict[tuple[str, bool], int] = {}
        for record in found:
            self.stored.add(place_of(results, record), self.stored.row_of(record))

    @property
    def records(self) -> ValuesView[RunRecord]:
        """The full records, each read when it is asked for."""
        return self.stored.values()

    @property
    def failed(self) -> list[RunRecord]:
        """Records of failed runs."""
        return [self.stored[row.run_id] for row in self.failed_rows]

    @property
    def failed_rows(self) -> list[Row]:
        """Their scalar fields."""
        return [row for row in self.stored.rows if row.status not in SCORED]

    @property
    def todo(self) -> list[PlannedRun]:
        """Runs of the plan without a record."""
        return [run for run in self.plan.runs if run.run_id not in self.stored]

    def keep(self, run: PlannedRun, outcome: Outcome) -> None:
        """Write the record of a run; what ends the command waits for it."""
        with uninterrupted():
            worker = self._workers.pop(run.run_id, None)
            for checkpoint in (True, False):
                self._told.pop((run.run_id, checkpoint), None)
            try:
                outcome = replace(outcome, asked=self.asked.get(run.run_id, np.zeros(0, np.int64)).tolist())
                record = make_record(self.plan, run, outcome, worker)
            except ValidationError as error:  # the method or its domain has names or numbers that no file can hold
                failed = Outcome(status="failed", error=str(error), environment=outcome.environment)
                record = make_record(self.plan, run, failed, worker)
            self.add(record)

    def add(self, record: RunRecord) -> None:
        """Write a record; what ends the command waits for it."""
        with uninterrupted():
            path = write_record(self.results, record)
            self.stored.add(path, self.stored.row_of(record), stamp_of(path.stat()))
            told = {"record": record, "artifacts": list_artifacts(self.results, record)}
            self.failures += not record.done
            self.registry.notify("dabench_run_finished", **told)

    def take(self, run: PlannedRun, event: Event) -> None:
        """Take an event of a run. Observers are told of a step once, however often the run is tried."""
        if isinstance(event, Started):
            self._workers[event.run_id] = event
            device = event.environment.device if event.environment else self.plan.device_kind
            told = {"run": run, "worker": event.worker, "device": device, "resumed": event.resumed}
            self.registry.notify("dabench_run_began", **told)
        elif isinstance(event, Finished):
            self.keep(run, event.outcome)
        elif event.step > self._told.get((run.run_id, event.values is not None), 0):
            self._tell(run, event)

    def _tell(self, run: PlannedRun, event: Progress) -> None:
        """Tell observers of a checkpoint, or of losses in between."""
        if event.values is not None:
            told = {"run": run, "step": event.step, "values": event.values, "losses": event.losses or {}}
            self.registry.notify("dabench_checkpoint", **told)
        elif event.losses is not None:
            self.registry.notify("dabench_step", run=run, step=event.step, losses=event.losses)
        if event.values is not None or event.losses is not None:
            self._told[run.run_id, event.values is not None] = event.step


def make_record(plan: Plan, run: PlannedRun, outcome: Outcome, worker: Started | None = None) -> RunRecord:
    """Put together a planned run and its outcome.

    Args:
        plan: with the run.
        run: as planned.
        outcome: of the run. Without an environment it was not executed to its end.
        worker: what the worker that took the run said of itself; None if none did, which leaves what is true of this
            process.
    """
    measured = {item.name: getattr(outcome, item.name) for item in fields(outcome) if item.name not in UNJUDGED}
    ends = (run.source, run.target)
    executed = measured.pop("environment")
    env = executed or (worker and worker.environment) or environment(plan.device_kind, packages=packages_of(run.method))
    if outcome.error is not None:
        measured["error"] = kept(outcome.error)
    return RunRecord(
        run_id=run.run_id,
        suite=plan.suite.name,
        suite_version=plan.suite.version,
        track=plan.suite.track,
        shots=run.settings.ask.labels if run.settings.ask else run.settings.shots,
        rule=run.settings.ask.rule if run.settings.ask else None,
        round=run.round if plan.suite.ask else None,
        source=run.source,
        target=run.target,
        method=run.method.name,
        variant=run.variant,
        backbone=run.settings.backbone.title,
        precision=run.settings.precision,
        metric=plan.suite.metric,
        seed=run.seed,
        selector=plan.suite.selector,
        chosen_by=run.chosen_by,
        transductive=plan.suite.transductive,
        sees_target_labels=run.method.sees_target_labels,
        settings=run.settings.model_dump(mode="json"),
        settings_sha256=run.settings_sha256,
        comparison_sha256=run.comparison_sha256,
        data_sha256=run.data_sha256,
        data_notes=joined(data_notes([plan.domains[name] for name in dict.fromkeys(ends) if name in plan.domains])),
        plugin=run.plugin,
        code=(worker and worker.code) or code_info(),
        env=env.model_copy(update={"bf16_cost": plan.bf16_cost}),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        **measured,
    )
