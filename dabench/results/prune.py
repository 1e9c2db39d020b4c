"""Files that may be deleted from a results folder without losing a number that counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dabench.errors import ResultsError
from dabench.results.comparable import CELL, comparable_runs
from dabench.results.csv_file import Flaw, frame_of
from dabench.results.records import find_records
from dabench.results.underway import FOLDER
from dabench.runs.record import RunRecord, flatten

SLACK = timedelta(minutes=10)  # by which clocks of machines that share a folder may differ


BESIDE = (".log", ".features.png")  # what lies beside a record: its log, and what `dabench plot features` draws


def superseded(directory: Path, suite: str | None = None) -> list[Path]:
    """Files of runs that no table shows any more: newer runs of the cell have other code, data or settings.

    Records that cannot be read are left to `dabench results verify`, runs with settings of their own to their table.
    Nothing is offered of a cell with a run of the future, since nobody can say what is newer there: see `ahead`.

    Args:
        directory: a results folder.
        suite: only this one.

    Returns:
        Records and what belongs to them by its exact name, sorted.

    Raises:
        ResultsError: the folder cannot be read.
    """
    records = find_records(directory, suite)[0]
    frame = frame_of(flatten(record) for _, record in records)
    kept = set(comparable_runs(frame)[0]["run_id"])
    unclear = {_cell(record) for _, record in _ahead(records)}
    old = [path for path, record in records if record.run_id not in kept and _cell(record) not in unclear]
    beside = [path.with_name(f"{path.stem}{end}") for path in old for end in BESIDE]
    return sorted(old + [path for path in beside if path.is_file() and not path.is_symlink()])


def ahead(directory: Path, suite: str | None = None) -> list[Flaw]:
    """Records of runs that finished in the future: the clock was ahead, and newer runs of the cell look older."""
    reason = "finished at {}, which is in the future: the clock was ahead. Nothing of its cell is pruned, and tables "
    reason += "take it for the newest: delete it, and repeat the run"
    found = _ahead(find_records(directory, suite)[0])
    return [Flaw(path, reason.format(record.finished)) for path, record in found]


def _ahead(records: list[tuple[Path, RunRecord]]) -> list[tuple[Path, RunRecord]]:
    latest = datetime.now(UTC) + SLACK
    return [(path, record) for path, record in records if datetime.fromisoformat(record.finished) > latest]


def _cell(record: RunRecord) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in CELL)


def cached(directory: Path) -> list[Path]:
    """Files that the next run makes anew: features, and states of runs that were interrupted."""
    return sorted(
        path for path in (directory / "cache").rglob("*") if path.is_file() and path.parent != directory / FOLDER
    )


def delete(files: list[Path]) -> None:
    """Delete files, and folders that are empty then.

    Raises:
        ResultsError: one cannot be deleted; those before it are gone.
    """
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ResultsError(f"{path} cannot be deleted ({error.strerror}).") from error
        for folder in path.parents[:3]:  # the method's, the pair's and the suite's
            if folder.name in ("runs", "cache") or any(folder.iterdir()):
                break
            folder.rmdir()
