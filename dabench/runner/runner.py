"""The execution of a plan: runs that are done are skipped, the rest is launched."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dabench.device import default_workers
from dabench.errors import DabenchError, PluginError
from dabench.files import sweep
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.printable import shown
from dabench.results.csv_file import Flaw
from dabench.results.record_file import read_record, write_atomic
from dabench.results.records import find_stored, keep_index
from dabench.results.stored import StoredRecords
from dabench.results.underway import claimed
from dabench.runner.launchers.base import Launcher, class_of, made
from dabench.runner.recorder import Recorder
from dabench.runner.repeats import take_over, without_repeats
from dabench.runs.job import Event, Outcome
from dabench.runs.plan import Plan, PlannedRun
from dabench.runs.record import SCORED
from dabench.specs.spec import LauncherSpec

if TYPE_CHECKING:
    from dabench.runner.intake import Intake


def done_records(plan: Plan, results: Path) -> tuple[StoredRecords, list[Flaw]]:
    """Records of the plan's runs that need not be repeated, and files in their place that are no records.

    What the accuracy means is no part of a run's identity, but a record made under another meaning is not reused.
    """
    stored, flaws = find_stored(results, plan.suite.name)
    meaning = plan.suite.selector, plan.suite.metric
    found = StoredRecords(read_record)
    for run in plan.runs:
        if run.run_id not in stored:
            continue
        row = stored.row(run.run_id)
        if row.status in SCORED and (row.selector, row.metric) == meaning:
            found.take(stored, run.run_id)
    return found, flaws


def carry_out(recorder: Recorder, options: RunOptions, on_event: Callable[[Event], None] = lambda event: None) -> bool:
    """Make the runs of a plan that have no record yet.

    Args:
        recorder: with the plan, the results folder and the records that are there.
        options: how to run.
        on_event: is told of every event, for a progress display.

    Returns:
        False if `fail_fast` ended it early.

    Raises:
        ResultsError: the results folder cannot be written, found out before the first run; or another command is making
            some of the runs there.
        KeyboardInterrupt: on Ctrl-C, or as its `StopError`; after the workers have ended, and what they finished before
            is recorded.
    """
    write_atomic(recorder.results / "runs" / ".writable", "").unlink(missing_ok=True)  # another command has the same
    sweep(recorder.results / "runs" / recorder.plan.suite.name, deep=True)
    sweep(recorder.results / "cache", deep=True)
    before = len(recorder.stored)
    with claimed(recorder.results, [run.run_id for run in recorder.todo]):
        complete = False
        try:
            complete = _carry_out(recorder, options, on_event)
            return complete
        finally:
            told = {"plan": recorder.plan, "results": recorder.results, "complete": complete}
            recorder.registry.notify("dabench_suite_finished", **told)
            if len(recorder.stored) > before:
                keep_index(recorder.results, recorder.plan.suite.name, recorder.stored)


def _carry_out(recorder: Recorder, options: RunOptions, on_event: Callable[[Event], None]) -> bool:
    told = {"plan": recorder.plan, "results": recorder.results, "options": options}
    recorder.registry.notify("dabench_run_started", **told)
    runs = _possible(recorder, options)
    if options.fail_fast and recorder.failures:
        return False
    if not runs:
        return True
    for some in rounds(runs):
        if not _round(recorder, some, options, on_event):
            return False
        if recorder.left or (options.collect_only and not all(run_id in recorder.stored for run_id in some)):
            break  # later rounds are made of what these give
    return True


def _round(
    recorder: Recorder, runs: dict[str, PlannedRun], options: RunOptions, on_event: Callable[[Event], None]
) -> bool:
    """Make runs that wait for no others of the plan; False if `fail_fast` ended it."""
    for end in take_over(recorder, runs.values()):
        on_event(end)
    complete = _computed(recorder, without_repeats(runs), options, on_event)
    for end in take_over(recorder, runs.values()):
        on_event(end)
    return complete


def _computed(
    recorder: Recorder, runs: dict[str, PlannedRun], options: RunOptions, on_event: Callable[[Event], None]
) -> bool:
    """Compute runs that wait for no others; False if `fail_fast` ended it."""
    from dabench.runner.intake import Intake  # SciPy and more, for which a command with nothing to do need not wait

    asked = _asked(recorder, runs)
    runs = {run_id: run for run_id, run in runs.items() if run_id not in recorder.stored}
    if not runs:
        return not (options.fail_fast and recorder.failures)
    intake = Intake(recorder, runs, options, on_event, asked)
    intake.collect()
    if intake.failed:
        return False
    if options.collect_only or not intake.runs:
        return True
    intake.check_free()
    launcher = made(intake.launcher, options.launcher_options, intake.results)
    if options.detach:
        left = launcher.leave(intake.jobs)
        recorder.left = left.where
        for end in left.ends:
            intake.take(end)
        return not intake.failed
    return _launch(launcher, intake, options)


def _launch(launcher: Launcher, intake: Intake, options: RunOptions) -> bool:
    """Let a launcher make the runs; False if `fail_fast` ended it early."""
    # Closing ends the workers, also after an error here.
    with closing(_launched(launcher, intake, options.workers)) as events:
        try:
            for event in events:
                intake.take(event)
                if intake.failed:
                    return False
        except KeyboardInterrupt:
            # Thrown into the launcher, so that it can report what its workers finished in the meantime.
            with suppress(KeyboardInterrupt, StopIteration):
                event = events.throw(KeyboardInterrupt)
                while True:
                    intake.take(event)
                    event = next(events)
            raise
    intake.fail_the_rest()
    return True


def _asked(recorder: Recorder, runs: Mapping[str, PlannedRun]) -> dict[str, NDArray[np.int64]]:
    """The rows that are to be labelled for the runs of a round of the track active; runs without any are recorded."""
    waiting = [run for run in runs.values() if run.settings.ask is not None]
    if not waiting:
        return {}
    from dabench.runner.asking import Asker

    asker = Asker(recorder.plan, recorder.results.absolute(), recorder.registry, recorder.stored)
    for run in waiting:
        try:
            recorder.asked[run.run_id] = asker.rows(run)
        except DabenchError as error:
            recorder.keep(run, Outcome(status="failed", error=str(error)))
    return recorder.asked


def rounds(runs: Mapping[str, PlannedRun]) -> Iterator[dict[str, PlannedRun]]:
    """The runs of each round of the track active, by `run_id`; of other tracks all in one."""
    for number in sorted({run.round for run in runs.values()}):
        yield {run_id: run for run_id, run in runs.items() if run.round == number}


def _possible(recorder: Recorder, options: RunOptions) -> dict[str, PlannedRun]:
    """The runs that are left and whose data are there, by `run_id`; the others are recorded as failed.

    With `fail_fast` only the first failed one is recorded.
    """
    todo = recorder.todo
    unfit = _without_features(recorder, [run for run in todo if not run.data_error], options)
    runs: dict[str, PlannedRun] = {}
    for run in todo:
        problem = run.data_error or unfit.get(_inputs(run))
        if problem is None:
            runs[run.run_id] = run
            continue
        recorder.keep(run, Outcome(status="failed", error=problem))
        if options.fail_fast:
            break
    return runs


def _launched(launcher: Launcher, intake: Intake, workers: int | None) -> Generator[Event]:
    """The events of a launcher, whatever kind of iterable it returns.

    Raises:
        PluginError: it returns something else, or raises what no user can fix.
    """
    from dabench.runner.intake import named

    try:
        events = launcher.launch(intake.jobs, workers)
        if not isinstance(events, Iterable):
            raise PluginError(f"{named(intake.launcher)} returns {shown(events)}, and an iterator of events is needed.")
        yield from events
    except DabenchError:
        raise
    except Exception as error:  # a plugin's launcher may raise anything
        raise PluginError(f"{named(intake.launcher)} has failed: {type(error).__name__}: {error}.") from error


def _without_features(
    recorder: Recorder, runs: Sequence[PlannedRun], options: RunOptions
) -> dict[tuple[str, ...], str]:
    """Compute the features of frozen networks; the reason where there are none, by the inputs of the runs."""
    by_inputs = {_inputs(run): run for run in runs if run.freezes}
    if (
        not by_inputs
        or options.collect_only
        or class_of(recorder.registry.get(LauncherSpec, options.launcher)).elsewhere
    ):
        return {}  # workers elsewhere compute them, once on each machine
    from dabench.execution.frozen_features import keep_all_frozen_features  # it imports torch

    jobs = make_jobs(recorder.plan, list(by_inputs.values()), recorder.results.absolute(), recorder.registry, options)
    problems = keep_all_frozen_features(jobs, options.workers or default_workers(options.device))
    return {inputs: problems[run.run_id] for inputs, run in by_inputs.items() if run.run_id in problems}


def _inputs(run: PlannedRun) -> tuple[str, ...]:
    """Equal for runs that are given the same examples."""
    return run.source, run.target, run.comparison_sha256
