"""The records of a results folder, `DIR/runs/**/*.json`, from their files or from the index beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pandas as pd

from dabench.errors import ResultsError
from dabench.results.csv_file import Flaw
from dabench.results.record_file import read_file, read_record
from dabench.results.record_index import LEAST, Entries, read_index, write_index
from dabench.results.stored import Row, Stamp, StoredRecords, stamp_of
from dabench.runs.record import RunRecord


def read_records(directory: Path, suite: str) -> tuple[list[RunRecord], list[Flaw]]:
    """The full records of one suite; nothing but the newest of those with the same run_id."""
    records, flaws = find_records(directory, suite)
    return [record for _, record in records], flaws


def find_records(directory: Path, suite: str | None = None) -> tuple[list[tuple[Path, RunRecord]], list[Flaw]]:
    """The full records below a results folder with the files they are in, sorted by path. No folder: no records.

    Raises:
        ResultsError: the folder cannot be read.
    """
    files, others = _listed(directory, suite)
    records, flaws = _read_files([Path(path) for path, _ in files], links=False)
    return [(path, record) for path, record in records if suite in (None, record.suite)], flaws + others


def find_stored(directory: Path, suite: str | None = None, *, indexed: bool = True) -> tuple[StoredRecords, list[Flaw]]:
    """The same records, of which only the scalar fields are kept at hand.

    Args:
        directory: a results folder.
        suite: only this one.
        indexed: a record that the index has is not read again; the index is written where that is worth it.

    Raises:
        ResultsError: the folder cannot be read.
    """
    files, others = _listed(directory, suite)
    above = len(str(directory / "runs")) + 1
    suites = list(dict.fromkeys(path[above:].partition("/")[0] for path, _ in files)) if indexed else []
    known: Entries = {}
    for name in suites:
        known |= read_index(directory, name)
    stored, flaws = store(files, known, suite, above=above)
    if indexed:
        for name in suites:
            of_suite = {path: entry for path, entry in _entries(stored, above) if path.startswith(f"{name}/")}
            if _news(of_suite, known) >= LEAST:
                write_index(directory, name, of_suite)
    return stored, flaws + others


def records_beside(path: Path) -> list[tuple[Path, RunRecord]]:
    """The other records in the folder of a record."""
    return _read_files(sorted(other for other in path.parent.glob("*.json") if other != path), links=False)[0]


def keep_index(directory: Path, suite: str, stored: StoredRecords) -> None:
    """Bring records of a suite that were written or read into its index, where that is worth it."""
    entries = dict(_entries(stored, len(str(directory / "runs")) + 1))
    before = read_index(directory, suite) if len(entries) >= LEAST else {}
    if _news(entries, before) >= LEAST:
        write_index(directory, suite, before | entries)


def _entries(stored: StoredRecords, above: int) -> Iterator[tuple[str, tuple[Stamp, Row]]]:
    """Entries of an index for records, by their paths without the first `above` characters."""
    return ((path[above:], (stamp, row)) for path, stamp, row in stored.files() if stamp is not None)


def _news(entries: Entries, before: Entries) -> int:
    """The number of entries that an index lacks or has otherwise."""
    return sum(path not in before or before[path][0] != stamp for path, (stamp, _) in entries.items())


def _listed(directory: Path, suite: str | None) -> tuple[list[tuple[str, Stamp | None]], list[Flaw]]:
    """Files named like records below a results folder, sorted by path, with their stamps, and folders not looked into.

    Raises:
        ResultsError: the folder cannot be read.
    """
    folder = directory / "runs" / (suite or "")
    try:
        next(directory.iterdir(), None)  # a folder that is not there is none that cannot be read
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise ResultsError(f"{directory} cannot be read ({error.strerror}). Name another with --results.") from error
    files: list[tuple[str, Stamp | None]] = []
    links, unreadable = [folder] if suite and folder.is_symlink() else [], list[OSError]()

    def look(at: str) -> None:
        try:
            entries = sorted(os.scandir(at), key=lambda entry: entry.name)
        except OSError as error:
            unreadable.append(error)
            return
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name.endswith(".json"):  # also a folder, which is then reported as no record
                with suppress(OSError):
                    files.append((entry.path, stamp_of(entry.stat(follow_symlinks=False))))
            elif not is_folder and entry.is_symlink() and entry.is_dir():
                links.append(Path(entry.path))
            if is_folder:
                look(entry.path)

    if not links:
        look(str(folder))
    reason = "a link to a folder, which is not followed: copy the folder itself"
    flaws = [Flaw(path, reason) for path in links]
    flaws += [
        Flaw(Path(error.filename), f"cannot be read: {error.strerror}")
        for error in unreadable
        if not isinstance(error, FileNotFoundError)  # no runs yet
    ]
    return files, flaws


def store(
    files: Sequence[tuple[str, Stamp | None]],
    known: Entries,
    suite: str | None = None,
    *,
    above: int = 0,
    links: bool = False,
) -> tuple[StoredRecords, list[Flaw]]:
    """Take in records: from the index where it has a file as it is, else from the file; of each run the newest.

    Args:
        files: in their order, with their stamps.
        known: what the index has, by the path without its first `above` characters.
        suite: only this one.
        above: length of the path of the folder of records.
        links: a link to a file will do.
    """
    stored, flaws = StoredRecords(read_record), list[Flaw]()
    for path, stamp in files:
        entry = known.get(path[above:])
        if entry is not None and entry[0] == stamp:
            row = entry[1]
        else:
            record = read_file(Path(path), links=links)
            if isinstance(record, Flaw):
                flaws.append(record)
                continue
            row = stored.row_of(record)
        if suite not in (None, row.suite):
            continue
        if row.run_id in stored:
            twin = stored.path(row.run_id)
            before = stored.row(row.run_id)
            newer = datetime.fromisoformat(row.finished) > datetime.fromisoformat(before.finished)
            flaws.append(_doubled(*((twin, Path(path)) if newer else (Path(path), twin))))
            if not newer:
                continue
        stored.add(path, row, stamp)
    return stored, flaws


def _doubled(older: Path, newer: Path) -> Flaw:
    return Flaw(older, f"the same run as {newer}, which is newer: delete one of them")


def _read_files(paths: list[Path], *, links: bool = True) -> tuple[list[tuple[Path, RunRecord]], list[Flaw]]:
    found: dict[str, tuple[Path, RunRecord]] = {}
    flaws: list[Flaw] = []
    for path in paths:
        record = read_file(path, links=links)
        if isinstance(record, Flaw):
            flaws.append(record)
            continue
        twin = found.get(record.run_id)
        if twin is not None:
            older, newer = sorted([twin, (path, record)], key=lambda item: pd.Timestamp(item[1].finished))
            flaws.append(_doubled(older[0], newer[0]))
            found[record.run_id] = newer
        else:
            found[record.run_id] = (path, record)
    return list(found.values()), flaws
