"""From what was planned and what came of it to a record: the only writer of records."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from pydantic import ValidationError

from dabench.plugin.registry import Registry
from dabench.printable import kept
from dabench.results.environment import code_info, environment
from dabench.results.folder import write_record
from dabench.runs.data_notes import data_notes, joined
from dabench.runs.job import Event, Finished, Outcome, Progress
from dabench.runs.plan import Plan, PlannedRun
from dabench.runs.record import RunRecord


@dataclass
class Recorder:
    """Writes the record of every run that ends, and tells the observers.

    Attributes:
        records: of the plan's runs, those found before and those made: also after an interrupt.
    """

    plan: Plan
    results: Path
    registry: Registry
    records: list[RunRecord] = field(default_factory=list)

    @property
    def failed(self) -> list[RunRecord]:
        """Records of runs that came to nothing."""
        return [record for record in self.records if not record.done]

    @property
    def todo(self) -> list[PlannedRun]:
        """Runs of the plan without a record."""
        there = {record.run_id for record in self.records}
        return [run for run in self.plan.runs if run.run_id not in there]

    def keep(self, run: PlannedRun, outcome: Outcome) -> None:
        """Write the record of a run; Ctrl-C waits for it."""
        with uninterrupted():
            try:
                record = make_record(self.plan, run, outcome)
            except ValidationError as error:  # the method or its domain has names or numbers that no file can hold
                record = make_record(self.plan, run, Outcome(status="failed", error=str(error)))
            write_record(self.results, record)
            self.records.append(record)
            self.registry.notify("dabench_run_finished", record=record)

    def take(self, run: PlannedRun, event: Event) -> None:
        """Take an event of a run."""
        if isinstance(event, Finished):
            self.keep(run, event.outcome)
        elif isinstance(event, Progress) and event.values is not None:
            self.registry.notify("dabench_checkpoint", run=run, step=event.step, values=event.values)


def make_record(plan: Plan, run: PlannedRun, outcome: Outcome) -> RunRecord:
    """Put together what was planned and what came of it."""
    measured = {item.name: getattr(outcome, item.name) for item in fields(outcome)}
    ends = (run.source, run.target)
    torch, device = measured.pop("torch"), measured.pop("device")
    if outcome.error is not None:
        measured["error"] = kept(outcome.error)
    return RunRecord(
        run_id=run.run_id,
        suite=plan.suite.name,
        suite_version=plan.suite.version,
        track=plan.suite.track,
        shots=run.settings.shots,
        source=run.source,
        target=run.target,
        method=run.method.name,
        variant=run.variant,
        backbone=run.backbone.name,
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
        code=code_info(),
        env=environment(torch, device or plan.device_kind),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        **measured,
    )


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C take effect at the end of the block, so that a record that came in is written."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    pressed = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
