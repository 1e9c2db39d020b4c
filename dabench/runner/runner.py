"""The execution of a plan: runs that are done are skipped, the rest is launched."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path

from dabench.errors import DabenchError, PluginError
from dabench.execution.frozen_features import keep_all_frozen_features
from dabench.files import sweep
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.printable import shown
from dabench.results.folder import Flaw, find_records, write_atomic
from dabench.results.underway import claimed
from dabench.runner.judge import Judge
from dabench.runner.recorder import Recorder
from dabench.runs.job import Event, Finished, Job, Outcome, Progress, Started
from dabench.runs.plan import Plan, PlannedRun
from dabench.runs.record import RunRecord
from dabench.specs.spec import LauncherSpec, Registered


def done_records(plan: Plan, results: Path) -> tuple[dict[str, RunRecord], list[Flaw]]:
    """Records of the plan's runs that need not be repeated, by run_id, and files in their place that are no records.

    What the accuracy means is no part of a run's identity, but a record made under another meaning is not reused.
    """
    records, flaws = find_records(results, plan.suite.name)
    wanted = {run.run_id for run in plan.runs}
    meaning = plan.suite.selector, plan.suite.metric
    found = {
        record.run_id: record
        for _, record in records
        if record.done and record.run_id in wanted and (record.selector, record.metric) == meaning
    }
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
    with claimed(recorder.results, [run.run_id for run in recorder.todo]):
        return _carry_out(recorder, options, on_event)


def _carry_out(recorder: Recorder, options: RunOptions, on_event: Callable[[Event], None]) -> bool:
    recorder.registry.notify("dabench_run_started", plan=recorder.plan)
    problems = {run.run_id: run.data_error for run in recorder.todo if run.data_error}
    ready = [run for run in recorder.todo if not run.data_error]
    jobs = make_jobs(recorder.plan, ready, recorder.results.absolute(), recorder.registry, options)
    problems |= keep_all_frozen_features(jobs, options.workers)
    for run in recorder.todo:
        if run.run_id in problems:
            recorder.keep(run, Outcome(status="failed", error=problems[run.run_id]))
            if options.fail_fast:
                return False
    runs = {run.run_id: run for run in ready if run.run_id not in problems}
    jobs = [job for job in jobs if job.run_id in runs]
    launcher = recorder.registry.get(LauncherSpec, options.launcher)
    before = len(recorder.failed)
    judge, by_id = Judge(recorder.plan.domains), {job.run_id: job for job in jobs}

    def handle(event: Event) -> None:
        run = _run_of(event, runs, launcher)
        event = judge.judged(by_id[event.run_id], event)
        recorder.take(run, event)
        on_event(event)

    with closing(
        _launched(launcher, jobs, options.workers)
    ) as events:  # closing ends the workers, also after an error here
        try:
            for event in events:
                handle(event)
                if options.fail_fast and len(recorder.failed) > before:
                    return False
        except KeyboardInterrupt:
            # Thrown into the launcher, so that it can report what its workers finished in the meantime.
            with suppress(KeyboardInterrupt, StopIteration):
                event = events.throw(KeyboardInterrupt)
                while True:
                    handle(event)
                    event = next(events)
            raise
    for run in [run for run in recorder.todo if run.run_id in runs]:
        recorder.keep(run, Outcome(status="failed", error=f"{_named(launcher)} ended and said nothing of this run"))
    return True


def _run_of(event: Event, runs: Mapping[str, PlannedRun], launcher: Registered[LauncherSpec]) -> PlannedRun:
    """The run of an event.

    Raises:
        PluginError: what the launcher yields is no event, or of no such run.
    """
    if not isinstance(event, Started | Progress | Finished) or event.run_id not in runs:
        raise PluginError(f"{_named(launcher)} yields {shown(event)}, which is no event of these runs.")
    return runs[event.run_id]


def _launched(launcher: Registered[LauncherSpec], jobs: list[Job], workers: int) -> Generator[Event]:
    """The events of a launcher, whatever kind of iterable it returns.

    Raises:
        PluginError: it returns something else, or raises what no user can fix.
    """
    launch = launcher.load()
    try:
        events = launch(jobs, workers)
        if not isinstance(events, Iterable):
            raise PluginError(f"{_named(launcher)} returns {shown(events)}, and an iterator of events is needed.")
        yield from events
    except DabenchError:
        raise
    except Exception as error:  # a plugin's launcher may raise anything
        raise PluginError(f"{_named(launcher)} has failed: {type(error).__name__}: {error}.") from error


def _named(launcher: Registered[LauncherSpec]) -> str:
    return f"the launcher {launcher.spec.name} of {launcher.origin} ({launcher.spec.entry_point})"
