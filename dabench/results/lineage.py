"""Runs that were recorded with another identity than they would get today, and that compute the same.

A run's identity holds the hash of its plugin's syntax (see `hashing.sources`). Earlier it held that of the bytes, and
records and published files of that time say so. `plugin_sources.csv` has both hashes of every version that dabench's
own plugins had by then. It also has the hash of a syntax that changed since without a change of any number, as where
a function moved from the plugin into dabench. Readers give such a run the hash and the `run_id` that it would get
today, so that it is the same run as one that is made anew. Its numbers, and the file that it is in, stay as they are.

`cells.csv` has the methods of dabench's own that were renamed, and those that got more options, whose defaults compute
the same: a published row of one gets the method and the hash of the settings that it has today. Local records do not:
their settings say what the method was then.

An identity also names the minor release of torch, unless it is `FIRST_TORCH`. Before, it named none: a run that was
made then with another release gets the `run_id` that names its own.

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

from dabench.hashing.identity import FIRST_TORCH, RunIdentity, release_of
from dabench.results.comparable import finish_times
from dabench.runs.record import RunRecord, flatten

NUMERICS_THEN = 1
"""`NUMERICS_VERSION` for as long as bytes were hashed."""

CELL = ("method", "settings_sha256", "plugin_source_sha256")
"""The columns that may be others today; with them the `run_id`."""


def record_of_today(record: RunRecord) -> RunRecord:
    """The record with the current plugin hash and `run_id`."""
    older = record.plugin.source_sha256 in syntax_by_former() or release_of(record.env.torch) != FIRST_TORCH
    found = _of_today(flatten(record)) if older else None
    if found is None or found["settings_sha256"] != record.settings_sha256:  # its settings name another method
        return record
    source = found["plugin_source_sha256"]
    return record.model_copy(
        update={"run_id": found["run_id"], "plugin": record.plugin.model_copy(update={"source_sha256": source})}
    )


def frame_of_today(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with current hashes, methods and `run_id`s. Of rows that are one run now, the newest stays."""
    others = [torch for torch in frame["env_torch"].unique() if release_of(str(torch)) != FIRST_TORCH]
    old = frame["plugin_source_sha256"].isin(syntax_by_former().keys()) | frame["env_torch"].isin(others)
    if not old.any():
        return frame
    rows: list[dict[str, Any]] = frame[old].to_dict("records")  # type: ignore[assignment]  # columns have names
    found = {index: _of_today(row) for index, row in zip(frame.index[old], rows, strict=True)}
    renamed = {index: new for index, new in found.items() if new is not None}
    frame = frame.copy()
    for column in (*CELL, "run_id"):
        frame.loc[list(renamed), column] = [new[column] for new in renamed.values()]
    newest_last = finish_times(frame).sort_values(kind="stable").index
    return frame.loc[newest_last].drop_duplicates("run_id", keep="last").sort_index().reset_index(drop=True)


def former_ids(row: Mapping[str, Any]) -> list[str]:
    """The ids that a run had, or would have had, with former hashes of its plugin, or without its release of torch."""
    today = (row["method"], row["settings_sha256"], row["plugin_source_sha256"])
    cells = [former for former, new in cell_by_former().items() if new == today]
    cells += [(*today[:2], old) for old, new in syntax_by_former().items() if new == today[2]]
    rows = [{**row, **dict(zip(CELL, cell, strict=True))} for cell in [*cells, today]]
    found = [_run_id(one, torch=torch) for one in rows for torch in (_torch(row), "")]
    return [run_id for run_id in dict.fromkeys(found) if run_id != row["run_id"]]


@cache
def syntax_by_former() -> Mapping[str, str]:
    """The hash of a plugin's syntax today by one that it had formerly: of its bytes, or of another syntax."""
    text = files("dabench.results").joinpath("plugin_sources.csv").read_text(encoding="utf-8")
    return {row["former_sha256"]: row["syntax_sha256"] for row in csv.DictReader(text.splitlines())}


@cache
def cell_by_former() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The values of `CELL` today by those that the published rows of a cell have."""
    text = files("dabench.results").joinpath("cells.csv").read_text(encoding="utf-8")
    return {
        tuple(row[f"former_{name}"] for name in CELL): tuple(row[name] for name in CELL)
        for row in csv.DictReader(text.splitlines())
    }


def _of_today(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Today's values of `CELL` and the id, for a row with another id, if that one follows from what it says."""
    if row["run_id"] not in (_run_id(row, torch=torch) for torch in (_torch(row), "")):
        return None
    former = tuple(row[name] for name in CELL)
    source = syntax_by_former().get(former[2], former[2])
    new = dict(zip(CELL, cell_by_former().get(former, (*former[:2], source)), strict=True))
    today = _run_id({**row, **new}, torch=_torch(row))
    return None if today == row["run_id"] else {**new, "run_id": today}


def _torch(row: Mapping[str, Any]) -> str:
    """The release of torch that is part of a run's identity."""
    return "" if row["backbone"] == "identity" else release_of(str(row["env_torch"]))


def _run_id(row: Mapping[str, Any], *, torch: str) -> str:
    return RunIdentity(
        suite=row["suite"],
        suite_version=row["suite_version"],
        pair=f"{row['source']}:{row['target']}",
        method=row["method"],
        seed=row["seed"],
        settings=row["settings_sha256"],
        data=row["data_sha256"],
        plugin=(row["plugin_distribution"], row["plugin_version"], row["plugin_source_sha256"]),
        device_kind="cpu" if row["env_device"] == "cpu" else "cuda",
        numerics=NUMERICS_THEN,
        torch=torch,
    ).run_id
