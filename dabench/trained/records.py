"""The record of a model, by its file or the beginning of its id."""

from __future__ import annotations

from pathlib import Path

from dabench.errors import ResultsError, UsageError
from dabench.results.record_file import read_record
from dabench.results.records import find_stored
from dabench.runs.record import RunRecord

SHORTEST_ID = 6
DEPTH = 5  # folders from a record's file up to the results folder: DIR/runs/SUITE/PAIR/METHOD/FILE.json


def find_record(what: str | Path, directory: Path) -> tuple[RunRecord, Path]:
    """A record, and the results folder that it is in.

    Args:
        what: the path of a record, which ends in `.json`, or the beginning of a `run_id`.
        directory: where to look for the latter.

    Raises:
        UsageError: there is no such run, or more than one.
        ResultsError: the file or folder cannot be read, or the file lies in no results folder.
    """
    path = Path(what)
    if path.suffix == ".json":
        record = read_record(path)
        above = path.absolute().parents
        if len(above) < DEPTH or above[DEPTH - 2].name != "runs":
            raise ResultsError(
                f"{path} lies in no results folder, so its model cannot be found: name it as DIR/runs/…/{path.name}"
            )
        return record, above[DEPTH - 1]
    word = str(what)
    if len(word) < SHORTEST_ID:
        raise UsageError(f"{word!r} is neither the .json file of a record nor {SHORTEST_ID} characters of a run_id.")
    if not directory.is_dir():
        raise ResultsError(f"there is no results folder {directory}.")
    stored, _ = find_stored(directory)
    found = [run_id for run_id in stored if run_id.startswith(word)]
    if len(found) != 1:
        how_many = f"{len(found)} runs begin" if found else "no run begins"
        raise UsageError(f"{how_many} with {word!r} in {directory}. Name the .json file of the record.")
    return stored[found[0]], directory
