"""The list of runs that were reproduced elsewhere: `RESULTS/verified.json`.

A mark names a run by its id and a hash of its numbers: where these change, the mark is void.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dabench.errors import ResultsError
from dabench.hashing.canonical import sha256
from dabench.plain_files import read_text
from dabench.results.cells import NUMBERS, RunRow, rows_of
from dabench.results.record_file import write_atomic

FILE = "verified.json"
Verdict = Literal["identical", "within noise"]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Mark(BaseModel):
    """A run that was reproduced.

    Attributes:
        suite: of the run.
        run_id: its id.
        numbers_sha256: hash of its numbers.
        verdict: what the reproduction said.
        commit: of dabench where it was reproduced; None where it is not known.
        torch: release there.
        finished: when, UTC.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    run_id: Hash
    numbers_sha256: Hash
    verdict: Verdict
    commit: str | None
    torch: str
    finished: str


def mark(recorded: RunRow, now: RunRow, verdict: Verdict) -> Mark:
    """The mark of a run, from its row and that of its repetition."""
    return Mark(
        suite=str(recorded["suite"]),
        run_id=str(recorded["run_id"]),
        numbers_sha256=_numbers(recorded),
        verdict=verdict,
        commit=now["code_commit"],
        torch=str(now["env_torch"]),
        finished=str(now["finished"]),
    )


def read_marks(directory: Path) -> list[Mark]:
    """The marks of a results folder; none where there is no list.

    Raises:
        ResultsError: the list cannot be read.
    """
    path = directory / FILE
    if not path.exists():
        return []
    try:
        return [Mark.model_validate(entry) for entry in json.loads(read_text(path))["runs"]]
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError, ValidationError) as error:
        raise ResultsError(
            f"{path} is no list of verified runs: restore it, or delete it and let `dabench results audit` write it."
        ) from error


def write_marks(directory: Path, marks: Iterable[Mark]) -> Path:
    """Write the list, a mark for each run, in a fixed order; of two marks of a run the later one stays.

    Raises:
        ResultsError: it cannot be written.
    """
    by_run = {found.run_id: found for found in marks}
    runs = [by_run[run_id].model_dump() for run_id in sorted(by_run, key=lambda one: (by_run[one].suite, one))]
    return write_atomic(directory / FILE, json.dumps({"runs": runs}, indent=1) + "\n")


def verified_runs(directory: Path, frame: pd.DataFrame) -> frozenset[str]:
    """The `run_id` of the runs of a frame that were reproduced with the numbers that they have.

    Raises:
        ResultsError: the list of a results folder cannot be read.
    """
    marks = {found.run_id: found.numbers_sha256 for found in read_marks(directory)}
    if not marks:
        return frozenset()
    rows = rows_of(frame[frame["run_id"].isin(list(marks))])
    return frozenset(str(row["run_id"]) for row in rows if _numbers(row) == marks[row["run_id"]])


def _numbers(row: Mapping[str, Any]) -> str:
    return sha256({name: row[name] for name in NUMBERS})
