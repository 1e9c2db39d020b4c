"""An index of the records of a suite, beside them: reading a hundred thousand files takes a minute.

The records are the truth. An entry stands for a record that was checked like any other, and counts as long as its file
has the same size and the same times, down to the nanosecond; else the file is read again. So it is after a change of
the code that reads records. The index may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from dabench.files import replacing
from dabench.results.stored import Row, Stamp, column_names, row_from

FOLDER = Path("cache") / "index"
LEAST = 500  # records that are worth an index
SETTLED_NS = 2_000_000_000  # a file that was written a moment ago may change again without another time
_READERS = ("dabench.runs", "dabench.results", "dabench.hashing", "dabench.specs")

Entries = dict[str, tuple[Stamp, Row]]
"""Stamp and row by the path below the folder of records."""


def read_index(directory: Path, suite: str) -> Entries:
    """The entries of a suite's folder; none if there is no index, or none that today's code would have written.

    Args:
        directory: a results folder.
        suite: the name of a folder in `directory/runs`.
    """
    try:
        head, _, text = _path(directory, suite).read_bytes().partition(b"\n")
        if head.decode() != _head(text):
            return {}
        body = json.loads(text)
        texts, paths = body["texts"], body["paths"]
        decoded = [
            [None if code is None else texts[code] for code in values] if coded else values
            for coded, values in (body["columns"][name] for name in column_names())
        ]
        rows = map(row_from, zip(*decoded, strict=True))
        stamps = zip(*body["stamps"], strict=True)
        return {path: (stamp, row) for path, stamp, row in zip(paths, stamps, rows, strict=True)}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):  # whatever lies there, it is made anew
        return {}


def write_index(directory: Path, suite: str, entries: Entries) -> None:
    """Write the entries of files that have settled; a folder that cannot be written stays without an index."""
    latest = time.time_ns() - SETTLED_NS
    settled = {path: (stamp, row) for path, (stamp, row) in entries.items() if max(stamp[1:]) < latest}
    if not settled:
        return
    texts: dict[str, int] = {}
    rows = [row for _, row in settled.values()]
    body = {
        "paths": list(settled),
        "stamps": list(zip(*(stamp for stamp, _ in settled.values()), strict=True)),
        "columns": {
            name: _encoded(values, texts) for name, values in zip(column_names(), zip(*rows, strict=True), strict=True)
        },
    }
    body["texts"] = list(texts)
    text = json.dumps(body).encode()
    with suppress(OSError), replacing(_path(directory, suite)) as temporary:
        temporary.write_bytes(_head(text).encode() + b"\n" + text)


def _encoded(values: Iterable[Any], texts: dict[str, int]) -> tuple[bool, list[Any]]:
    """A column, its texts by number; whether it has any."""
    listed = list(values)
    if not any(isinstance(value, str) for value in listed):
        return False, listed
    return True, [None if value is None else texts.setdefault(value, len(texts)) for value in listed]


def _head(text: bytes) -> str:
    """The first line: hashes of the code that read the records, and of the other line."""
    return f"{_code()} {hashlib.sha256(text).hexdigest()}"


def _path(directory: Path, suite: str) -> Path:
    return directory / FOLDER / f"{suite}.json"


@cache
def _code() -> str:
    """A hash of the code between a record and its row."""
    digest = hashlib.sha256()
    for package in _READERS:
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith((".py", ".csv")):
                digest.update(file.read_bytes())
    digest.update(files("dabench").joinpath("printable.py").read_bytes())
    return digest.hexdigest()
