"""Results of several machines in one folder: no run is lost, none is there twice, and no conflict is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from dabench.errors import ResultsError
from dabench.files import replacing
from dabench.plain_files import read_plain
from dabench.results.cells import NUMBERS, rows_of
from dabench.results.changes import changes
from dabench.results.csv_file import Flaw, csv_text, frame_of, read_csv
from dabench.results.publish import in_order
from dabench.results.record_file import place_of, write_atomic
from dabench.results.records import find_records
from dabench.runs.record import RunRecord, flatten

TIMES = {"train_s", "wall_s", "examples_per_s", "peak_memory_bytes", "finished", "env", "code", "schema_"}


@dataclass
class Merged:
    """The result of a merge.

    Attributes:
        copied: records that were new, with their logs.
        replaced: failed runs whose place a run that went well has taken.
        there: runs that were there already.
        rows: published rows that were new.
        conflicts: runs that both sides have with other numbers; what was there stays.
        flaws: what could not be read, and was not taken.
    """

    copied: int = 0
    replaced: int = 0
    there: int = 0
    rows: int = 0
    conflicts: list[str] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)


def merge(into: Path, sources: Sequence[Path]) -> Merged:
    """Take over the runs of other results folders.

    A run is known by its `run_id`, whose records have the same name on every machine. Of one that is there twice with
    the same numbers the first stays; one that failed makes place for one that did not.

    Args:
        into: takes the runs; made if it is not there.
        sources: are only read.

    Raises:
        ResultsError: a source is no results folder, or `into` cannot be written.
    """
    for source in sources:
        if not source.is_dir():
            raise ResultsError(f"{source} is no results folder.")
        if source.resolve() == into.resolve():
            raise ResultsError(f"{source} cannot be merged into itself.")
    done = Merged()
    for source in sources:
        _merge_records(into, source, done)
    for source in sources:
        _merge_rows(into, source, done)
    return done


def _merge_records(into: Path, source: Path, done: Merged) -> None:
    have = {record.run_id: (path, record) for path, record in find_records(into)[0]}
    records, flaws = find_records(source)
    done.flaws += flaws
    for path, record in records:
        target = place_of(into, record)
        there, twin = have.get(record.run_id, (target, None))
        if twin is None and target.exists():
            done.conflicts.append(f"{target} is in the way of {path}, and is not a readable record")
        elif twin is None:
            _copy(path, target)
            done.copied += 1
        elif record.done and not twin.done:
            _copy(path, there)
            done.replaced += 1
        elif record.done and _numbers(record) != _numbers(twin):
            done.conflicts.append(f"{path} and {there} are the same run with other numbers{_why(record, twin)}")
        else:
            done.there += 1


def _why(record: RunRecord, twin: RunRecord) -> str:
    """The likeliest reason for other numbers of the same run, in parentheses; an empty string without any."""
    before, now = (rows_of(frame_of([flatten(item)])) for item in (record, twin))
    found = changes(before, now)
    return f" ({found[0]})" if found else ""


def _numbers(record: RunRecord) -> str:
    """The values that a repetition of a run must give again."""
    return record.model_dump_json(exclude=TIMES)


def _copy(source: Path, target: Path) -> None:
    """Copy a record and its log, if it has one; the record comes last. Nothing else, and no link, is followed."""
    log = source.with_suffix(".log")
    for path in [log, source] if log.is_file() and not log.is_symlink() else [source]:
        try:
            with replacing(target.with_suffix(path.suffix)) as temporary:
                temporary.write_bytes(read_plain(path, links=False))
        except OSError as error:
            raise ResultsError(f"{path} cannot be copied to {target.parent} ({error.strerror}).") from error


def _merge_rows(into: Path, source: Path, done: Merged) -> None:
    """Add published rows of runs that are nowhere in `into`, to the file of the same name."""
    known = {record.run_id for _, record in find_records(into)[0]}
    for file in sorted(source.glob("*.csv")):
        if file.is_symlink():
            done.flaws.append(Flaw(file, "a link, which is not followed: copy the file itself"))
            continue
        rows, flaws = read_csv(file)
        done.flaws += flaws
        target = into / file.name
        own, flaws = read_csv(target) if target.exists() else (rows.iloc[:0], [])
        if flaws:
            done.conflicts.append(f"{file} is not merged: {flaws[0]}")
            continue
        both = own.merge(rows, on="run_id", suffixes=("", "_other"))
        for run in both.to_dict("records"):
            if any(_differ(run[name], run[f"{name}_other"]) for name in NUMBERS):
                done.conflicts.append(f"{file} and {target} have the run {run['run_id'][:12]} with other numbers")
        new = rows[~rows["run_id"].isin(known | set(own["run_id"]))]
        done.there += len(rows) - len(new)
        done.rows += len(new)
        if len(new):
            write_atomic(target, csv_text(in_order(pd.concat([own, new], ignore_index=True))))


def _differ(one: Any, other: Any) -> bool:
    return bool(one != other and not (pd.isna(one) and pd.isna(other)))
