"""Intake of events: what is left in the spool, and what a launcher yields, on its way to records."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dabench.errors import PluginError, UsageError
from dabench.files import DamagedFileError
from dabench.planning.jobs import Jobs, RunOptions, make_jobs
from dabench.printable import shown
from dabench.runner.judge import Judge
from dabench.runner.launchers.spool import Spool
from dabench.runner.recorder import Recorder
from dabench.runs.job import Event, Finished, Outcome, Progress, Started
from dabench.runs.plan import PlannedRun
from dabench.specs.spec import LauncherSpec, Registered

log = logging.getLogger("dabench.runner")


class Intake:
    """Judges, records and shows events of some runs.

    Attributes:
        runs: those that are left to be made, by `run_id`.
        launcher: that makes them, for messages.
        results: the results folder, absolute.
    """

    def __init__(
        self,
        recorder: Recorder,
        runs: Mapping[str, PlannedRun],
        options: RunOptions,
        on_event: Callable[[Event], None],
        asked: Mapping[str, NDArray[np.int64]] | None = None,
    ) -> None:
        """Keep what judging takes.

        Args:
            recorder: with the plan and the results folder.
            runs: of the plan, by `run_id`.
            options: how to run.
            on_event: is told of every event, once it is recorded.
            asked: see `planning.jobs.make_jobs`.
        """
        self._asked = asked
        self.runs, self._recorder, self._options, self._on_event = dict(runs), recorder, options, on_event
        self.launcher = recorder.registry.get(LauncherSpec, options.launcher)
        self.results = recorder.results.absolute()
        self._spool, self._judge = Spool(self.results), Judge(recorder.plan.domains)
        self.jobs = self._made()

    def _made(self) -> Jobs:
        self._places = {run_id: place for place, run_id in enumerate(self.runs)}
        registry = self._recorder.registry
        return make_jobs(
            self._recorder.plan, list(self.runs.values()), self.results, registry, self._options, self._asked
        )

    @property
    def failed(self) -> bool:
        """Whether a run has failed, and that ends the command."""
        return self._options.fail_fast and self._recorder.failures > 0

    def take(self, event: Event) -> None:
        """Take one event.

        Raises:
            PluginError: what the launcher yields is no event, or of no such run.
        """
        if not isinstance(event, Started | Progress | Finished) or event.run_id not in self.runs:
            raise PluginError(f"{named(self.launcher)} yields {shown(event)}, which is no event of these runs.")
        if isinstance(event, Finished):
            event = self._judge.judged(self.jobs[self._places[event.run_id]], event)
        self._recorder.take(self.runs[event.run_id], event)
        if isinstance(event, Finished):
            self._spool.of(event.run_id).forget()
        self._on_event(event)

    def collect(self) -> None:
        """Take the ends of runs that workers have left for a command that is gone; jobs are those that are left."""
        ends = [spooled for spooled in self._spool.ended() if spooled.run_id in self.runs]
        for spooled in ends:
            try:
                end = spooled.finished()
            except DamagedFileError as error:
                log.warning("%s; the run is made anew", error)
                spooled.forget()
                continue
            started = spooled.started()
            if started is not None:
                self.take(started)
            self.take(end)
            if self.failed:
                return
        if ends:
            self.runs = {run_id: run for run_id, run in self.runs.items() if run_id not in self._recorder.stored}
            self.jobs = self._made()

    def check_free(self) -> None:
        """Refuse runs that tasks of another launcher are making.

        Raises:
            UsageError: some are.
        """
        notes = [note for run_id in self.runs if (note := self._spool.of(run_id).task_file).is_file()]
        others = [name for note in notes if (name := _launcher_of(note)) != self.launcher.spec.name]
        if others:
            raise UsageError(
                f"{len(others)} of these runs were left to {others[0]}. --launcher {others[0]} waits for them, and "
                f"--collect takes what has ended. To make them here, call them off and delete "
                f"{self._spool.folder}."
            )

    def fail_the_rest(self) -> None:
        """Record runs as failed of which the launcher has said nothing."""
        for run in [run for run in self._recorder.todo if run.run_id in self.runs]:
            error = f"{named(self.launcher)} ended and said nothing of this run"
            self._recorder.keep(run, Outcome(status="failed", error=error))


def named(launcher: Registered[LauncherSpec]) -> str:
    """A launcher with its plugin, for messages."""
    return f"the launcher {launcher.spec.name} of {launcher.origin} ({launcher.spec.entry_point})"


def _launcher_of(note: Path) -> str:
    return str(json.loads(note.read_text(encoding="utf-8"))["launcher"])
