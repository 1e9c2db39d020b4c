"""What workers have left in the spool is recorded by the next command, and runs that others make are not made twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dabench.errors import UsageError
from dabench.execution.execute import execute
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runner.launchers.spool import OUTCOME, Spool, Writer
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from dabench.runs.job import Event, Started
from tests.support.toy_runs import numbers, plan_of, run


@pytest.mark.slow
def test_outcomes_of_a_command_that_is_gone_are_collected(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0, 1], bounds=[])
    expected = run(plan, tmp_path / "inline", registry)
    results = tmp_path / "results"
    first = make_jobs(plan, plan.runs, results, registry, RunOptions(device="cpu"))[0]
    writer = Writer(Spool(results).of(first.run_id), 2)
    writer.begin()
    for event in execute(first):
        writer.put(event)
    recorder, seen = Recorder(plan, results, registry), list[Event]()
    assert carry_out(recorder, RunOptions(device="cpu", collect_only=True), seen.append)
    (record,) = recorder.records
    assert numbers(record) == numbers(expected[record.pair, "dann", first.seed])
    assert record.tries == 2
    assert [job.run_id for job in recorder.todo] == [planned.run_id for planned in plan.runs[1:]]
    assert not Spool(results).of(first.run_id).folder.exists()
    seen.clear()
    carry_out(recorder, RunOptions(device="cpu", launcher="inline"), seen.append)
    assert [event.run_id for event in seen if isinstance(event, Started)] == [plan.runs[1].run_id], "made once"
    assert {record.seed: numbers(record) for record in recorder.records} == {
        record.seed: numbers(record) for record in expected.values()
    }


@pytest.mark.slow
def test_a_damaged_outcome_is_made_anew(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    spooled = Spool(tmp_path).of(plan.runs[0].run_id)
    spooled.folder.mkdir(parents=True)
    (spooled.folder / OUTCOME).write_bytes(b"cut off")
    recorder = Recorder(plan, tmp_path, registry)
    carry_out(recorder, RunOptions(device="cpu", launcher="inline"))
    assert [record.status for record in recorder.records] == ["ok"]


def test_runs_that_were_left_to_another_launcher_are_not_made_twice(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    note = Spool(tmp_path).of(plan.runs[0].run_id).task_file
    note.parent.mkdir(parents=True)
    note.write_text(json.dumps({"launcher": "slurm", "number": 1, "task": "17"}))
    recorder = Recorder(plan, tmp_path, registry)
    with pytest.raises(UsageError, match=r"1 of these runs were left to slurm\. --launcher slurm waits for them"):
        carry_out(recorder, RunOptions(device="cpu", launcher="inline"))
    assert not recorder.records
