"""Runs are skipped when done, recorded when failed, never silently reused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from dabench.errors import UsageError
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.plugin.uninstalled import packages_of
from dabench.results.environment import code_info
from dabench.runner.launchers import inline, processes
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out, done_records
from dabench.runs.job import Event, Finished, Job, Outcome, Started
from dabench.runs.machine import environment
from tests.support.toy_runs import numbers, plan_of, run, with_limits

PAIR = "toy_a:toy_b"
Launch = Callable[[Sequence[Job], int], Iterator[Event]]


@pytest.mark.slow
def test_done_runs_are_not_repeated(registry: Registry, tmp_path: Path) -> None:
    first = run(plan_of(registry), tmp_path, registry)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    assert len(stamps) == len(first) == 10
    assert run(plan_of(registry), tmp_path, registry) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")} == stamps


@pytest.mark.parametrize(
    "change",
    [
        {"budget": {"steps": 25, "batch": 16, "checkpoints": 3}},
        {"version": 2},
        {"input": {"normalise": "instance"}},
        {"optimiser": {"lr": 0.2}},
        {"readout": "linear_svm"},
        {"backbone": {"name": "toy_net", "options": {"hidden": 9}}},
        {"pairs": [{"pair": PAIR, "options": {"dann": {"gamma": 5}}}]},
    ],
)
def test_a_changed_setting_is_a_different_run(registry: Registry, change: dict[str, object]) -> None:
    before = {run.run_id for run in plan_of(registry, ["dann"]).runs if run.method.name == "dann"}
    after = {run.run_id for run in plan_of(registry, ["dann"], **change).runs if run.method.name == "dann"}
    assert before
    assert not before & after


def test_more_seeds_methods_or_pairs_leave_runs_as_they_are(registry: Registry) -> None:
    before = {run.run_id for run in plan_of(registry, ["dann"]).runs}
    more = plan_of(registry, ["dann", "toy_mean"], seeds=[0, 1, 2], pairs=["toy_b:toy_a", PAIR])
    assert before < {run.run_id for run in more.runs}


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"selector": "source_val"}, {"metric": "balanced_accuracy"}])
def test_a_record_whose_accuracy_means_something_else_is_not_reused(
    registry: Registry, tmp_path: Path, change: dict[str, str]
) -> None:
    run(plan_of(registry, ["dann"], seeds=[0]), tmp_path, registry)
    found, _ = done_records(plan_of(registry, ["dann"], seeds=[0]), tmp_path)
    assert len(found) == 3
    found, _ = done_records(plan_of(registry, ["dann"], seeds=[0], **change), tmp_path)
    assert not found


@pytest.mark.slow
def test_a_run_is_another_one_where_its_plugin_computes_something_else(registry: Registry, site: Any) -> None:
    source = """
        from dabench import DeepMethod
        class Mine(DeepMethod):
            '''Multiplies by its strength.'''
            class Options(DeepMethod.Options):
                weight: float = 1.0
            STRENGTH = 1
            def losses(self, batch):
                return {"class": self.options.weight * self.STRENGTH}
    """
    hooks = """
        from dabench import MethodSpec, hookimpl
        @hookimpl
        def dabench_methods():
            yield MethodSpec(name="mine", entry_point="mine:Mine", summary="mine")
    """
    site.install("mine", {"mine": "mine_hooks"}, mine=source, mine_hooks=hooks)
    from dabench.plugin.registry import load_registry

    file = site.path / "mine.py"
    text = file.read_text()

    def ids(old: str = "", new: str = "") -> set[str]:
        assert old in text
        file.write_text(text.replace(old, new))
        return {run.run_id for run in plan_of(load_registry(), ["mine"]).runs if run.method.name == "mine"}

    before = ids()
    assert before
    assert ids("Multiplies by", "Is weighed with") == before
    assert ids("STRENGTH = 1", "STRENGTH: int = 1  # of what") == before
    assert ids("(self, batch)", "(self, batch: object) -> dict[str, float]") == before
    assert not ids("STRENGTH = 1", "STRENGTH = 2") & before
    assert not ids("weight: float = 1.0", "weight: float = 2.0") & before
    assert not ids("weight * self", "weight / self") & before


@pytest.mark.parametrize("launcher", ["inline", pytest.param("processes", marks=pytest.mark.slow)])
def test_a_run_that_raises_is_a_failed_record_and_stops_no_other(
    registry: Registry, tmp_path: Path, launcher: str
) -> None:
    records = run(plan_of(registry, ["toy_raises", "dann"], seeds=[0]), tmp_path, registry, launcher=launcher)
    broken = records[PAIR, "toy_raises", 0]
    assert broken.status == "failed"
    assert "RuntimeError: the toy broke at step 5" in str(broken.error)
    assert "Traceback" in str(broken.error)
    assert broken.accuracy is None
    assert records[PAIR, "dann", 0].status == "ok"
    log = next(tmp_path.glob("runs/toy/*/toy_raises/*.log"))
    assert "the toy broke at step 5" in log.read_text()


@pytest.mark.slow
def test_a_failed_run_is_tried_again(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["toy_raises"], seeds=[0])
    run(plan, tmp_path, registry)
    found, _ = done_records(plan, tmp_path)
    assert {record.method for record in found.values()} == {"source_only", "target_only"}


@pytest.mark.slow
def test_fail_fast_stops_at_the_first(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["toy_raises", "dann"])
    recorder = Recorder(plan, tmp_path, registry)
    assert not carry_out(recorder, RunOptions(device="cpu", launcher="inline", fail_fast=True))
    assert [record.method for record in recorder.failed] == ["toy_raises"]
    assert len(recorder.records) < len(plan.runs)


@pytest.mark.slow
def test_a_loss_that_is_no_number_is_collapsed(registry: Registry, tmp_path: Path) -> None:
    record = run(plan_of(registry, ["toy_nan"], seeds=[0]), tmp_path, registry)[PAIR, "toy_nan", 0]
    assert record.status == "collapsed"
    assert record.error == "the loss extra became non-finite by step 16"
    assert record.steps == 16
    assert record.accuracy is not None


@pytest.mark.parametrize("method", ["deep_coral", "mmd"])
def test_batches_too_small_for_a_method_are_refused(registry: Registry, method: str) -> None:
    words = f"{method} compares the examples of a batch .* needs batches of 2 or more, and budget.batch is 1"
    with pytest.raises(UsageError, match=words):
        plan_of(registry, [method], sets=("budget.batch=1",))
    assert plan_of(registry, [method], sets=("budget.batch=2",)).runs
    assert plan_of(registry, ["dann"], sets=("budget.batch=1",)).runs


@pytest.mark.slow
def test_batches_too_small_for_batch_norm_are_named(registry: Registry, tmp_path: Path) -> None:
    backbone = {"name": "resnet18", "options": {"weights": "none"}}
    plan = plan_of(registry, ["source_only"], seeds=[0], backbone=backbone, budget={"steps": 2, "batch": 1})
    records = run(plan, tmp_path, registry)
    error = records[PAIR, "source_only", 0].error
    assert error == "batch norm needs batches of two or more while training (budget.batch)"


@pytest.mark.slow
def test_one_class_predictions_are_collapsed(registry: Registry, tmp_path: Path) -> None:
    record = run(plan_of(registry, ["toy_one_class"], seeds=[0]), tmp_path, registry)[PAIR, "toy_one_class", 0]
    assert record.status == "collapsed"
    assert record.accuracy is not None
    assert record.accuracy.selected == pytest.approx(1 / 3)


@pytest.mark.slow
def test_a_worker_that_dies_fails_its_run_alone(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["toy_dies", "toy_exits", "dann"], seeds=[0])
    records = run(plan, tmp_path, registry, launcher="processes", workers=1)
    for method, reason in {"toy_dies": "was killed by SIGKILL", "toy_exits": "exited with code 7"}.items():
        assert records[PAIR, method, 0].status == "failed"
        assert reason in str(records[PAIR, method, 0].error)
    assert records[PAIR, "dann", 0].status == "ok"
    assert len({record.env.model_copy(update={"libraries": ""}) for record in records.values()}) == 1, "one machine"


def test_a_run_without_an_outcome_has_the_environment_of_its_worker(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0])
    recorder = Recorder(plan, tmp_path, registry)
    there = environment("cpu").model_copy(update={"torch": "1.0", "device": "a GPU"})
    first, second, third = plan.runs
    code = code_info().model_copy(update={"commit": "0123456"})
    recorder.take(first, Started(first.run_id, 0, there, code=code))
    recorder.take(first, Finished(first.run_id, Outcome(status="failed", error="the worker process was killed")))
    recorder.take(second, Started(second.run_id, 0))  # a launcher that does not tell
    recorder.take(second, Finished(second.run_id, Outcome(status="failed")))
    recorder.keep(third, Outcome(status="failed", error="no data"))  # no worker took it
    here = [environment("cpu", packages=packages_of(run.method)) for run in (second, third)]
    assert [record.env for record in recorder.records] == [there, *here]
    assert [record.code for record in recorder.records] == [code, code_info(), code_info()]


def _limited(registry: Registry, folder: Path, launch: Launch, method: str, seconds: float) -> dict[str, Outcome]:
    """Outcomes by method of runs of which one alone has a timeout: the others may take what a busy machine needs."""
    plan = plan_of(registry, [method, "dann"], seeds=[0])
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    names = {job.run_id: job.method.name for job in jobs}
    limits = {method: {"timeout_s": seconds, "grace_s": 0.5}}
    limited = [with_limits(job, **limits.get(job.method.name, {})) for job in jobs]
    return {names[event.run_id]: event.outcome for event in launch(limited, 1) if isinstance(event, Finished)}


@pytest.mark.slow
def test_a_timeout_ends_a_slow_run(registry: Registry, tmp_path: Path) -> None:
    outcomes = _limited(registry, tmp_path, inline.launch, "toy_slow", 0.6)
    assert outcomes["toy_slow"].status == "timeout"
    assert "timed out after 0.6 s" in str(outcomes["toy_slow"].error)
    assert outcomes["source_only"].status == outcomes["dann"].status == "ok"


@pytest.mark.slow
def test_a_stuck_run_is_killed_after_its_timeout(registry: Registry, tmp_path: Path) -> None:
    outcomes = _limited(registry, tmp_path, processes.launch, "toy_stuck", 0.5)
    assert outcomes["toy_stuck"].status == "timeout"
    assert "stuck 0.5 s after its timeout of 0.5 s; killed" in str(outcomes["toy_stuck"].error)
    assert outcomes["dann"].status == "ok", "another worker took its place"


@pytest.mark.parametrize("launcher", ["inline", pytest.param("processes", marks=pytest.mark.slow)])
def test_a_timeout_reaches_every_run(registry: Registry, tmp_path: Path, launcher: str) -> None:
    plan = plan_of(registry, ["toy_slow"], seeds=[0], bounds=[])
    (record,) = run(plan, tmp_path, registry, launcher=launcher, timeout_s=0.2).values()
    assert record.status == "timeout"


@pytest.mark.slow
def test_missing_data_stop_only_the_runs_that_need_them(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], pairs=[PAIR, "toy_a:toy_missing"])
    records = run(plan, tmp_path, registry)
    assert records[PAIR, "dann", 0].status == "ok"
    missing = records["toy_a:toy_missing", "dann", 0]
    assert missing.status == "failed"
    assert missing.env == records[PAIR, "dann", 0].env
    assert "put it into DABENCH_DATA_DIR/toys" in str(missing.error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "reason"), [("toy_wide", "have the shape"), ("toy_other_classes", "do not have the same classes")]
)
def test_domains_that_do_not_fit(registry: Registry, tmp_path: Path, target: str, reason: str) -> None:
    records = run(plan_of(registry, ["dann"], seeds=[0], pairs=[f"toy_a:{target}"]), tmp_path, registry)
    assert {record.status for record in records.values()} == {"failed"}
    assert all(reason in str(record.error) for record in records.values())


@pytest.mark.slow
def test_what_a_method_prints_goes_to_its_log(
    registry: Registry, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(plan_of(registry, ["toy_prints"], seeds=[0]), tmp_path, registry)
    log = next(tmp_path.glob("runs/toy/*/toy_prints/*.log")).read_text()
    for text in ("printed by the toy", "on stderr by the toy", "warned by the toy"):
        assert text in log
    assert "by the toy" not in "".join(capfd.readouterr())


@pytest.mark.slow
def test_feature_methods_share_the_source_only_network(registry: Registry, tmp_path: Path) -> None:
    together = run(plan_of(registry, ["coral", "toy_mean"], seeds=[0]), tmp_path / "together", registry)
    (cached,) = (tmp_path / "together/cache/features").glob("*.npz")
    alone = run(plan_of(registry, ["coral"], seeds=[0], bounds=[]), tmp_path / "alone", registry)
    assert list(alone) == [(PAIR, "coral", 0)]
    assert numbers(alone[PAIR, "coral", 0]) == numbers(together[PAIR, "coral", 0])
    assert cached.stat().st_size > 0


@pytest.mark.slow
@pytest.mark.parametrize("readout", ["linear_svm", "rbf_svm", "nearest_neighbour"])
def test_readouts_judge_the_embedding(registry: Registry, tmp_path: Path, readout: str) -> None:
    records = run(plan_of(registry, ["dann", "coral"], seeds=[0], readout=readout), tmp_path, registry)
    assert {record.status for record in records.values()} == {"ok"}
    plain = run(plan_of(registry, ["dann"], seeds=[0]), tmp_path / "plain", registry)
    assert records[PAIR, "dann", 0].checkpoints[-1].losses == plain[PAIR, "dann", 0].checkpoints[-1].losses
    assert records[PAIR, "dann", 0].predictions_sha256 != plain[PAIR, "dann", 0].predictions_sha256


@pytest.mark.slow
def test_the_oracle_is_never_what_is_selected(registry: Registry, tmp_path: Path) -> None:
    records = run(plan_of(registry, selector="source_val"), tmp_path, registry)
    for record in records.values():
        assert record.accuracy is not None
        best = max(record.checkpoints, key=lambda c: (c.scores["source_val_accuracy"], c.step))
        assert record.accuracy.selected == best.target_accuracy == record.selections["source_val"].accuracy
        assert record.accuracy.oracle == max(c.target_accuracy for c in record.checkpoints)


def everyone(pid: int) -> list[int]:
    """A process and its children, as a batch system finds them."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("launcher", "number"),
    [
        ("inline", signal.SIGHUP),
        ("processes", signal.SIGINT),
        pytest.param("processes", signal.SIGTERM, marks=pytest.mark.skipif(sys.platform != "linux", reason="/proc")),
    ],
)
def test_a_signal_ends_it_at_once_and_the_next_call_goes_on(
    registry: Registry, tmp_path: Path, launcher: str, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "dabench", "run", "toy", "--methods", "toy_waits", "--seeds", "0-2"]
    command += ["--results", str(tmp_path / "results"), "--device", "cpu", "--workers", "1", "--launcher", launcher]
    gate = tmp_path / "gate"
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"TOY_GATE": str(gate)},
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),  # noqa: PLW1509 - the tests may run under `nohup`
    ) as process:
        while not Path(f"{gate}.reached").exists():
            assert process.poll() is None
            time.sleep(0.01)
        if number == signal.SIGTERM:  # `scancel` sends it to all processes; workers lead groups of their own
            for pid in reversed(everyone(process.pid)):
                os.kill(pid, number)
        else:
            os.killpg(process.pid, number)  # as a terminal does
        killer = Timer(60, process.kill)  # the run itself would wait for ever
        killer.start()
        _, stderr = process.communicate()
        killer.cancel()
    assert process.returncode == 128 + number, stderr
    said = "Interrupted" if number == signal.SIGINT else f"Stopped by {number.name}"
    assert f"{said}: 3 of 9 runs are left. The same command goes on from here." in stderr
    assert "killed" not in stderr
    assert "Traceback" not in stderr
    assert len(list(tmp_path.rglob("*.json"))) == 6
    assert not list(tmp_path.rglob("*.tmp"))
    gate.touch()
    again = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
    assert again.returncode == 0, again.stderr
    assert "9 runs, 6 of them done before" in again.stderr
    assert len(list(tmp_path.rglob("*.json"))) == 9
