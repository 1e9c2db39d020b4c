"""The test kit of launchers: one must carry out runs as `inline` does, whatever happens meanwhile.

A test of a plugin's launcher is three lines::

    @pytest.mark.parametrize("check", LAUNCHER_CHECKS)
    def test_my_cluster(check, tmp_path):
        check("my_cluster", tmp_path, {"address": "auto"})

Every check trains tiny networks for a few steps, in workers of the launcher, on two domains that need no download.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dabench.config.suite import Suite
from dabench.files import is_alive
from dabench.parallel.signals import KILL
from dabench.planning.jobs import RunOptions
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry, load_registry
from dabench.results.records import find_records
from dabench.runner.launchers.base import class_of
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out, done_records
from dabench.runs.job import Event, Finished, Progress, Started
from dabench.runs.plan import Plan
from dabench.runs.record import RunRecord
from dabench.specs.spec import LauncherSpec, MethodSpec, Origin, Registered
from dabench.testing.failure import CheckFailedError
from dabench.testing.unruly import METHODS

Check = Callable[[str, Path, Mapping[str, Any]], None]
Records = Mapping[tuple[str, int], RunRecord]
"""By method and seed."""

OF_A_MACHINE = ("train_s", "wall_s", "examples_per_s", "peak_memory_bytes", "env", "code", "finished", "tries")
"""Fields of a record that may differ from one launcher to the other."""

PATIENCE_S = 120.0  # for what takes seconds on an idle machine
PLAIN: tuple[Any, ...] = ("source_only", "dann", "coral")


def check_records(launcher: str, folder: Path, options: Mapping[str, Any]) -> None:
    """Records equal those of `inline`; what reads a shared network comes after it; an error and a death fail no other.

    Raises:
        CheckFailedError: they do not.
    """
    registry = registry_of_kit()
    retries = "retries" in class_of(registry.get(LauncherSpec, launcher)).Options.model_fields
    unruly = ["kit_raises", *(["kit_dies_once"] if retries else [])]
    plan = plan_of(registry, folder / "files", [*PLAIN, *unruly])
    (folder / "files" / "DiesOnce.died").touch()  # where it would take the process of this check along
    expected, _ = records_of(plan, folder / "expected", registry, launcher="inline")
    (folder / "files" / "DiesOnce.died").unlink()
    more = {"retries": 1} if retries else {}
    seen, events = records_of(
        plan, folder / launcher, registry, launcher=launcher, launcher_options={**options, **more}, workers=2
    )
    compare(expected, seen)
    _demand(
        seen["kit_raises", 0].status == "failed", "a failed run", seen["kit_raises", 0].status, "hand on all events"
    )
    tries = {name: record.tries for (name, _), record in seen.items()}
    right = {name: 2 if name == "kit_dies_once" else 1 for name, _ in seen}
    _demand(tries == right, f"tries {right}", str(tries), "try a run again whose worker has died, and count it")
    ends = [event.run_id for event in events if isinstance(event, Finished)]
    _demand(len(ends) == len(set(ends)) == len(plan.runs), "one end of each run", str(len(ends)), "yield each once")
    names = {run.run_id: run.method.name for run in plan.runs}
    order = [(type(event), names[event.run_id]) for event in events]
    late = order.index((Started, "coral")) > order.index((Finished, "source_only"))
    _demand(late, "coral after the network that it reads", "before it", "take jobs from dabench.WaitingJobs")
    steps = [event.step for event in events if isinstance(event, Progress) and event.values is not None]
    _demand(bool(steps), "progress at checkpoints", "none", "hand on all events")


def check_endless_run(launcher: str, folder: Path, options: Mapping[str, Any]) -> None:
    """A run that is stuck in native code is ended after its timeout.

    Raises:
        CheckFailedError: it is not, or by another status.
    """
    registry = registry_of_kit()
    plan = plan_of(registry, folder / "files", ["kit_endless"])
    seen, _ = records_of(
        plan, folder / launcher, registry,
        launcher=launcher, launcher_options=options, workers=1, timeout_s=1.0, grace_s=0.5,
    )  # fmt: skip
    status = seen["kit_endless", 0].status
    _demand(status == "timeout", "the status timeout", status, "end the process of a run after limits.timeout_s")


def check_interruption(launcher: str, folder: Path, options: Mapping[str, Any]) -> None:
    """Ctrl-C leaves nothing computing, and the next command goes on.

    Raises:
        CheckFailedError: something computes on, or records are missing.
    """
    _stopped(launcher, folder, options, signal.SIGINT)


def check_dying_driver(launcher: str, folder: Path, options: Mapping[str, Any]) -> None:
    """A command that is killed loses nothing that had ended, and the next one goes on.

    Raises:
        CheckFailedError: a run that had ended was made again, or records are missing.
    """
    _stopped(launcher, folder, options, KILL)


LAUNCHER_CHECKS: tuple[Check, ...] = (check_records, check_endless_run, check_interruption, check_dying_driver)


def _stopped(launcher: str, folder: Path, options: Mapping[str, Any], number: int) -> None:
    """Stop a command by a signal while one run waits and another has ended; then give it again."""
    registry = registry_of_kit()
    files, methods = folder / "files", ["kit_plain", "kit_waits"]
    plan = plan_of(registry, files, methods)
    command = [
        sys.executable, "-m", "dabench.testing.launchers",
        json.dumps({"launcher": launcher, "folder": str(folder), "options": dict(options), "methods": methods}),
    ]  # fmt: skip
    with subprocess.Popen(command, start_new_session=True) as driver:
        try:
            wait_for(lambda: (files / "Waits.reached").exists() or driver.poll() is not None, "the method that waits")
            _demand(driver.poll() is None, "a command that goes on", "one that has ended", "see its message")
            wait_for(lambda: _ended(folder / launcher, plan, "kit_plain"), "the end of the other run")
            os.kill(driver.pid, number)
            driver.wait(PATIENCE_S)
        finally:
            driver.kill()  # a failure above would wait for its end
    worker = int((files / "Waits.begun").read_text().split()[-1])
    if number == signal.SIGINT:
        wait_for(lambda: not is_alive(worker), "the end of the worker: something computes after Ctrl-C")
    (files / "Waits.gate").touch()
    if number != signal.SIGINT:  # it may go on, and then its outcome must not be lost
        time.sleep(1)
    done = subprocess.run(command, check=False, timeout=PATIENCE_S)
    _demand(done.returncode == 0, "a command that succeeds", f"exit code {done.returncode}", "see its message")
    records, flaws = find_records(folder / launcher)
    _demand(not flaws, "valid records", str(flaws), "leave the writing of records to the command")
    seen = {(record.method, record.seed): record for _, record in records}
    _demand(len(records) == len(plan.runs), f"{len(plan.runs)} records", str(len(records)), "one of each run")
    expected, _ = records_of(plan, folder / "expected", registry, launcher="inline")
    compare(expected, seen)
    begun = (files / "Plain.begun").read_text().split()
    _demand(len(begun) == 2, "one training of a run that had ended", f"{len(begun) - 1}", "spool outcomes as they come")


def _ended(results: Path, plan: Plan, method: str) -> bool:
    """Whether a run has a record, or an outcome in the spool."""
    from dabench.runner.launchers.spool import Spool

    (run,) = (run for run in plan.runs if run.method.name == method)
    return Spool(results).of(run.run_id).has_ended or (results / "runs" / run.stem).with_suffix(".json").exists()


def registry_of_kit() -> Registry:
    """The plugins of this environment, and the methods of the kit."""
    origin = Origin(distribution="dabench", version="kit", entry_point="kit")
    return load_registry().with_specs(MethodSpec, [Registered(spec, origin) for spec in METHODS])


def plan_of(registry: Registry, files: Path, methods: Sequence[str], seeds: Sequence[int] = (0,)) -> Plan:
    """A plan of tiny runs; `files` is the folder of the kit's methods."""
    files.mkdir(parents=True, exist_ok=True)
    suite = Suite.model_validate({
        "name": "kit", "seeds": list(seeds), "backbone": "mini_cnn", "bounds": [], "pairs": ["glyphs:digits"],
        "optimiser": {"name": "sgd", "lr": 0.02}, "budget": {"steps": 6, "batch": 8, "checkpoints": 3},
        "methods": [
            {"method": name, "options": {"folder": str(files)} if name.startswith("kit_") else {}} for name in methods
        ],
    })  # fmt: skip
    return make_plan(suite, registry, device_kind="cpu")


