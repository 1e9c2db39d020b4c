"""Domains of one's own tables: a file for each, or a column that tells them apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.domains.own.cells import Notation
from dabench.domains.own.column_types import Decided, as_class_names, check_finite, converted
from dabench.domains.own.encoding import Encoding
from dabench.domains.own.examples import as_examples
from dabench.domains.own.hashed_text import hashed
from dabench.domains.own.svmlight_files import with_all
from dabench.domains.own.table_files import Dialect, Places, TableFile, need, read_table
from dabench.errors import DataError

TRAIN, TEST = "train", "test"
Place = tuple[str | Sequence[str], str | None]
"""The file of a domain, or that of train and that of test; and the value of the column that names it, or None."""


@dataclass(frozen=True)
class Columns:
    """The meaning of the columns, and the notation of their cells; see `config.own_data.OwnTables`."""

    label: str
    domain: str | None
    moment: str | None
    group: str | None
    drop: Sequence[str]
    text: Sequence[str]
    text_size: int
    categorical: Sequence[str]
    missing: str
    separator: str
    encoding: str
    comment: str | None
    decimal: str
    thousands: str | None
    na_values: Sequence[str]

    @property
    def dialect(self) -> Dialect:
        """The dialect of the files."""
        return Dialect(self.separator, self.encoding, self.comment, tuple(self.na_values))

    @property
    def notation(self) -> Notation:
        """The notation of the cells."""
        return Notation(self.decimal, self.thousands, tuple(self.na_values))


@dataclass(frozen=True)
class Rows:
    """The rows of one domain as they stand in its files.

    Attributes:
        name: of its file or folder, for messages.
        features: without label and domain; their index is a position in `places`.
        labels: names of classes, with the same index; missing where the cell is empty.
        split: `train` or `test` of each row; None where it is to be drawn.
        places: where the rows stand.
        examples: arrays (N, ...) by position, for images and windows of signals.
        sparse: columns that are 0 in all rows may be missing.
        moments: which rows of several domains were recorded at once, with the same index; None where nothing says it.
        groups: the group of each row, such as a person; None where nothing says it.
    """

    name: str
    features: pd.DataFrame
    labels: pd.Series
    split: pd.Series | None
    places: Places
    examples: NDArray[Any] | None = None
    sparse: bool = False
    moments: pd.Series | None = None
    groups: pd.Series | None = None


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
        """These rows of the table, in this order."""

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


def read_rows(
    root: Path, places: Mapping[str, Place], columns: Columns, known: Mapping[str, TableFile] | None = None
) -> dict[str, Rows]:
    """Read the rows of some domains, each file once.

    Args:
        root: the folder of the files.
        places: of the domains, by name.
        columns: which are what.
        known: files that are read already.

    Raises:
        DataError: a file cannot be read, or lacks a column.
    """
    files = dict(known or {})
    rows = {}
    for name, (place, value) in places.items():
        paths = [place] if isinstance(place, str) else list(place)
        files |= {path: read_table(root / path, columns.dialect) for path in paths if path not in files}
        rows[name] = _rows_of(root, {path: files[path] for path in paths}, value, columns)
    dropped = {column for path in files for column in files[path].frame.columns}
    for column in columns.drop:  # one file may have it and another not
        if column not in dropped:
            need(next(iter(files.values())).frame, column, str(root / next(iter(files))))
    return rows


def _rows_of(root: Path, files: Mapping[str, TableFile], value: str | None, columns: Columns) -> Rows:
    (first, *others), split = files, None
    name = str(root / (Path(first).parent if others else first))
    frame = pd.concat([file.frame for file in files.values()], ignore_index=True)
    if others:
        split = pd.Series(np.repeat([TRAIN, TEST], [len(file.frame) for file in files.values()]))
    known = [column for column in (columns.domain, columns.moment, columns.group) if column]
    for column in [columns.label, *known]:
        for path, file in files.items():
            need(file.frame, column, str(root / path))
    if columns.domain is not None:
        frame = frame[as_class_names(frame[columns.domain]) == value]
    named = {columns.label, *known, *columns.drop}
    features = frame[[column for column in frame.columns if column not in named]]
    arrays = [file.examples for file in files.values() if file.examples is not None]
    if arrays and len(features.columns):
        raise DataError(
            f"{name} has images or windows of signals {arrays[0].shape}, and beside them {', '.join(features.columns)}:"
            " leave these out with `drop`"
        )
    examples = as_examples(arrays, name) if arrays else None
    for column in columns.text:
        need(features, column, name)
    features = hashed(features, columns.text, columns.text_size, name) if columns.text else features
    sparse = all(file.sparse for file in files.values())
    moments, groups = (
        None if column is None else as_class_names(frame[column]) for column in (columns.moment, columns.group)
    )
    labels = as_class_names(frame[columns.label])
    return Rows(name, features, labels, split, Places(files), examples, sparse, moments, groups)


def with_same_columns(rows: Mapping[str, Rows], known: Collection[str] = ()) -> dict[str, Rows]:
    """The rows of domains; where all are sparse, with the columns of each other, those that one lacks as zeros.

    Args:
        rows: by domain.
        known: the columns that are already decided on, if they are.
    """
    if not all(found.sparse for found in rows.values()):
        return dict(rows)
    names = set(known) or {name for found in rows.values() for name in found.features.columns}
    return {name: replace(found, features=with_all(found.features, names)) for name, found in rows.items()}


def without_domain(frame: pd.DataFrame, places: Places, column: str) -> str | None:
    """A note on rows that belong to no domain, because the cell that names it is empty; None if all belong to one."""
    empty = np.flatnonzero(frame[column].isna())
    if not len(empty):
        return None
    name, _, _ = places.of(int(empty[0]))
    first = places.short(int(empty[0]))
    return f"{len(empty):,} rows of {name} name no domain and belong to none, the first is {first}"


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


def load(
    root: Path,
    *,
    domain: str,
    places: Mapping[str, Place],
    sources: Sequence[str],
    columns: Mapping[str, Any],
    classes: Sequence[str],
    draw: Mapping[str, Any],
    remarks: Mapping[str, Sequence[str]],
) -> DomainArrays:
    """Read and encode a domain.

    Args:
        root: the folder of the files.
        domain: which one.
        places: file and value of the domain column, for every domain of the suite.
        sources: the domains that are learned from: categories, means and medians are those of their train rows.
        columns: the fields of `Columns`, and as `types` what the columns hold, see `column_types.Decided`.
        classes: to read, by name.
        draw: `test_share` and `split_seed`, see `config.own_data.OwnTables`.
        remarks: `left_out`, what is left out of this domain already; `notes`, what there is to say of it already;
            `warnings`, what was seen while the columns were compared.

    Raises:
        DataError: it cannot be read or encoded.
    """
    which, categories = _columns_of(columns)
    everybody = which.moment is not None  # who is needed to know which moments all of them have
    needed = {name: place for name, place in places.items() if everybody or name == domain or name in sources}
    found_rows = with_same_columns(read_rows(root, needed, which), columns["types"])
    tables = simultaneous({name: as_table(found, categories, which) for name, found in found_rows.items()})
    rows = {name: split_rows(table, classes, **draw) for name, table in tables.items()}
    own = tables[domain]
    said = dict.fromkeys([*remarks["notes"], *own.notes, *remarks["warnings"]])
    if own.examples is None:
        seen = pd.concat([tables[name].features.iloc[rows[name][TRAIN]] for name in sources], ignore_index=True)
        encoding = Encoding.fit(seen, {name: name in categories for name in seen.columns}, which.missing)
    splits = []
    for side in (TRAIN, TEST):
        place = rows[domain][side]
        if own.examples is None:
            x, found = encoding.apply(own.features.iloc[place])
            said |= dict.fromkeys(f"{side}: {note}" for note in found)
        else:
            x = own.examples[place]
        y = own.labels.iloc[place].map({name: label for label, name in enumerate(classes)})
        groups = None if own.groups is None else np.unique(own.groups.to_numpy(str), return_inverse=True)[1][place]
        splits.append(Split(x, np.asarray(y, dtype=np.int64), groups))
    return DomainArrays(splits[0], splits[1], tuple(classes), (*remarks["left_out"], *own.left_out), tuple(said))


def row_names(root: Path, arguments: Mapping[str, Any]) -> dict[str, list[str]]:
    """File and line of every row of a domain that is used, by split, from the arguments of `load`."""
    (which, categories), domain = _columns_of(arguments["columns"]), arguments["domain"]
    places = arguments["places"] if which.moment else {domain: arguments["places"][domain]}
    found = read_rows(root, places, which)
    rows = found[domain]
    table = simultaneous({name: as_table(item, categories, which) for name, item in found.items()})[domain]
    sides = split_rows(table, arguments["classes"], **arguments["draw"])
    return {
        side: [rows.places.name(int(position)) for position in table.positions[found]] for side, found in sides.items()
    }


def _columns_of(given: Mapping[str, Any]) -> tuple[Columns, list[str]]:
    """The columns of a table, and those of them that hold categories, from an argument of `load`."""
    fields = {name: value for name, value in given.items() if name != "types"}
    return Columns(**fields), Decided(given["types"]).categories


def split_rows(table: Table, classes: Sequence[str], test_share: float, split_seed: int) -> dict[str, np.ndarray]:
    """Rows of train and of test, sorted; where the split is drawn, a share of every class goes to test."""
    from dabench.seeding import numpy_generator

    if table.split is not None:
        usable = table.labels.isin(classes)
        return {side: np.flatnonzero(usable & (table.split == side)) for side in (TRAIN, TEST)}
    if table.groups is not None:
        return _groups_apart(table, classes, test_share, split_seed)
    sides: dict[str, list[np.ndarray]] = {TRAIN: [], TEST: []}
    for name in classes:
        rows = np.flatnonzero(table.labels == name)
        count = min(max(1, round(test_share * len(rows))), len(rows) - 1)
        drawn = numpy_generator(split_seed, f"own split:{name}").permutation(rows)
        sides[TEST].append(drawn[:count])
        sides[TRAIN].append(drawn[count:])
    return {side: np.sort(np.concatenate(parts)) for side, parts in sides.items()}


def _groups_apart(table: Table, classes: Sequence[str], test_share: float, split_seed: int) -> dict[str, np.ndarray]:
    """Whole groups go to test, in random order, until it has its share of the rows.

    Raises:
        DataError: a group is empty, or a class is on one side only.
    """
    from dabench.seeding import numpy_generator

    assert table.groups is not None
    if table.groups.isna().any():
        raise DataError("the group of a row is empty")
    groups, usable = table.groups.to_numpy(str), table.labels.isin(classes).to_numpy()
    names = np.unique(groups[usable])
    drawn = numpy_generator(split_seed, "own split:groups").permutation(names)
    sizes = np.cumsum([np.count_nonzero(usable & (groups == name)) for name in drawn])
    count = min(max(1, int(np.searchsorted(sizes, test_share * usable.sum())) + 1), len(names) - 1)
    test = usable & np.isin(groups, drawn[:count])
    sides = {TRAIN: np.flatnonzero(usable & ~test), TEST: np.flatnonzero(test)}
    for side, rows in sides.items():
        lacking = [name for name in classes if not (table.labels.iloc[rows] == name).any()]
        if lacking:
            raise DataError(
                f"with whole groups the {side} split has no row of {', '.join(lacking)}: try another `split_seed`, or "
                "split the files yourself (DOMAIN/train.csv and DOMAIN/test.csv)"
            )
    return sides
