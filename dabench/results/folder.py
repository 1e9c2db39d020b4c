"""A results folder: `DIR/runs/**/*.json` (full records of this machine) and `DIR/*.csv` (published rows).

What cannot be used is reported with its reason, never deleted and never counted.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from errno import ENOSPC
from math import inf
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from dabench.errors import ResultsError
from dabench.files import replacing
from dabench.hashing.canonical import sha256
from dabench.plain_files import read_plain
from dabench.printable import capped, printable
from dabench.results.csv_file import Flaw, csv_text, flaw_of, frame_of, other_schema, read_csv
from dabench.results.lineage import record_of_today
from dabench.results.record_index import LEAST, Entries, read_index, write_index
from dabench.results.stored import Row, Stamp, StoredRecords, stamp_of
from dabench.runs.record import HASH, READABLE, SCORED, RunRecord, run_stem
from dabench.specs.names import bound_rank

__all__ = [
    "Flaw", "Results", "current", "find_records", "find_stored", "in_order", "publish", "read_record",
    "read_records", "read_results", "records_beside", "write_atomic", "write_record",
]  # fmt: skip

CELL = ["suite", "source", "target", "method", "variant", "shots"]
LARGEST = 64 * 2**20  # bytes of a record
LINEAGE = ["suite_version", "settings_sha256", "data_sha256", "plugin_source_sha256", "plugin_version"]


@dataclass(frozen=True)
class Results:
    """The contents of a folder, or of a single file.

    Attributes:
        path: where it was read from.
        frame: one row per run, columns as in `runs.record.flatten`; each run once.
        flaws: what is there but not counted.
        stored: the full records.
        from_csv: `run_id` of the rows of `frame` that come from a published file, not from a record.
    """

    path: Path
    frame: pd.DataFrame
    flaws: list[Flaw]
    stored: StoredRecords
    from_csv: frozenset[str] = frozenset()

    @property
    def records(self) -> list[tuple[Path, RunRecord]]:
        """All full records with the files they are in."""
        return self.records_of(self.stored)

    def records_of(self, run_ids: Iterable[str]) -> list[tuple[Path, RunRecord]]:
        """The full records of some runs with the files they are in; runs without a record are passed over."""
        return [(self.stored.path(run_id), self.stored[run_id]) for run_id in run_ids if run_id in self.stored]


def read_results(
    path: Path, suite: str | None = None, without: Path | None = None, *, word: str = "", indexed: bool = True
) -> Results:
    """Read a results folder, or a single `.csv` or `.json` file; with `suite`, only the runs of that one.

    A run that is both a record and a row of a CSV counts once: the record wins.

    Args:
        path: of the folder or file.
        suite: a name, as records have it; None for all suites.
        without: a file that is left out.
        word: how a command names the suite, if not by its name: the path of its file.
        indexed: False to read every record, also where the index has it (see `results.record_index`).

    Raises:
        ResultsError: the path does not exist or cannot be read, or there is nothing in it.
    """
    run = f"`dabench run {shlex.quote(word or suite or 'mini')}`"
    if path.is_dir():
        stored, flaws = find_stored(path, suite, indexed=indexed)
        files = sorted(file for file in path.iterdir() if file.suffix == ".csv")
        files = [file for file in files if without is None or file.resolve() != without.resolve()]
    elif path.suffix == ".json" and path.is_file():
        (stored, flaws), files = _store([(str(path), None)], {}, links=True), []
    elif path.suffix == ".csv" and path.is_file():
        (stored, flaws), files = _store([], {}), [path]
    elif path.exists():
        raise ResultsError(f"{path} is neither a results folder nor a .csv or .json file of results.")
    else:
        raise ResultsError(f"there is no results folder {path}. {run} makes one.")
    published = [read_csv(file) for file in files]
    flaws += [flaw for _, found in published for flaw in found]
    rows = pd.concat([frame_of([]), *(rows for rows, _ in published)], ignore_index=True)
    frame = _each_run_once(stored.frame, rows)
    here = sorted(frame["suite"].unique())
    if suite is not None:
        frame = frame[frame["suite"] == suite].reset_index(drop=True)
    if frame.empty and not flaws:
        others = f" (there are some of {', '.join(here)})" if here else ""
        what = f"results of the suite {suite!r}" if suite else "results"
        raise ResultsError(f"there are no {what} in {path}{others}. {run} makes some.")
    finished = {(row.run_id, row.finished) for row in stored.rows}
    runs = zip(frame["run_id"], frame["finished"], strict=True)
    return Results(path, frame, flaws, stored, frozenset(run[0] for run in runs if run not in finished))


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
    stored, flaws = _store(files, known, suite, above=above)
    if indexed:
        for name in suites:
            of_suite = {path: entry for path, entry in _entries(stored, above) if path.startswith(f"{name}/")}
            if _news(of_suite, known) >= LEAST:
                write_index(directory, name, of_suite)
    return stored, flaws + others


def _entries(stored: StoredRecords, above: int) -> Iterator[tuple[str, tuple[Stamp, Row]]]:
    """Entries of an index for records, by their paths without the first `above` characters."""
    return ((path[above:], (stamp, row)) for path, stamp, row in stored.files() if stamp is not None)


def _news(entries: Entries, before: Entries) -> int:
    """The number of entries that an index lacks or has otherwise."""
    return sum(path not in before or before[path][0] != stamp for path, (stamp, _) in entries.items())


def keep_index(directory: Path, suite: str, stored: StoredRecords) -> None:
    """Bring records of a suite that were written or read into its index, where that is worth it."""
    entries = dict(_entries(stored, len(str(directory / "runs")) + 1))
    before = read_index(directory, suite) if len(entries) >= LEAST else {}
    if _news(entries, before) >= LEAST:
        write_index(directory, suite, before | entries)


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


def _store(
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
            record = _read_file(Path(path), links=links)
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


def read_record(path: Path) -> RunRecord:
    """The record in one file.

    Raises:
        ResultsError: it is none, or not as it was written.
    """
    record = _read_file(path)
    if isinstance(record, Flaw):
        raise ResultsError(str(record))
    return record


def records_beside(path: Path) -> list[tuple[Path, RunRecord]]:
    """The other records in the folder of a record."""
    return _read_files(sorted(other for other in path.parent.glob("*.json") if other != path), links=False)[0]


def _read_files(paths: list[Path], *, links: bool = True) -> tuple[list[tuple[Path, RunRecord]], list[Flaw]]:
    found: dict[str, tuple[Path, RunRecord]] = {}
    flaws: list[Flaw] = []
    for path in paths:
        record = _read_file(path, links=links)
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


def _read_file(path: Path, *, links: bool = True) -> RunRecord | Flaw:
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
        data = json.loads(text)  # with or without a byte-order mark
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


def _each_run_once(records: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Join records and rows of CSVs by run_id. A record wins, unless it failed and a later row did not."""
    newest_first = _times(rows).sort_values(ascending=False, kind="stable").index
    rows = rows.loc[newest_first].drop_duplicates("run_id").sort_index()
    both = records.merge(rows, on="run_id", suffixes=("", "_row"))
    later = _times(both, "finished_row") > _times(both)
    redone = both.loc[~_done(both) & _done(both, "status_row") & later, "run_id"]
    records = records[~records["run_id"].isin(redone)]
    return pd.concat([records, rows[~rows["run_id"].isin(records["run_id"])]], ignore_index=True)


