"""Domains of one's own tables: a file for each, or a column that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dabench.data.arrays import DomainArrays, Split
from dabench.domains.own.encoding import Encoding, as_class_names, column_kinds
from dabench.domains.own.table_files import need, read_table
from dabench.errors import DataError

TRAIN, TEST = "train", "test"


@dataclass(frozen=True)
class Columns:
    """Which columns are what; see `config.own_data.OwnTables`."""

    label: str
    domain: str | None
    drop: Sequence[str]
    categorical: Sequence[str]
    missing: str
    separator: str


@dataclass(frozen=True)
class Table:
    """The rows of one domain.

    Attributes:
        features: without label and domain.
        labels: names of classes.
        split: `train` or `test` of each row; None where it is to be drawn.
        left_out: rows that cannot be used, one phrase for each reason.
        notes: what else is worth knowing.
    """

    features: pd.DataFrame
    labels: pd.Series
    split: pd.Series | None
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

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


def read_domain(root: Path, place: str | Sequence[str], value: str | None, columns: Columns) -> Table:
    """Read the rows of a domain.

    Args:
        root: the folder of the files.
        place: its file, or that of train and that of test.
        value: of the column that names the domain; None if all rows are the domain's.
        columns: which are what.

    Raises:
        DataError: a file cannot be read, or lacks a column; cells are empty, and nothing is said of them.
    """
    if isinstance(place, str):
        frame, split = read_table(root / place, columns.separator), None
        train = None
    else:
        parts = {
            side: read_table(root / path, columns.separator) for side, path in zip((TRAIN, TEST), place, strict=True)
        }
        frame = pd.concat(parts.values(), ignore_index=True)
        split = pd.Series(np.repeat(list(parts), [len(part) for part in parts.values()]))
        train = len(parts[TRAIN])
    where = str(root / (place if isinstance(place, str) else Path(place[0]).parent))
    named = [columns.label, *columns.drop, *([columns.domain] if columns.domain else [])]
    for column in named:
        need(frame, column, where)
    left_out, notes = [], []
    if columns.domain is not None:
        nowhere = frame[columns.domain].isna()
        if nowhere.any():
            rows = f"{int(nowhere.sum()):,} rows of {place}"
            notes.append(f"{rows} name no domain and belong to none, the first is {_first(nowhere, train)}")
        frame = frame[domain_names(frame[columns.domain]) == value]
    unlabelled = frame[columns.label].isna()
    if unlabelled.any():
        left_out.append(f"{int(unlabelled.sum()):,} rows without a label, the first is {_first(unlabelled, train)}")
    frame = frame[~unlabelled]
    features = frame.drop(columns=list(dict.fromkeys(named)))
    empty = features.isna()
    if empty.to_numpy().any():
        if columns.missing == "refuse":
            cells = ", ".join(f"{name} ({count:,})" for name, count in empty.sum().items() if count)
            first = _first(empty.any(axis=1), train)
            raise DataError(
                f"{where}: cells are empty in {cells}, the first in {first}. Say in `domains` what to do: "
                "`missing: mean`, `missing: median`, or `missing: drop`, which leaves out their rows."
            )
        if columns.missing == "drop":
            kept = ~empty.any(axis=1)
            notes.append(f"{int((~kept).sum()):,} rows with empty cells are dropped")
            features, frame = features[kept], frame[kept]
    labels = as_class_names(frame[columns.label]).reset_index(drop=True)
    split = None if split is None else split[frame.index].reset_index(drop=True)
    return Table(features.reset_index(drop=True), labels, split, tuple(left_out), tuple(notes))


def domain_names(values: pd.Series) -> pd.Series:
    """The values of the column that names the domain, as text; a row without one belongs to none."""
    return as_class_names(values.dropna()).reindex(values.index)


def load(
    root: Path,
    *,
    domain: str,
    places: Mapping[str, tuple[str | Sequence[str], str | None]],
    sources: Sequence[str],
    columns: Mapping[str, object],
    classes: Sequence[str],
    test_share: float,
    split_seed: int,
    left_out: Sequence[str],
    notes: Sequence[str] = (),
) -> DomainArrays:
    """Read and encode a domain.

    Args:
        root: the folder of the files.
        domain: which one.
        places: file and value of the domain column, for every domain of the suite.
        sources: the domains that are learned from: categories, means and medians are those of their train rows.
        columns: the fields of `Columns`.
        classes: to read, by name.
        test_share: see `config.own_data.OwnTables`.
        split_seed: likewise.
        left_out: what is left out of this domain already.
        notes: what there is to say of it already.

    Raises:
        DataError: it cannot be read or encoded.
    """
    which = Columns(**columns)  # type: ignore[arg-type]  # they come from JSON-like arguments
    tables = {name: read_domain(root, place, value, which) for name, (place, value) in places.items()}
    kinds = column_kinds({name: table.features for name, table in tables.items()}, which.categorical)
    rows = {name: split_rows(table, classes, test_share, split_seed) for name, table in tables.items()}
    seen = pd.concat([tables[name].features.iloc[rows[name][TRAIN]] for name in sources], ignore_index=True)
    encoding = Encoding.fit(seen, kinds, which.missing)
    said = dict.fromkeys([*notes, *tables[domain].notes])
    splits = []
    for side in (TRAIN, TEST):
        x, found = encoding.apply(tables[domain].features.iloc[rows[domain][side]])
        said |= dict.fromkeys(f"{side}: {note}" for note in found)
        y = tables[domain].labels.iloc[rows[domain][side]].map({name: label for label, name in enumerate(classes)})
        splits.append(Split(x, np.asarray(y, dtype=np.int64)))
    out = (*left_out, *tables[domain].left_out)
    return DomainArrays(splits[0], splits[1], tuple(classes), out, tuple(said))


def split_rows(table: Table, classes: Sequence[str], test_share: float, seed: int) -> dict[str, np.ndarray]:
    """Rows of train and of test, sorted; where the split is drawn, a share of every class goes to test."""
    from dabench.seeding import numpy_generator

    if table.split is not None:
        usable = table.labels.isin(classes)
        return {side: np.flatnonzero(usable & (table.split == side)) for side in (TRAIN, TEST)}
    sides: dict[str, list[np.ndarray]] = {TRAIN: [], TEST: []}
    for name in classes:
        rows = np.flatnonzero(table.labels == name)
        count = min(max(1, round(test_share * len(rows))), len(rows) - 1)
        drawn = numpy_generator(seed, f"own split:{name}").permutation(rows)
        sides[TEST].append(drawn[:count])
        sides[TRAIN].append(drawn[count:])
    return {side: np.sort(np.concatenate(parts)) for side, parts in sides.items()}


def _first(flags: pd.Series, train: int | None) -> str:
    """Where the first flagged row stands, by its index: a domain may be some rows of a file only.

    Args:
        flags: of rows.
        train: rows of the file of train, where that of test follows it.
    """
    row = int(flags.index[flags.to_numpy()][0])
    if train is None:
        return f"line {row + 2}"
    return f"line {row + 2} of {TRAIN}" if row < train else f"line {row - train + 2} of {TEST}"
