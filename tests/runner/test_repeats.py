"""Bounds of the track few_shot are trained once, and recorded for every number of shots."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dabench.config.suite_file import find_suite
from dabench.planning.jobs import RunOptions, log_file
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.results.artifact_names import LIST, PREDICTIONS
from dabench.results.artifacts import artifact, folder_of
from dabench.runner.recorder import Recorder
from dabench.runner.repeats import without_repeats
from dabench.runner.runner import carry_out, done_records
from dabench.runs.job import Event, Finished, Started
from dabench.runs.plan import Plan
from dabench.selection.output_files import missing_outputs, outputs_folder
from tests.support.toy_runs import numbers, plan_of

BOUNDS = ("source_only", "target_only")


def few_shot(registry: Registry, *shots: int) -> Plan:
    """The bounds and a method with some numbers of shots, one seed."""
    return plan_of(registry, ["fine_tune"], sets=("budget.steps=6",), track="few_shot", shots=list(shots), seeds=[0])


def carried_out(plan: Plan, results: Path, registry: Registry, **options: Any) -> tuple[Recorder, list[Event]]:
    """A plan that was carried out, and the events that its display saw."""
    recorder, seen = Recorder(plan, results, registry, list(done_records(plan, results)[0].values())), list[Event]()
    carry_out(recorder, RunOptions(device="cpu", launcher="inline", **options), seen.append)
    return recorder, seen


def begun(plan: Plan, events: list[Event]) -> Counter[str]:
    """How many runs of each method were begun."""
    methods = {run.run_id: run.method.name for run in plan.runs}
    return Counter(methods[event.run_id] for event in events if isinstance(event, Started))


@pytest.mark.slow
def test_a_bound_is_computed_once_and_each_number_of_shots_has_its_record(registry: Registry, tmp_path: Path) -> None:
    plan = few_shot(registry, 1, 3)
    recorder, seen = carried_out(plan, tmp_path / "both", registry)
    assert begun(plan, seen) == {"source_only": 1, "target_only": 1, "fine_tune": 2}
    assert Counter(event.run_id for event in seen if isinstance(event, Finished)) == {
        run.run_id: 1 for run in plan.runs
    }, "a display counts all runs"
    alone, _ = carried_out(few_shot(registry, 3), tmp_path / "alone", registry)
    for record in alone.records:
        assert numbers(recorder.stored[record.run_id]) == numbers(record), "as if it had been trained for itself"
        same = {"settings", "settings_sha256", "comparison_sha256", "shots", "steps", "images_seen", "error", "plugin"}
        assert recorder.stored[record.run_id].model_dump(include=same) == record.model_dump(include=same)


@pytest.mark.slow
def test_what_a_run_keeps_is_kept_for_each(registry: Registry, tmp_path: Path) -> None:
    plan = few_shot(registry, 1, 3)
    recorder, _ = carried_out(plan, tmp_path, registry, save=("predictions",), output_rows=20)
    by_method = {(record.method, record.shots): record for record in recorder.records}
    for bound in BOUNDS:
        record, other = by_method[bound, 3], by_method[bound, 1]
        mine, theirs = (artifact(tmp_path, one, PREDICTIONS).read_bytes() for one in (record, other))
        assert mine == theirs
        assert json.loads((folder_of(tmp_path, record) / LIST).read_text())["run_id"] == record.run_id
        assert not missing_outputs(record, tmp_path)
        (file,) = outputs_folder(tmp_path, record.run_id).glob(f"{record.checkpoints[-1].step}.npz")
        with np.load(file) as kept:
            assert len(kept["target_logits"]) == 20
    for run in plan.runs:
        assert "done" in log_file(tmp_path, run.stem).read_text()


@pytest.mark.slow
def test_a_later_command_with_more_shots_takes_over_what_is_there(registry: Registry, tmp_path: Path) -> None:
    carried_out(few_shot(registry, 1), tmp_path, registry)
    plan = few_shot(registry, 1, 3)
    recorder, seen = carried_out(plan, tmp_path, registry)
    assert begun(plan, seen) == {"fine_tune": 1}
    assert len(recorder.records) == 6
    assert carried_out(plan, tmp_path, registry)[1] == []


@pytest.mark.slow
def test_a_bound_that_comes_to_nothing_does_so_for_every_number_of_shots(registry: Registry, tmp_path: Path) -> None:
    recorder, _ = carried_out(few_shot(registry, 1, 3), tmp_path, registry, timeout_s=0.0)
    failed = [(record.method, record.shots, record.status) for record in recorder.records if record.method in BOUNDS]
    assert sorted(failed) == [(bound, shots, "timeout") for bound in BOUNDS for shots in (1, 3)]
    assert recorder.failures == 6


@pytest.mark.slow
@pytest.mark.parametrize("track", ["unsupervised", "paired"])
def test_bounds_of_other_tracks_stand_for_themselves(registry: Registry, track: str) -> None:
    """In the track paired the groups that the shots take are no longer the source's."""
    suite = find_suite("mini" if track == "unsupervised" else "mini_paired", registry)
    plan = make_plan(suite, registry, device_kind="cpu")
    assert all(run.computation == run.run_id for run in plan.runs)
    assert len(without_repeats({run.run_id: run for run in plan.runs})) == len(plan.runs)
