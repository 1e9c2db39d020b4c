"""Comparable runs: those that may stand side by side in a cell of a table."""

from __future__ import annotations

import pandas as pd

CELL = ["suite", "source", "target", "method", "variant", "shots"]
LINEAGE = ["suite_version", "settings_sha256", "data_sha256", "plugin_source_sha256", "plugin_version"]


def comparable_runs(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The runs that may stand side by side in a cell, and how many others were left out.

    Code, plugin, data or settings may have changed since a run. In each cell (suite, source, target, method, variant,
    shots) only runs of the same suite version, settings, data and plugin as the newest count; of a seed that is still
    there twice (two devices, say), the newest.
    """
    cell = frame.groupby(CELL, sort=False, dropna=False).ngroup()
    lineage = frame.groupby(LINEAGE, sort=False, dropna=False).ngroup()
    runs = pd.DataFrame({"cell": cell, "lineage": lineage, "seed": frame["seed"], "run_id": frame["run_id"]})
    runs = runs.assign(time=finish_times(frame)).sort_values(["time", "run_id"], ascending=False, kind="stable")
    newest = runs.drop_duplicates("cell").set_index("cell")["lineage"]
    kept = runs[runs["lineage"] == runs["cell"].map(newest)].drop_duplicates(["cell", "seed"])
    if len(kept) == len(frame):  # as mostly: a large frame is not copied
        return frame.reset_index(drop=True), 0
    result = frame.loc[kept.index.sort_values()].reset_index(drop=True)
    return result, len(frame) - len(result)


def finish_times(frame: pd.DataFrame, column: str = "finished") -> pd.Series[pd.Timestamp]:
    """The times at which runs finished, in an order that texts of several time zones do not have."""
    return pd.to_datetime(frame[column], utc=True, format="ISO8601")
