"""Several commands in one results folder, full disks, and what killed commands leave."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dabench.errors import ResultsError
from dabench.execution.run_log import run_log
from dabench.files import replacing, scratch, staging, sweep, temporary_name
from dabench.planning.jobs import RunOptions
from dabench.plugin.registry import Registry
from dabench.results.prune import cached
from dabench.results.underway import FOLDER, claimed
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from tests.support.toy_runs import plan_of, run, with_limits

PAIR = "toy_a:toy_b"
HOLD = """
import sys, time
from pathlib import Path
from dabench.results.underway import claimed
with claimed(Path(sys.argv[1]), ["a", "b"]):
    print("held", flush=True)
    time.sleep(60)
"""


def _gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def _left(path: Path, process: int) -> Path:
    """A temporary name as that process would have made it."""
    own = temporary_name(path).name
    return path.with_name(own.replace(f"-{os.getpid()}.tmp", f"-{process}.tmp"))


def test_two_commands_make_no_run_twice(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        doubles = pytest.raises(ResultsError, match=rf"process {other.pid} on .* is making 1 of these 2 runs")
        with doubles, claimed(tmp_path, ["b", "c"]):
            pass
        with claimed(tmp_path, ["c", "d"]):  # others may be made beside them
            assert len(list((tmp_path / FOLDER).glob("*.txt"))) == 2
        assert cached(tmp_path) == []
        other.kill()
        other.wait()
    with claimed(tmp_path, ["a", "b"]):  # what was killed claims nothing
        assert len(list((tmp_path / FOLDER).glob("*.txt"))) == 1
    assert list((tmp_path / FOLDER).glob("*.txt")) == []


@pytest.mark.slow
def test_a_command_says_that_another_one_is_at_it(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    recorder = Recorder(plan, tmp_path, registry)
    with claimed(tmp_path, [run.run_id for run in plan.runs]):
        command = [sys.executable, "-m", "dabench", "run", "toy", "--methods", "dann", "--seeds", "0"]
        ended = subprocess.run(
            [*command, "--results", str(tmp_path)], capture_output=True, text=True, timeout=100, check=False
        )
    assert ended.returncode == 1
    assert "is making 1 of these 3 runs" in ended.stderr
    assert list(tmp_path.rglob("*.json")) == []
    carry_out(recorder, RunOptions(device="cpu", launcher="inline"))
    assert [record.status for record in recorder.records] == ["ok"]


@pytest.mark.slow
def test_the_probe_of_the_folder_may_be_taken_away_by_another_command(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dabench.runner import runner

    write = runner.write_atomic

    def raced(path: Path, text: str) -> Path:
        write(path, text)
        path.unlink()
        return path

    monkeypatch.setattr(runner, "write_atomic", raced)
    assert run(plan_of(registry, ["dann"], seeds=[0], bounds=[]), tmp_path, registry)[PAIR, "dann", 0].status == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("file write failed")])
def test_a_state_that_cannot_be_written_costs_no_run(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    from dabench.execution import deep_run
    from dabench.planning import jobs

    def full(path: Path, state: dict[str, Any]) -> None:
        raise error

    made = jobs.Job
    monkeypatch.setattr(deep_run, "write_state", full)
    monkeypatch.setattr(jobs, "Job", lambda **fields: with_limits(made(**fields), save_every_s=0.0))
    record = run(plan_of(registry, ["dann"], seeds=[0], bounds=[]), tmp_path, registry)[PAIR, "dann", 0]
    assert record.status == "ok"
    log = next(tmp_path.glob("runs/toy/*/dann/*.log")).read_text()
    assert "cannot be written, so that an interrupted run would start again from the beginning" in log


@pytest.mark.parametrize("launcher", ["inline", pytest.param("processes", marks=pytest.mark.slow)])
def test_a_log_that_cannot_be_opened_is_one_clear_error(registry: Registry, tmp_path: Path, launcher: str) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    (stem,) = [run.stem for run in plan.runs]
    (tmp_path / "runs" / stem).with_suffix(".log").mkdir(parents=True)
    record = run(plan, tmp_path, registry, launcher=launcher)[PAIR, "dann", 0]
    assert record.status == "failed"
    assert "the log" in str(record.error)
    assert "cannot be opened (Is a directory)" in str(record.error)
    assert "Traceback" not in str(record.error)


def test_a_disk_that_is_full_ends_the_log_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: object, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with run_log(tmp_path / "x.log"):
        print("before")
        monkeypatch.setattr("dabench.execution.run_log._write", full)
        print("after")
    assert (tmp_path / "x.log").read_text() == "before\n"


@pytest.mark.slow
def test_what_killed_commands_left_is_gone_with_the_next_start(registry: Registry, tmp_path: Path) -> None:
    (stem,) = [run.stem for run in plan_of(registry, ["dann"], seeds=[0], bounds=[]).runs]
    dead, record = _gone(), (tmp_path / "runs" / stem).with_suffix(".json")
    places = [record, tmp_path / "cache" / "state" / "x.pt", tmp_path / "cache" / "features" / "x.npz"]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        _left(place, dead).write_text("half")
    alive = _left(record, os.getppid())
    alive.write_text("another command is at it")
    mine = record.with_name(".notes.tmp")
    mine.write_text("not ours")
    run(plan_of(registry, ["dann"], seeds=[0], bounds=[]), tmp_path, registry)
    assert sorted(tmp_path.rglob("*.tmp")) == sorted([alive, mine])


def test_staging_folders_and_scratch_folders_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = _gone()
    left = _left(tmp_path / "ready", dead)
    (left / "below").mkdir(parents=True)
    foreign = tmp_path / ".x.00000000-1.tmp"
    foreign.write_text("of another machine")
    with staging(tmp_path / "whole") as folder, replacing(tmp_path / "file") as temporary:
        temporary.write_text("x")
        assert sweep(tmp_path) == [left]
        assert folder.is_dir()
    with scratch() as one:
        killed = one.with_name(one.name.replace(f"-{os.getpid()}-", f"-{dead}-"))
        killed.mkdir()
        with scratch() as other:
            assert one.is_dir()
            assert other.is_dir()
            assert not killed.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [foreign.name, "file"]
    week = time.time() - 8 * 24 * 3600
    os.utime(foreign, (week, week))
    assert sweep(tmp_path) == [foreign]
