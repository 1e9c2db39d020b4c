"""Domains of one's own tables: a file for each, or a column that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dabench.data.arrays import DomainArrays, Split
from dabench.domains.own.column_types import Decided
from dabench.domains.own.encoding import Encoding
from dabench.domains.own.row_splits import split_rows
from dabench.domains.own.rows import TEST, TRAIN, Columns, Place, read_rows, with_same_columns
from dabench.domains.own.usable_rows import as_table, simultaneous


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
