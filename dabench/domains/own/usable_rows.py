"""Rows of one's own tables that can be used, with columns of numbers and of categories."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dabench.domains.own.column_types import check_finite, converted
from dabench.domains.own.rows import TEST, TRAIN, Columns, Rows
from dabench.errors import DataError


@dataclass(frozen=True)
class Table:
    """The rows of one domain that can be used.

    Attributes:
        features: numbers and categories, without empty cells unless these are to be filled.
        labels: names of classes.
        split: `train` or `test` of each row; None where it is to be drawn.
        left_out: rows that cannot be used, one phrase for each reason.
        notes: what else is worth knowing.
        positions: of the rows, in the places of the domain.
        examples: images (N, C, H, W) or windows (N, C, T), which have no features.
        moments, groups: as in `Rows`.
    """

    features: pd.DataFrame
    labels: pd.Series
    split: pd.Series | None
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    positions: NDArray[np.int64]
    examples: NDArray[Any] | None = None
    moments: pd.Series | None = None
    groups: pd.Series | None = None

    def taken(self, rows: NDArray[np.intp]) -> Table:
        """A table of some rows, in their order."""

        def of(column: pd.Series | None) -> pd.Series | None:
            return None if column is None else column.iloc[rows].reset_index(drop=True)

        return replace(
            self,
            features=self.features.iloc[rows].reset_index(drop=True),
            labels=self.labels.iloc[rows].reset_index(drop=True),
            split=of(self.split),
            moments=of(self.moments),
            groups=of(self.groups),
            positions=self.positions[rows],
            examples=None if self.examples is None else self.examples[rows],
        )

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each class."""
        return {str(name): int(count) for name, count in self.labels.value_counts().sort_index().items()}

    @property
    def unusable(self) -> dict[str, str]:
        """Classes that cannot be used, with the reason."""
        if self.split is None:
            return {
                name: "a single row cannot be in train and in test" for name, count in self.counts.items() if count == 1
            }
        sides = {side: set(self.labels[self.split == side]) for side in (TRAIN, TEST)}
        lacking = {name: [side for side in (TRAIN, TEST) if name not in sides[side]] for name in self.counts}
        return {name: f"no row in {where[0]}" for name, where in lacking.items() if where}


def as_table(rows: Rows, categories: Collection[str], columns: Columns) -> Table:
    """The rows that can be used, with columns of numbers and of categories.

    Args:
        rows: as read.
        categories: names of the columns that hold some.
        columns: which are what.

    Raises:
        DataError: cells are empty, and nothing is said of them; or numbers are infinite.
    """
    left_out, notes = [], []
    unlabelled = rows.labels.isna()
    if unlabelled.any():
        first = rows.places.short(int(rows.labels.index[unlabelled][0]))
        left_out.append(f"{int(unlabelled.sum()):,} rows without a label, the first is {first}")
    labels = rows.labels[~unlabelled]
    features = converted(rows.features.loc[labels.index], categories, columns.notation)
    check_finite(features, rows.places)
    empty = features.isna()
    if empty.to_numpy().any():
        if columns.missing == "refuse":
            cells = ", ".join(f"{name} ({count:,})" for name, count in empty.sum().items() if count)
            first = rows.places.short(int(empty.index[empty.any(axis=1)][0]))
            raise DataError(
                f"{rows.name}: cells are empty in {cells}, the first in {first}. Say in `domains` what to do: "
                "`missing: mean`, `missing: median`, or `missing: drop`, which leaves out their rows."
            )
        if columns.missing == "drop":
            kept = ~empty.any(axis=1)
            notes.append(f"{int((~kept).sum()):,} rows with empty cells are dropped")
            features, labels = features[kept], labels[kept]
    return Table(
        features.reset_index(drop=True),
        labels.reset_index(drop=True),
        None if rows.split is None else rows.split[labels.index].reset_index(drop=True),
        tuple(left_out),
        tuple(notes),
        labels.index.to_numpy(dtype=np.int64),
        None if rows.examples is None else rows.examples[labels.index],
        *(
            None if column is None else column[labels.index].reset_index(drop=True)
            for column in (rows.moments, rows.groups)
        ),
    )


def simultaneous(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The rows of the moments that all domains have, in one order; all rows where no column says the moment.

    Raises:
        DataError: a moment is empty or occurs twice in a domain, or its rows differ in label, group or split.
    """
    moments = {name: pd.Index(table.moments) for name, table in tables.items() if table.moments is not None}
    if not moments:
        return dict(tables)
    for name, found in moments.items():
        twice = found[found.duplicated()].dropna().tolist()
        if twice or found.hasnans:
            why = f"the moment {twice[0]} is that of several rows" if twice else "a moment is empty"
            raise DataError(f"{name}: {why}")
    shared = sorted(set.intersection(*map(set, moments.values())))
    if not shared:
        raise DataError(f"{' and '.join(tables)} have no moment in common")
    aligned = {name: table.taken(moments[name].get_indexer(pd.Index(shared))) for name, table in tables.items()}
    (first, expected), *others = aligned.items()
    for name, table in others:
        for what in ("labels", "groups", "split"):
            one, other = getattr(expected, what), getattr(table, what)
            if one is not None and other is not None and not one.equals(other):
                moment = shared[int(np.flatnonzero(one.to_numpy() != other.to_numpy())[0])]
                raise DataError(f"{first} and {name} differ in the {what.removesuffix('s')} of the moment {moment}")
    alone = {name: len(table.labels) - len(shared) for name, table in tables.items()}
    said = {
        name: [f"{count:,} rows of moments that not every domain has are not used"]
        for name, count in alone.items()
        if count
    }
    return {name: replace(table, notes=(*table.notes, *said.get(name, ()))) for name, table in aligned.items()}
