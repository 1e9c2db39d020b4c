"""Unruly methods harm nobody else: later runs have the same numbers, and the command ends with a word."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from dabench.errors import DabenchError
from dabench.planning.jobs import RunOptions
from dabench.plugin.registry import Registry
from dabench.results.records import find_records
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from dabench.runs.job import Finished
from dabench.session.progress import ProgressDisplay
from tests.support.toy_runs import numbers, plan_of, run

PAIR = "toy_a:toy_b"
LEAVE = {
    "toy_dtype": "torch's default dtype from torch.float32 to torch.float64",
    "toy_gradients": "whether gradients are recorded from True to False",
    "toy_backward": "what torch.Tensor.backward is",
    "toy_moves": "environment variables (DABENCH_TOY)",
}


@pytest.mark.parametrize("launcher", ["inline", "processes"])
def test_what_a_run_leaves_reaches_no_later_run_and_is_said(
    registry: Registry, tmp_path: Path, launcher: str, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = run(plan_of(registry, ["dann"], seeds=[0], bounds=[]), tmp_path / "alone", registry)[PAIR, "dann", 0]
    here, environment = Path.cwd(), dict(os.environ)
    for method in LEAVE if launcher == "inline" else ("toy_backward", "toy_moves"):
        plan = plan_of(registry, [method, "dann"], seeds=[0], bounds=[])
        recorder = Recorder(plan, tmp_path / method, registry)
        events: list[Finished] = []
        with ProgressDisplay(plan.runs, Console(file=sys.stdout, width=500)) as display:

            def see(event: object, display: ProgressDisplay = display, events: list[Finished] = events) -> None:
                display.show(event)  # type: ignore[arg-type]
                if isinstance(event, Finished):
                    events.append(event)

            carry_out(recorder, RunOptions(device="cpu", launcher=launcher), see)
        records = {record.method: record for record in recorder.records}
        assert records[method].done
        assert numbers(records["dann"]) == numbers(alone)
        shown = capsys.readouterr().out
        assert f"Warning: {PAIR} {method} seed 0 changed in its process" in shown
        assert LEAVE[method] in shown
        assert [bool(event.changed) for event in events] == [run.method.name == method for run in plan.runs]
        log = next((tmp_path / method).glob(f"runs/toy/*/{method}/*.log")).read_text()
        assert LEAVE[method] in log
    assert (Path.cwd(), dict(os.environ)) == (here, environment)


def test_methods_that_ship_leave_nothing(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann", "deep_coral", "coral", "mmd", "adabn"], seeds=[0])
    changed: list[str] = []
    carry_out(
        Recorder(plan, tmp_path, registry),
        RunOptions(device="cpu", launcher="inline"),
        lambda event: changed.extend(event.changed if isinstance(event, Finished) else ()),
    )
    assert changed == []


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("toy_wide_scores", ", 4): return a score"),
        ("toy_few_scores", "got torch.float32 of shape"),
        ("toy_half_nan", "rows with scores that are no numbers"),
        ("toy_integers", "got torch.int64 of shape"),
        ("toy_flat", "got int64 of shape"),
        ("toy_exits_politely", "SystemExit: enough"),
        ("toy_unusual", "Unusual: no exception"),
    ],
)
def test_nonsense_is_a_failed_run_with_the_reason(registry: Registry, tmp_path: Path, method: str, reason: str) -> None:
    record = run(plan_of(registry, [method], seeds=[0], bounds=[]), tmp_path, registry)[PAIR, method, 0]
    assert record.status == "failed"
    assert record.accuracy is None
    assert reason in str(record.error)


def test_a_loss_with_an_odd_name_is_recorded_in_plain_text(registry: Registry, tmp_path: Path) -> None:
    record = run(plan_of(registry, ["toy_odd_loss"], seeds=[0], bounds=[]), tmp_path, registry)[PAIR, "toy_odd_loss", 0]
    assert record.status == "ok"
    assert list(record.checkpoints[0].losses) == [r"\udcff\n"]


@pytest.mark.parametrize("launcher", ["inline", "processes"])
def test_an_endless_error_is_kept_with_both_ends(registry: Registry, tmp_path: Path, launcher: str) -> None:
    plan = plan_of(registry, ["toy_says_too_much", "dann"], seeds=[0], bounds=[])
    records = run(plan, tmp_path, registry, launcher=launcher)
    assert records[PAIR, "dann", 0].status == "ok"
    error = str(records[PAIR, "toy_says_too_much", 0].error)
    assert r"begin \udcff \x1b[31mxxx" in error
    assert error.endswith("xxx end\n")
    assert "characters are left out" in error
    assert len(error) < 50_000
    log = next(tmp_path.glob("runs/toy/*/toy_says_too_much/*.log"))
    assert log.stat().st_size < 2_000_000
    text = log.read_text()
    assert r"the last line \udcff" in text
    assert "characters are left out" in text
    assert text.rstrip().endswith("failed")


@pytest.mark.timeout(100)
@pytest.mark.parametrize(
    ("method", "reason"), [("toy_forks", "exited with code 3"), ("toy_forks_and_raises", "in the worker")]
)
def test_a_method_that_forks_holds_nobody_up(registry: Registry, tmp_path: Path, method: str, reason: str) -> None:
    plan = plan_of(registry, [method, "dann"], seeds=[0], bounds=[])
    begun = time.monotonic()
    records = run(plan, tmp_path, registry, launcher="processes", workers=1)
    assert time.monotonic() - begun < 90
    assert reason in str(records[PAIR, method, 0].error)
    assert records[PAIR, "dann", 0].status == "ok"


@pytest.mark.timeout(100)
def test_workers_that_cannot_start_end_the_plan_with_the_reason(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken" / "torch").mkdir(parents=True)
    (tmp_path / "broken" / "torch" / "__init__.py").write_text("raise ImportError('libtoy.so is missing')")
    plan = plan_of(registry, ["dann"], seeds=list(range(6)), bounds=[])
    monkeypatch.syspath_prepend(str(tmp_path / "broken"))  # which workers inherit
    recorder = Recorder(plan, tmp_path, registry)
    with pytest.raises(DabenchError, match=r"3 worker processes in a row could not start.*libtoy\.so is missing"):
        carry_out(recorder, RunOptions(device="cpu", workers=2))
    assert [record.status for record in recorder.records] == ["failed"] * 3


@pytest.mark.timeout(100)
def test_a_worker_that_is_gone_when_it_gets_a_job_is_replaced(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dabench.runner.launchers import processes

    class Gone(processes.Worker):
        count = 0

        def __init__(self, number: int) -> None:
            super().__init__(number)
            Gone.count += 1
            if Gone.count == 1:
                self.process.kill()
                self.process.join()

    monkeypatch.setattr(processes, "Worker", Gone)
    plan = plan_of(registry, ["dann"], seeds=[0, 1], bounds=[])
    records = run(plan, tmp_path, registry, launcher="processes", workers=1)
    first, second = (records[PAIR, "dann", seed] for seed in (0, 1))
    assert "was killed by SIGKILL before it was ready" in str(first.error)
    assert second.status == "ok"


@pytest.mark.timeout(100)
def test_jobs_that_cannot_travel_are_failed_runs_with_the_reason(registry: Registry, tmp_path: Path) -> None:
    methods = {"toy_unsendable": "cannot be sent to a worker", "toy_unreadable": "cannot read its job: ValueError"}
    plan = plan_of(registry, [*methods, "dann"], seeds=[0, 1], bounds=[])
    records = run(plan, tmp_path, registry, launcher="processes", workers=1)
    for method, reason in methods.items():
        assert reason in str(records[PAIR, method, 1].error)
    assert records[PAIR, "dann", 1].status == "ok"


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.timeout(100)
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to find the workers")
def test_workers_end_with_a_parent_that_is_killed(registry: Registry, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "dabench",
        "run",
        "toy",
        "--methods",
        "toy_stuck",
        "--seeds",
        "0",
        "--workers",
        "1",
    ]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as parent:
        while not list(tmp_path.glob("results/runs/toy/*/toy_stuck/*.log")):  # after the bounds
            assert parent.poll() is None
            time.sleep(0.2)
        workers = _children(parent.pid)
        assert workers
        os.kill(parent.pid, signal.SIGKILL)
    until = time.monotonic() + 20
    while any(map(_runs, workers)):
        assert time.monotonic() < until, "workers outlive their parent"
        time.sleep(0.1)


def test_records_of_unruly_methods_are_readable(registry: Registry, tmp_path: Path) -> None:
    run(plan_of(registry, ["toy_says_too_much", "toy_odd_loss"], seeds=[0], bounds=[]), tmp_path, registry)
    records, problems = find_records(tmp_path)
    assert (len(records), problems) == (2, [])
    assert json.loads(records[0][0].read_text())
