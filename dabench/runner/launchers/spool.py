"""Spool of a results folder: workers leave there what becomes of a run, and the command takes it from there.

It lies in `DIR/cache/spool/<run_id>/`, where every machine of a cluster sees it. `<try>.jsonl` has a line for each
event but the last, `outcome.safetensors` has the end of the run: arrays of numbers and JSON, no pickles. What a run
predicts stays there until a command has judged it, so nothing is lost with the command that launched the run.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from dabench.errors import ResultsError
from dabench.files import DamagedFileError, read_sealed, replacing, sealed
from dabench.runner.launchers.remote import FOLDER
from dabench.runs.job import Answer, Event, Finished, Outcome, Predictions, Progress, Started
from dabench.runs.record import CodeInfo, Environment

OUTCOME = "outcome.safetensors"
EVERY_S = 1.0  # between two lines of progress that is no checkpoint
_JUDGED = {"accuracy", "selections", "per_class", "checkpoints", "metrics", "predictions_sha256"}  # by the command
_PLAIN = [item.name for item in fields(Outcome) if item.name not in {*_JUDGED, "answers", "environment"}]


@dataclass(frozen=True)
class Spool:
    """The spool of a results folder, which need not exist.

    Attributes:
        results: the folder, absolute.
    """

    results: Path

    @cached_property
    def folder(self) -> Path:
        """Its folder."""
        return self.results / FOLDER

    def of(self, run_id: str) -> SpooledRun:
        """The part of one run."""
        return SpooledRun(self.folder / run_id, run_id)

    def ended(self) -> list[SpooledRun]:
        """The runs that have ended and were not taken yet."""
        return [self.of(path.parent.name) for path in sorted(self.folder.glob(f"*/{OUTCOME}"))]


@dataclass(frozen=True)
class SpooledRun:
    """The spool of one run.

    Attributes:
        folder: of the run.
    """

    folder: Path
    run_id: str

    def lines(self, number: int) -> Path:
        """The file of the events of a try."""
        return self.folder / f"{number}.jsonl"

    def tail(self, number: int) -> Tail:
        """The events of a try, as they come."""
        return Tail(self.run_id, self.lines(number))

    @property
    def has_ended(self) -> bool:
        """Whether its outcome is there."""
        return (self.folder / OUTCOME).is_file()

    def finished(self) -> Finished:
        """The end of the run, to be judged.

        Raises:
            DamagedFileError: it is not what a worker has written.
        """
        content = read_sealed(self.folder / OUTCOME)
        try:
            arrays = load(content)
            return _finished(self.run_id, json.loads(bytes(arrays["plain"])), arrays)
        except (KeyError, TypeError, ValueError, SafetensorError) as error:
            raise DamagedFileError(f"{self.folder} is of another version of dabench: {error!r}") from error

    def started(self) -> Started | None:
        """The beginning of the last try, with what its worker has said of itself; None if none has."""
        events = [event for path in sorted(self.folder.glob("*.jsonl")) for event in Tail(self.run_id, path).news()]
        return next((event for event in reversed(events) if isinstance(event, Started)), None)

    @property
    def task_file(self) -> Path:
        """The file that says which task of which launcher makes the run, where tasks outlive the command."""
        return self.folder / "task.json"

    def forget(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Writer:
    """The worker's end of the spool, for one try of a run."""

    def __init__(self, run: SpooledRun, number: int) -> None:
        """Begin the try.

        Args:
            run: its part of the spool.
            number: of the try, from 1 on.
        """
        self._run, self._number, self._last = run, number, 0.0

    def begin(self) -> None:
        """Say that a worker has taken the try."""
        self._run.folder.mkdir(parents=True, exist_ok=True)
        self._run.lines(self._number).touch()

    def put(self, event: Event) -> None:
        """Write an event; of progress between checkpoints one a second."""
        if isinstance(event, Finished):
            write_outcome(self._run, replace(event, outcome=replace(event.outcome, tries=self._number)))
            return
        now = time.monotonic()
        if isinstance(event, Progress) and event.values is event.losses is None and now - self._last < EVERY_S:
            return
        self._last = now
        with self._run.lines(self._number).open("a", encoding="utf-8") as file:
            file.write(json.dumps(_plain(event)) + "\n")


class Tail:
    """The command's end of the spool: the events of a try, as they come."""

    def __init__(self, run_id: str, path: Path) -> None:
        """Begin at the first line of a file, which need not exist."""
        self._run_id, self._path, self._read = run_id, path, 0

    def news(self) -> Iterator[Started | Progress]:
        """The events since the last call."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                text = file.read()
        except FileNotFoundError:
            return
        whole = text[: text.rfind(b"\n") + 1]  # the last line may not be finished yet
        self._read += len(whole)
        for line in whole.splitlines():
            yield _event(self._run_id, json.loads(line))


def write_outcome(run: SpooledRun, event: Finished) -> None:
    """Write the end of a run, whole or not at all; after a power cut it may be gone, and the run is made anew.

    Raises:
        ResultsError: the spool cannot be written.
    """
    outcome = event.outcome
    plain: dict[str, Any] = {name: getattr(outcome, name) for name in _PLAIN}
    plain["environment"] = outcome.environment and outcome.environment.model_dump()
    plain["changed"] = event.changed
    plain["answers"] = [{"step": one.step, "losses": one.losses, "scores": one.scores} for one in outcome.answers]
    arrays: dict[str, NDArray[Any]] = {"plain": np.frombuffer(json.dumps(plain).encode(), np.uint8)}
    for place, answer in enumerate(outcome.answers):
        for name in ("classes", "confidence"):
            values = getattr(answer.predictions, name)
            if values is not None:
                arrays[f"{name}_{place}"] = np.ascontiguousarray(values)  # safetensors takes the memory as it lies
    try:
        with replacing(run.folder / OUTCOME, lasting=False) as temporary:
            temporary.write_bytes(sealed(save(arrays)))
    except OSError as error:
        raise ResultsError(f"{run.folder} cannot be written ({error.strerror}): make room for it.") from error


def _finished(run_id: str, plain: dict[str, Any], arrays: dict[str, Any]) -> Finished:
    answers = tuple(
        Answer(**one, predictions=Predictions(arrays[f"classes_{place}"], arrays.get(f"confidence_{place}")))
        for place, one in enumerate(plain.pop("answers"))
    )
    changed, environment = plain.pop("changed"), plain.pop("environment")
    known = {item.name for item in fields(Outcome)}
    if set(plain) - known:
        raise ValueError(f"unknown fields {sorted(set(plain) - known)}")
    seen = Environment.model_validate(environment) if environment else None
    return Finished(run_id, Outcome(**plain, answers=answers, environment=seen), tuple(changed))


def _plain(event: Started | Progress) -> dict[str, Any]:
    if isinstance(event, Progress):
        return {item.name: getattr(event, item.name) for item in fields(event) if item.name != "run_id"}
    return {
        "worker": event.worker,
        "resumed": event.resumed,
        "environment": event.environment and event.environment.model_dump(),
        "code": event.code and event.code.model_dump(),
    }


def _event(run_id: str, plain: dict[str, Any]) -> Started | Progress:
    if "step" in plain:
        return Progress(run_id, **plain)
    environment, code = plain["environment"], plain["code"]
    return Started(
        run_id,
        plain["worker"],
        Environment.model_validate(environment) if environment else None,
        plain["resumed"],
        CodeInfo.model_validate(code) if code else None,
    )
