"""What may be deleted from a results folder without losing a number that counts."""

from __future__ import annotations

from pathlib import Path

from dabench.errors import ResultsError
from dabench.results.csv_file import frame_of
from dabench.results.folder import current, find_records
from dabench.runs.record import flatten


def superseded(directory: Path, suite: str | None = None) -> list[Path]:
    """Files of runs that no table shows any more: newer runs of the cell have other code, data or settings.

    Records that cannot be read are left to `dabench results verify`, runs with settings of their own to their table.

    Args:
        directory: a results folder.
        suite: only this one.

    Returns:
        Records and what lies beside them under the same name, sorted.

    Raises:
        ResultsError: the folder cannot be read.
    """
    paths = {record.run_id: (path, record) for path, record in find_records(directory, suite)[0]}
    kept, _ = current(frame_of(flatten(record) for _, record in paths.values()))
    old = [path for run_id, (path, _) in paths.items() if run_id not in set(kept["run_id"])]
    return sorted(file for path in old for file in path.parent.glob(f"{path.stem}.*"))


def cached(directory: Path) -> list[Path]:
    """Files that the next run makes anew: features, and states of runs that were interrupted."""
    return sorted(path for path in (directory / "cache").rglob("*") if path.is_file())


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
