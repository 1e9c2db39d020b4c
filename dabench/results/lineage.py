"""Runs that were recorded with another hash of a plugin that computes the same.

A run's identity holds the hash of its plugin's syntax (see `hashing.sources`). Earlier it held that of the bytes, and
records and published files of that time say so. `plugin_sources.csv` has both hashes of every version that dabench's
own plugins had by then. It also has the hash of a syntax that changed since without a change of any number, as where
a function moved from the plugin into dabench. Readers give such a run the hash and the `run_id` that it would get
today, so that it is the same run as one that is made anew. Its numbers, and the file that it is in, stay as they are.

A run is left as it is where its plugin is not in that table, or where its `run_id` does not follow from its row: it
counts as made with other sources than today's.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from dabench.hashing.identity import RunIdentity
from dabench.runs.record import RunRecord, flatten

NUMERICS_THEN = 1
"""`NUMERICS_VERSION` for as long as bytes were hashed."""


def record_of_today(record: RunRecord) -> RunRecord:
    """The record with the plugin hash and the `run_id` of today."""
    found = _of_today(flatten(record)) if record.plugin.source_sha256 in syntax_by_former() else None
    if found is None:
        return record
    run_id, source = found
    return record.model_copy(
        update={"run_id": run_id, "plugin": record.plugin.model_copy(update={"source_sha256": source})}
    )


def frame_of_today(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with the plugin hashes and `run_id`s of today. Of rows that are one run now, the newest stays."""
    old = frame["plugin_source_sha256"].isin(syntax_by_former().keys())
    if not old.any():
        return frame
    rows: list[dict[str, Any]] = frame[old].to_dict("records")  # type: ignore[assignment]  # columns have names
    found = {index: _of_today(row) for index, row in zip(frame.index[old], rows, strict=True)}
    renamed = {index: new for index, new in found.items() if new is not None}
    frame = frame.copy()
    frame.loc[list(renamed), "run_id"] = [run_id for run_id, _ in renamed.values()]
    frame.loc[list(renamed), "plugin_source_sha256"] = [source for _, source in renamed.values()]
    newest_last = pd.to_datetime(frame["finished"], utc=True, format="ISO8601").sort_values(kind="stable").index
    return frame.loc[newest_last].drop_duplicates("run_id", keep="last").sort_index().reset_index(drop=True)


def former_ids(row: Mapping[str, Any]) -> list[str]:
    """The ids that a run had, or would have had, with former hashes of its plugin: one for each."""
    wordings = [old for old, new in syntax_by_former().items() if new == row["plugin_source_sha256"]]
    return [_run_id(row, old) for old in wordings]


@cache
def syntax_by_former() -> Mapping[str, str]:
    """The hash of a plugin's syntax today by one that it had formerly: of its bytes, or of another syntax."""
    text = files("dabench.results").joinpath("plugin_sources.csv").read_text(encoding="utf-8")
    return {row["former_sha256"]: row["syntax_sha256"] for row in csv.DictReader(text.splitlines())}


def _of_today(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The `run_id` and plugin hash of today, for a row whose own id follows from its plugin's former hash."""
    if row["run_id"] != _run_id(row, row["plugin_source_sha256"]):
        return None
    source = syntax_by_former()[row["plugin_source_sha256"]]
    return _run_id(row, source), source


def _run_id(row: Mapping[str, Any], source_sha256: str) -> str:
    return RunIdentity(
        suite=row["suite"],
        suite_version=row["suite_version"],
        pair=f"{row['source']}:{row['target']}",
        method=row["method"],
        seed=row["seed"],
        settings=row["settings_sha256"],
        data=row["data_sha256"],
        plugin=(row["plugin_distribution"], row["plugin_version"], source_sha256),
        device_kind="cpu" if row["env_device"] == "cpu" else "cuda",
        numerics=NUMERICS_THEN,
    ).run_id
