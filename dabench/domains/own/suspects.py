"""Columns of one's own tables that deserve a look: those that alone order the classes, or count the rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dabench.domains.own.usable_rows import Table

ROWS = 20  # of a domain; in a smaller one chance alone may order a column


def suspects(tables: Mapping[str, Table]) -> list[str]:
    """Warnings, one for each such column.

    A column counts the rows where it holds whole numbers, each once in a domain, that grow from row to row or are
    consecutive, or another category in every row. It orders the classes where they are blocks of rows once these are
    sorted by it, or where no category holds two classes.
    """
    found = []
    usable = {name: table for name, table in tables.items() if len(table.labels) >= ROWS}
    for column in next(iter(tables.values())).features.columns if usable else ():
        values = {name: table.features[column] for name, table in usable.items()}
        told = [name for name, cells in values.items() if _tells(cells, usable[name].labels)]
        if len(usable) == len(tables) and all(map(_counts, values.values())):
            found.append(
                f"the column {column} counts the rows{_also(told)}: it may be an index. Leave it out with "
                f"`drop: [{column}]`."
            )
        elif told:
            found.append(
                f"the column {column} alone tells the classes apart in {', '.join(told)}: is it an index, or the "
                f"label in other words? `drop: [{column}]` leaves it out."
            )
    return found


def _also(told: list[str]) -> str:
    return f", and alone tells the classes apart in {', '.join(told)}" if told else ""


def _counts(cells: pd.Series) -> bool:
    if cells.hasnans:
        return False
    if cells.dtype == object:
        return bool(cells.nunique() == len(cells))
    numbers = cells.to_numpy(dtype=np.float64)
    steps = np.diff(numbers)
    if (numbers % 1 != 0).any():
        return False
    return bool((steps > 0).all() or (np.diff(np.sort(numbers)) == 1).all())


def _tells(cells: pd.Series, labels: pd.Series) -> bool:
    full = cells.notna()
    names, classes = np.unique(labels[full].to_numpy(dtype=str), return_inverse=True)
    if len(names) < 2 or np.bincount(classes).min() < 2:
        return False
    if cells.dtype == object:
        kinds = pd.factorize(cells[full])[0]
        pairs = {*zip(kinds.tolist(), classes.tolist(), strict=True)}
        return len(pairs) == len(set(kinds.tolist())) <= len(kinds) // 5
    values = cells[full].to_numpy(dtype=np.float64)
    order = np.lexsort((classes, values))
    changes = np.diff(classes[order]) != 0
    ties = np.diff(values[order]) == 0
    return bool(changes.sum() == len(names) - 1 and not (changes & ties).any())
