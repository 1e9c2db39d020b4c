"""Runs that would compute what another run of the plan has computed: they take over its record and its files.

A bound of the track few_shot looks at no labelled target example, and is the same for every number of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import fields

from dabench.planning.jobs import log_file
from dabench.results.artifact_names import artifacts_folder
from dabench.runner.recorder import UNJUDGED, Recorder
from dabench.runs.job import Finished, Outcome
from dabench.runs.plan import PlannedRun
from dabench.runs.record import RunRecord
from dabench.selection.output_files import outputs_folder


def without_repeats(runs: Mapping[str, PlannedRun]) -> dict[str, PlannedRun]:
    """The runs, by `run_id` and in their order; of those that compute the same only the first."""
    first: dict[str, PlannedRun] = {}
    for run in runs.values():
        first.setdefault(run.computation, run)
    return {run.run_id: run for run in first.values()}


def take_over(recorder: Recorder, runs: Iterable[PlannedRun]) -> list[Finished]:
    """Record the runs among some that compute what a recorded run of the plan has computed; return their ends."""
    stored = recorder.stored
    recorded = {run.computation: run for run in recorder.plan.runs if run.run_id in stored}
    ends = []
    for run in runs:
        twin = recorded.get(run.computation)
        if twin is None or run.run_id in stored:
            continue
        record = stored[twin.run_id]
        _copy_files(recorder, twin, run)
        recorder.add(_record_of(run, record))
        ends.append(Finished(run.run_id, _outcome(record)))
    return ends


def _record_of(run: PlannedRun, record: RunRecord) -> RunRecord:
    """The record of a run that computes the same as the one that `record` is of."""
    return record.model_copy(
        update={
            "run_id": run.run_id,
            "shots": run.settings.shots,
            "settings": run.settings.model_dump(mode="json"),
            "settings_sha256": run.settings_sha256,
            "comparison_sha256": run.comparison_sha256,
        }
    )


def _outcome(record: RunRecord) -> Outcome:
    known = {item.name for item in fields(Outcome)} - {*UNJUDGED, "environment"}
    return Outcome(**{name: getattr(record, name) for name in known}, environment=record.env)


def _copy_files(recorder: Recorder, twin: PlannedRun, run: PlannedRun) -> None:
    """Copy the log, the kept outputs and the artifacts of one run for another, in place of older ones."""
    results = recorder.results
    ours, others = (
        (log_file(results, one.stem), outputs_folder(results, one.run_id), artifacts_folder(results, one.stem))
        for one in (run, twin)
    )
    for mine, other in zip(ours, others, strict=True):
        if other.is_dir():
            shutil.rmtree(mine, ignore_errors=True)
            shutil.copytree(other, mine)
        elif other.is_file():
            shutil.copyfile(other, mine)
