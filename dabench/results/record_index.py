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
from dabench.results.stored import Row, Stamp, row_from

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
    digest = hashlib.sha256()
    try:
        with _path(directory, suite).open("rb") as file:
            head = file.readline()
            paths, stamps, texts, *columns = (_part(line, digest) for line in file)
        if head != _head(digest):
            return {}
        decoded = [
            [None if code is None else texts[code] for code in values] if coded else values for coded, values in columns
        ]
        rows = map(row_from, zip(*decoded, strict=True))
        return {path: (stamp, row) for path, stamp, row in zip(paths, zip(*stamps, strict=True), rows, strict=True)}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):  # whatever lies there, it is made anew
        return {}


def write_index(directory: Path, suite: str, entries: Entries) -> None:
    """Write the entries of files that have settled; a folder that cannot be written stays without an index."""
    latest = time.time_ns() - SETTLED_NS
    settled = {path: (stamp, row) for path, (stamp, row) in entries.items() if max(stamp[1:]) < latest}
    if not settled:
        return
    texts: dict[str, int] = {}
    columns = [_encoded(values, texts) for values in zip(*(row for _, row in settled.values()), strict=True)]
    stamps = list(zip(*(stamp for stamp, _ in settled.values()), strict=True))
    digest = hashlib.sha256()
    lines = [json.dumps(part).encode() + b"\n" for part in (list(settled), stamps, list(texts), *columns)]
    for line in lines:
        digest.update(line)
    with suppress(OSError), replacing(_path(directory, suite)) as temporary:
        temporary.write_bytes(_head(digest) + b"".join(lines))


def _part(line: bytes, digest: Any) -> Any:
    digest.update(line)
    return json.loads(line)


def _encoded(values: Iterable[Any], texts: dict[str, int]) -> tuple[bool, list[Any]]:
    """A column, its texts by number; whether it has any."""
    listed = list(values)
    if not any(isinstance(value, str) for value in listed):
        return False, listed
    return True, [None if value is None else texts.setdefault(value, len(texts)) for value in listed]


def _head(digest: Any) -> bytes:
    """The first line: hashes of the code that reads records, and of the lines below."""
    return f"{_code()} {digest.hexdigest()}\n".encode()


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