def _times(frame: pd.DataFrame, column: str = "finished") -> pd.Series[pd.Timestamp]:
    return pd.to_datetime(frame[column], utc=True, format="ISO8601")


def _done(frame: pd.DataFrame, column: str = "status") -> pd.Series[bool]:
    return frame[column].isin(SCORED)


def current(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The runs that may stand side by side in a cell, and how many others were left out.

    Code, plugin, data or settings may have changed since a run. In each cell (suite, source, target, method, variant,
    shots) only runs of the same suite version, settings, data and plugin as the newest count; of a seed that is still
    there twice (two devices, say), the newest.
    """
    cell = frame.groupby(CELL, sort=False, dropna=False).ngroup()
    lineage = frame.groupby(LINEAGE, sort=False, dropna=False).ngroup()
    runs = pd.DataFrame({"cell": cell, "lineage": lineage, "seed": frame["seed"], "run_id": frame["run_id"]})
    runs = runs.assign(time=_times(frame)).sort_values(["time", "run_id"], ascending=False, kind="stable")
    newest = runs.drop_duplicates("cell").set_index("cell")["lineage"]
    kept = runs[runs["lineage"] == runs["cell"].map(newest)].drop_duplicates(["cell", "seed"])
    if len(kept) == len(frame):  # as mostly: a large frame is not copied
        return frame.reset_index(drop=True), 0
    result = frame.loc[kept.index.sort_values()].reset_index(drop=True)
    return result, len(frame) - len(result)


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
    path = directory / "runs" / stem.with_name(stem.name + ".json")
    runs = os.path.realpath(directory / "runs")
    if not f"{os.path.realpath(path.parent)}{os.sep}".startswith(f"{runs}{os.sep}"):
        raise ResultsError(f"{path} lies behind a link that leads out of {directory / 'runs'}: remove the link.")
    return path


def publish(directory: Path, suite: str, out: Path, *, word: str = "") -> Path:
    """Write the current runs of a suite, failed ones included, as a CSV to commit: one row per run in a fixed order.

    Args:
        directory: a results folder.
        suite: its name.
        out: the file to write.
        word: how a command names the suite, if not by its name: the path of its file.

    Raises:
        ResultsError: there are no runs, `out` cannot be written, or rows of `out` would be lost.
    """
    results = read_results(directory, suite, word=word, indexed=False)
    frame, _ = current(results.frame)
    if frame.empty:
        raise ResultsError(
            f"there is nothing to publish: no usable results of {suite!r} in {directory}. "
            f"`dabench results verify {shlex.quote(str(directory))}` says why, "
            f"`dabench run {shlex.quote(word or suite)}` makes new ones."
        )
    if out.exists():
        rows, flaws = read_csv(out)
        if flaws:
            raise ResultsError(f"{flaws[0]}. Publishing would overwrite it: fix it or move it away first.")
        if set(rows["suite"]) - {suite}:
            raise ResultsError(f"{out} holds runs of other suites. Name another file with -o.")
    return write_atomic(out, csv_text(in_order(frame)))


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The order of a published file, the same in whatever order the runs ended."""
    frame = frame.assign(_place=frame["method"].map(bound_rank), _shots=frame["shots"].map(shots_rank))
    order = ["source", "target", "_place", "method", "variant", "_shots", "seed", "suite", "run_id"]
    return frame.sort_values(order, kind="stable").drop(columns=["_place", "_shots"])


def shots_rank(shots: object) -> float:
    """The rank of a number of shots, as a frame holds it, among others: none first, all last."""
    return inf if shots == "all" else float(shots) if isinstance(shots, str) else 0.0


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