def records_of(plan: Plan, results: Path, registry: Registry, **options: Any) -> tuple[Records, list[Event]]:
    """Carry out a plan: records by method and seed, and the events."""
    events: list[Event] = []
    found, _ = done_records(plan, results)
    recorder = Recorder(plan, results, registry, list(found.values()))
    carry_out(recorder, RunOptions(device="cpu", **options), events.append)
    return {(record.method, record.seed): record for record in recorder.records}, events


def compare(expected: Records, seen: Records) -> None:
    """Raise a CheckFailedError if records differ in more than `OF_A_MACHINE`."""
    for key, record in expected.items():
        name = record.method
        one, other = (item.model_dump(exclude=set(OF_A_MACHINE)) for item in (record, seen[key]))
        differs = [field for field, value in one.items() if value != other[field]]
        if name == "kit_raises":  # its error is a traceback with places, and its steps are those of the last look
            differs = [field for field in differs if field not in ("error", "steps")]
        found = ", ".join(f"{field} {other[field]}" for field in differs)
        _demand(not differs, f"the record of {name} as inline has it", found, "execute jobs as they are")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until something holds; raise a CheckFailedError where it takes too long."""
    until = time.monotonic() + PATIENCE_S
    while not condition():
        _demand(time.monotonic() < until, what, f"nothing within {PATIENCE_S:g} s", "see the log of the run")
        time.sleep(0.05)


def _demand(holds: bool, expected: str, got: str, fix: str) -> None:
    if not holds:
        raise CheckFailedError(expected=expected, got=got, fix=fix)


def main(text: str) -> None:
    """Carry out a plan of the kit in this process, which a check stops."""
    told = json.loads(text)
    folder, registry = Path(told["folder"]), registry_of_kit()
    plan = plan_of(registry, folder / "files", told["methods"])
    try:
        records_of(
            plan, folder / told["launcher"], registry,
            launcher=told["launcher"], launcher_options=told["options"], workers=2,
        )  # fmt: skip
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1])
