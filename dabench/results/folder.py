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
from dabench.results.csv_file import Flaw, read_csv
from dabench.results.records import find_stored, store
from dabench.results.stored import StoredRecords
from dabench.runs.record import SCORED, RunRecord

CELL = ["suite", "source", "target", "method", "variant", "shots"]
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
    newest_first = _times(rows).sort_values(ascending=False, kind="stable").index
    rows = rows.loc[newest_first].drop_duplicates("run_id").sort_index()
    both = records.merge(rows, on="run_id", suffixes=("", "_row"))
    later = _times(both, "finished_row") > _times(both)
    redone = both.loc[~_done(both) & _done(both, "status_row") & later, "run_id"]
    records = records[~records["run_id"].isin(redone)]
    return pd.concat([records, rows[~rows["run_id"].isin(records["run_id"])]], ignore_index=True)


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


def _times(frame: pd.DataFrame, column: str = "finished") -> pd.Series[pd.Timestamp]:
    return pd.to_datetime(frame[column], utc=True, format="ISO8601")


def _done(frame: pd.DataFrame, column: str = "status") -> pd.Series[bool]:
    return frame[column].isin(SCORED)
