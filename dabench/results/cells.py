"""Cells: the runs of one suite, pair, method and variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from dabench.results.comparable import comparable_runs
from dabench.runs.record import SCORED

RunRow = Mapping[str, Any]  # a run as `runs.record.flatten` gives it, None for what is missing

# Equal in all of these: the same to the bit.
NUMBERS = [
    "status", "accuracy_selected", "accuracy_last", "accuracy_oracle", "metrics_balanced_accuracy", "metrics_macro_f1",
    "metrics_ece", "predictions_sha256",
]  # fmt: skip


class CellName(NamedTuple):
    """The name of a cell."""

    suite: str
    source: str
    target: str
    method: str
    variant: str
    shots: str | None = None

    @property
    def pair(self) -> str:
        """`source:target`."""
        return f"{self.source}:{self.target}"

    @property
    def label(self) -> str:
        """The method, with its variant, and with its shots where there are some."""
        name = f"{self.method} ({self.variant})" if self.variant else self.method
        return name if self.shots is None else f"{name}, shots {self.shots}"

    def __str__(self) -> str:
        return f"{self.pair} {self.label}"


def by_cell(frame: pd.DataFrame) -> dict[CellName, list[RunRow]]:
    """The comparable runs of every cell, in the order of the frame; missing values are None."""
    cells: dict[CellName, list[RunRow]] = {}
    for row in rows_of(comparable_runs(frame)[0]):
        cells.setdefault(cell_name(row), []).append(row)
    return cells


def cell_name(row: RunRow) -> CellName:
    """The cell that a run stands in."""
    return CellName(*(row[field] for field in CellName._fields))


def pair_column(frame: pd.DataFrame) -> pd.Series[str]:
    """The column `source:target` of a frame of runs."""
    return frame["source"].str.cat(frame["target"], sep=":")


def rows_of(frame: pd.DataFrame) -> list[RunRow]:
    """The runs of a frame; missing values are None."""
    columns = [
        [None if missing else value for value, missing in zip(column.tolist(), column.isna().tolist(), strict=True)]
        for _, column in frame.items()
    ]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def accuracies(rows: Sequence[RunRow]) -> dict[int, float]:
    """Accuracy by seed, of runs that have one."""
    return {row["seed"]: row["accuracy_selected"] for row in rows if row["status"] in SCORED}
