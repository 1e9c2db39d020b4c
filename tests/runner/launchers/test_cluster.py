"""Runs that are left to a cluster: what cannot be sent, what is queued already, and what has ended meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dabench import ClusterLauncher
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runner.launchers import cluster
from dabench.runner.launchers.base import Left
from dabench.runner.launchers.remote import Ticket
from dabench.runner.launchers.spool import Spool, Writer
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from dabench.runs.job import Event, Finished, Job, Outcome, Started
from dabench.specs.spec import LauncherSpec, Origin, Registered
from tests.support.toy_runs import plan_of


class Desk(ClusterLauncher):
    """Tickets lie on a desk, and nobody takes them."""

    detachable: ClassVar[bool] = True
    submitted: ClassVar[list[list[str]]] = []
    ended: ClassVar[bool] = False

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        self.submitted.append([ticket.run_id for ticket in tickets])
        return self.submitted[-1]

    def fate(self, task: Any) -> str | None:
        return "" if self.ended else None

    def saved(self, task: Any) -> str:
        return str(task)

    def restored(self, text: str) -> Any:
        return text

    def leave(self, jobs: Sequence[Job]) -> Left:
        texts, ends = self.queue(jobs)
        return Left(f"{len(texts)} on the desk" if texts else "", ends)


class Found(Registered[LauncherSpec]):
    def load(self) -> type[Desk]:
        return Desk


@pytest.fixture
def registry(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """With the launcher `my_desk`."""
    monkeypatch.setattr(Desk, "submitted", [])
    spec = LauncherSpec(name="my_desk", entry_point="desk:Desk", summary="a desk")
    return registry.with_specs(LauncherSpec, [Found(spec, Origin(distribution="mine", version="1", entry_point="x"))])


DETACHED = RunOptions(device="cpu", launcher="my_desk", detach=True)


def test_a_run_that_cannot_be_sent_keeps_no_other_from_being_sent(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["toy_unsendable", "dann"], seeds=[0, 1], bounds=[])
    recorder, seen = Recorder(plan, tmp_path, registry), list[Any]()
    assert carry_out(recorder, DETACHED, seen.append)
    assert recorder.left == "2 on the desk"
    sent = {run.run_id for run in plan.runs if run.method.name == "dann"}
    assert {run_id for some in Desk.submitted for run_id in some} == sent
    assert {record.run_id for record in recorder.records} == {run.run_id for run in plan.runs} - sent
    for record in recorder.records:
        assert record.status == "failed"
        assert "cannot be sent to a worker" in str(record.error)
    assert {event.run_id for event in seen} == {record.run_id for record in recorder.records}


def test_where_no_run_can_be_sent_none_is_left(registry: Registry, tmp_path: Path) -> None:
    recorder = Recorder(plan_of(registry, ["toy_unsendable"], seeds=[0], bounds=[]), tmp_path, registry)
    carry_out(recorder, DETACHED)
    assert (recorder.left, [record.status for record in recorder.records]) == ("", ["failed"])


def test_the_note_of_a_task_has_the_name_of_its_launcher(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0, 1], bounds=[])
    for _ in range(2):  # the second command finds all of them queued
        recorder = Recorder(plan, tmp_path, registry)
        carry_out(recorder, DETACHED)
        assert recorder.left == "2 on the desk"
    note = json.loads(Spool(tmp_path).of(plan.runs[0].run_id).task_file.read_text())
    assert note["launcher"] == "my_desk"
    assert len(Desk.submitted) == 1


def test_a_task_that_has_just_ended_well_is_not_begun_anew(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0, 1], bounds=[])
    jobs = make_jobs(plan, plan.runs, tmp_path, registry, DETACHED)
    desk = Desk(Desk.Options(), tmp_path)
    desk.queue(jobs)
    monkeypatch.setattr(Desk, "ended", True)
    first = plan.runs[0].run_id
    Writer(Spool(tmp_path).of(first), 1).put(Finished(first, Outcome(status="failed", error="for tests")))
    desk.queue(jobs)
    assert Desk.submitted == [[run.run_id for run in plan.runs], [plan.runs[1].run_id]], "the other was lost"
    assert Spool(tmp_path).of(first).has_ended


def test_many_runs_are_submitted_by_and_by(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "AT_ONCE", 2)
    plan = plan_of(registry, ["dann"], seeds=list(range(5)), bounds=[])
    texts, _ = Desk(Desk.Options(), tmp_path).queue(make_jobs(plan, plan.runs, tmp_path, registry, DETACHED))
    assert [len(some) for some in Desk.submitted] == [2, 2, 1]
    assert len(texts) == 5


class Small(Desk):
    """It has no room, and ends each run at once."""

    def connect(self) -> None:
        """There is nothing to find."""

    def room(self) -> int:
        return 0

    def fate(self, task: Any) -> str | None:
        return ""

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        for ticket in tickets:
            run = Spool(Path(ticket.results)).of(ticket.run_id)
            Writer(run, ticket.number).put(Finished(ticket.run_id, Outcome(status="failed", error="for tests")))
        return super().submit(tickets)


@pytest.mark.slow
def test_a_cluster_without_room_is_waited_for_and_said(
    registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0, 1], bounds=[])
    jobs = make_jobs(plan, plan.runs, tmp_path, registry, DETACHED)
    events = Small(Small.Options(), tmp_path).launch(jobs, None)
    assert [event.run_id for event in events] == [run.run_id for run in plan.runs]
    assert [len(some) for some in Desk.submitted] == [1, 1]
    assert [record.message for record in caplog.records] == [
        "The cluster has no room at present: runs wait for machines that have what they ask for."
    ]


@pytest.mark.slow
def test_a_command_that_waits_reports_what_cannot_be_sent(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["toy_unsendable", "dann"], seeds=[0], bounds=[])
    jobs = make_jobs(plan, plan.runs, tmp_path, registry, DETACHED)
    ends = [event for event in Small(Small.Options(), tmp_path).launch(jobs, None) if isinstance(event, Finished)]
    errors = {end.run_id: str(end.outcome.error) for end in ends}
    unsendable, sent = (run.run_id for run in sorted(plan.runs, key=lambda run: run.method.name == "dann"))
    assert set(errors) == {unsendable, sent}
    assert "cannot be sent to a worker" in errors[unsendable]
    assert Desk.submitted == [[sent]]


class Line(Desk):
    """Two workers; others wait in line. Runs end one at a time, whenever the command rests."""

    queues_ahead: ClassVar[bool] = True
    line: ClassVar[list[Ticket]] = []

    def connect(self) -> None:
        """There is nothing to find."""

    def room(self) -> int:
        return 2

    def fate(self, task: Any) -> str | None:
        return None

    def cancel(self, task: Any) -> None:
        raise AssertionError(f"{task} is cancelled")

    def submit(self, tickets: Sequence[Ticket]) -> list[Any]:
        self.line.extend(tickets)
        return super().submit(tickets)

    def rest(self, tasks: Sequence[Any], seconds: float) -> None:
        for ticket in self.line[:2]:
            if not ticket.begun:
                self._put(ticket, Started(ticket.run_id, 0))
        for ticket in self.line[:2][-1:]:
            self._put(ticket, Finished(ticket.run_id, Outcome(status="failed", error="for tests")))
            self.line.remove(ticket)

    def _put(self, ticket: Ticket, event: Event) -> None:
        Writer(Spool(self.results).of(ticket.run_id), ticket.number).put(event)


@pytest.mark.parametrize(("workers", "submitted"), [(None, [4, 1, 1]), (2, [2, 1, 1, 1, 1])])
def test_runs_wait_in_line_for_workers(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int | None, submitted: list[int]
) -> None:
    monkeypatch.setattr(Line, "line", [])
    plan = plan_of(registry, ["dann"], seeds=list(range(6)), bounds=[])
    jobs = make_jobs(plan, plan.runs, tmp_path, registry, DETACHED)
    events = list(Line(Line.Options(), tmp_path).launch(jobs, workers))
    assert [len(some) for some in Desk.submitted] == submitted
    assert sorted(event.run_id for event in events if isinstance(event, Finished)) == sorted(job.run_id for job in jobs)
    assert [event.worker for event in events if isinstance(event, Started)] == [0, 1, 1, 1, 1, 1]
