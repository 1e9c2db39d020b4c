"""The file of one record: read, checked and written.

A file that cannot be used is reported with its reason, never deleted and never counted.
"""

from __future__ import annotations

import json
import os
from errno import ENOSPC
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dabench.errors import ResultsError
from dabench.files import replacing
from dabench.hashing.canonical import sha256
from dabench.plain_files import read_plain
from dabench.printable import capped, printable
from dabench.results.csv_file import Flaw, flaw_of, other_schema
from dabench.results.lineage import record_of_today
from dabench.runs.record import HASH, READABLE, RunRecord, run_stem

LARGEST = 64 * 2**20  # bytes of a record
_JSON: TypeAdapter[Any] = TypeAdapter(Any)


def read_record(path: Path) -> RunRecord:
    """The record in one file.

    Raises:
        ResultsError: it is none, or not as it was written.
    """
    record = read_file(path)
    if isinstance(record, Flaw):
        raise ResultsError(str(record))
    return record


def read_file(path: Path, *, links: bool = True) -> RunRecord | Flaw:
    """One record, or why the file is not one."""
    try:
        return _parse(read_plain(path, links=links, most=LARGEST))
    except OSError as error:
        return Flaw(path, f"cannot be read: {error.strerror}")
    except ValueError as error:
        return Flaw(path, printable(str(error)))


def _parse(text: bytes) -> RunRecord:
    """The record in a file.

    Raises:
        ValueError: there is none, or it is not as it was written.
    """
    repeat = "delete it, and the next `dabench run` repeats the run"
    try:
        data = _loads(text)
    except ValueError as error:
        raise ValueError(f"not valid JSON, perhaps cut off ({error}): {repeat}") from error
    except RecursionError as error:
        raise ValueError(f"not valid JSON of dabench, nested too deep: {repeat}") from error
    if not isinstance(data, dict) or "run_id" not in data or "schema" not in data:
        raise ValueError("JSON, but not a record of dabench: move it elsewhere")
    if isinstance(data["schema"], int) and data["schema"] not in READABLE:
        raise ValueError(other_schema(data["schema"]))
    written = data.pop(HASH, None)
    try:
        record = RunRecord.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"not a valid record ({capped(where, 100)}: {first['msg']}): {repeat}") from error
    selected = record.accuracy.selected if record.accuracy else None
    reason = flaw_of({"schema": record.schema_, "status": record.status, "accuracy_selected": selected})
    if reason:
        raise ValueError(reason)
    if written != sha256(data) and (written or record.schema_ > 1):
        raise ValueError(f"edited since it was written, as its {HASH} shows: restore it, or {repeat}")
    return record_of_today(record)


def _loads(text: bytes) -> Any:
    """The value of JSON; raises as json.loads.

    pydantic's parser gives the same values in half the time. It takes UTF-8 without a mark alone, and json.loads has
    clearer words for what is wrong.
    """
    try:
        return _JSON.validate_json(text)
    except ValueError:
        return json.loads(text)


def write_record(directory: Path, record: RunRecord) -> Path:
    """Write a record where `run_stem` says, whole or not at all.

    Raises:
        ResultsError: the folder cannot be written to, or is full.
    """
    return write_atomic(place_of(directory, record), record.to_json())


def place_of(directory: Path, record: RunRecord) -> Path:
    """The file of a record below a results folder.

    Raises:
        ResultsError: a link on the way to it leads out of the folder of records.
    """
    stem = run_stem(record.suite, record.source, record.target, record.method, record.seed, record.run_id)
    runs = directory / "runs"
    path = runs / f"{stem}.json"
    if not f"{os.path.realpath(path.parent)}{os.sep}".startswith(f"{os.path.realpath(runs)}{os.sep}"):
        raise ResultsError(f"{path} lies behind a link that leads out of {runs}: remove the link.")
    return path


def write_atomic(path: Path, content: str | bytes) -> Path:
    """Write a file (text as UTF-8) under a temporary name and rename it: readers see all of it or nothing.

    Raises:
        ResultsError: the folder cannot be written to, or is full.
    """
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        fix = "Free some space" if error.errno == ENOSPC else "Make its folder writable"
        raise ResultsError(f"{path} cannot be written ({error.strerror}). {fix}, or name another place.") from error
    return path
