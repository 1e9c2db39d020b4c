"""Carries out a plan: skips what is done, launches the rest."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from dabench.files import sweep
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.results.folder import Problem, find_stored, keep_index, read_record, write_atomic
from dabench.results.stored import StoredRecords
from dabench.results.underway import claimed
from dabench.runner.recorder import Recorder
from dabench.runs.job import Event, Job, Outcome
from dabench.runs.plan import Plan, PlannedRun
from dabench.runs.record import SCORED
from dabench.selection.output_files import missing_outputs
from dabench.specs.spec import LauncherSpec


def done_records(plan: Plan, results: Path, *, with_outputs: bool = False) -> tuple[StoredRecords, list[Problem]]:
    """Records of the plan's runs that need not be repeated, and files in their place that are no records.

    What the accuracy means is no part of a run's identity, but a record made under another meaning is not reused;
    nor is, `with_outputs`, one whose outputs are not all there.
    """
    stored, problems = find_stored(results, plan.suite.name)
    meaning = plan.suite.selector, plan.suite.metric
    found = StoredRecords(read_record)
    for run in plan.runs:
        if run.run_id not in stored:
            continue
        row = stored.row(run.run_id)
        if row.status not in SCORED or (row.selector, row.metric) != meaning:
            continue
        if not (with_outputs and missing_outputs(stored[run.run_id], results)):
            found.take(stored, run.run_id)
    return found, problems


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
        KeyboardInterrupt: after the workers have ended; what they finished before is recorded.
    """
    write_atomic(recorder.results / "runs" / ".writable", "").unlink(missing_ok=True)  # another command has the same
    sweep(recorder.results / "runs" / recorder.plan.suite.name, deep=True)
    sweep(recorder.results / "cache", deep=True)
    with claimed(recorder.results, [run.run_id for run in recorder.todo]):
        try:
            return _carry_out(recorder, options, on_event)
        finally:
            keep_index(recorder.results, recorder.plan.suite.name, recorder.stored)


def _carry_out(recorder: Recorder, options: RunOptions, on_event: Callable[[Event], None]) -> bool:
    recorder.registry.notify("dabench_run_started", plan=recorder.plan)
    todo = recorder.todo
    ready = [run for run in todo if not run.data_error]
    unfit = _without_features(recorder, ready, options)
    runs: dict[str, PlannedRun] = {}
    for run in todo:
        problem = run.data_error or unfit.get(_inputs(run))
        if problem is None:
            runs[run.run_id] = run
            continue
        recorder.keep(run, Outcome(status="failed", error=problem))
        if options.fail_fast:
            return False
    if not runs:
        return True
    jobs = make_jobs(recorder.plan, list(runs.values()), recorder.results.absolute(), recorder.registry, options)
    launch: Callable[[Sequence[Job], int], Generator[Event]]
    launch = recorder.registry.get(LauncherSpec, options.launcher).load()

    def handle(event: Event) -> None:
        recorder.take(runs[event.run_id], event)
        on_event(event)

    with closing(launch(jobs, options.workers)) as events:  # closing ends the workers, also after an error here
        try:
            for event in events:
                handle(event)
                if options.fail_fast and recorder.failures:
                    return False
        except KeyboardInterrupt:
            # Thrown into the launcher, so that it can report what its workers finished in the meantime.
            with suppress(KeyboardInterrupt, StopIteration):
                event = events.throw(KeyboardInterrupt)
                while True:
                    handle(event)
                    event = next(events)
            raise
    return True


def _without_features(
    recorder: Recorder, runs: Sequence[PlannedRun], options: RunOptions
) -> dict[tuple[str, ...], str]:
    """Compute what comes out of frozen networks; why there is none, by the inputs of the runs that need it."""
    by_inputs = {_inputs(run): run for run in runs if run.freezes}
    if not by_inputs:
        return {}
    from dabench.execution.frozen_features import keep_all  # it imports torch

    jobs = make_jobs(recorder.plan, list(by_inputs.values()), recorder.results.absolute(), recorder.registry, options)
    problems = keep_all(jobs, options.workers)
    return {inputs: problems[run.run_id] for inputs, run in by_inputs.items() if run.run_id in problems}


def _inputs(run: PlannedRun) -> tuple[str, ...]:
    """Equal for runs that are given the same examples."""
    return run.source, run.target, run.comparison_sha256
