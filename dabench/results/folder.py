"""A results folder: `DIR/runs/**/*.json` (full records of this machine) and `DIR/*.csv` (published rows).

What cannot be used is reported with its reason, never deleted and never counted.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dabench.errors import ResultsError
from dabench.results.comparable import finish_times
from dabench.results.csv_file import Flaw, read_csv
from dabench.results.records import find_stored, store
from dabench.results.stored import StoredRecords
from dabench.runs.record import SCORED, RunRecord


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
        (stored, flaws), files = store([(str(path), None)], {}, links=True), []
    elif path.suffix == ".csv" and path.is_file():
        (stored, flaws), files = store([], {}), [path]
    elif path.exists():
        raise ResultsError(f"{path} is neither a results folder nor a .csv or .json file of results.")
    else:
        raise ResultsError(f"there is no results folder {path}. {run} makes one.")
    published = [read_csv(file) for file in files]
    flaws += [flaw for _, found in published for flaw in found]
    frame = stored.frame
    if published:
        frame = _each_run_once(frame, pd.concat([rows for rows, _ in published], ignore_index=True))
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


def _each_run_once(records: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Join records and rows of CSVs by run_id. A record wins, unless it failed and a later row did not."""
    newest_first = finish_times(rows).sort_values(ascending=False, kind="stable").index
    rows = rows.loc[newest_first].drop_duplicates("run_id").sort_index()
    both = records.merge(rows, on="run_id", suffixes=("", "_row"))
    later = finish_times(both, "finished_row") > finish_times(both)
    redone = both.loc[~_done(both) & _done(both, "status_row") & later, "run_id"]
    records = records[~records["run_id"].isin(redone)]
    return pd.concat([records, rows[~rows["run_id"].isin(records["run_id"])]], ignore_index=True)


def _done(frame: pd.DataFrame, column: str = "status") -> pd.Series[bool]:
    return frame[column].isin(SCORED)
