"""Items of `--methods`: each chooses rows of a suite's table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dabench.errors import UsageError
from dabench.specs.names import canonical

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RowChoice:
    """Rows of one method.

    Attributes:
        method: the method.
        row: the name that the suite gives one of its rows (`as`), empty for the row without a name; None for all rows.
    """

    method: str
    row: str | None

    @classmethod
    def parse(cls, item: str) -> RowChoice:
        """`dann` chooses all rows of it, `dann:long` the one that a suite calls long, `dann:` the one without name."""
        method, colon, row = item.partition(":")
        return cls(canonical(method), canonical(row) if colon else None)

    def takes(self, method: str, row: str) -> bool:
        """Whether this row is chosen."""
        return method == self.method and self.row in (None, row)

    def absent(self, rows: Iterable[str], where: str) -> UsageError:
        """The error for a row that is not among those there are of the method."""
        known = ", ".join(f"{self.method}:{row}" for row in sorted(set(rows)))
        return UsageError(f"there is no row {self} {where}, but {known}; {self.method} means all of them")

    def __str__(self) -> str:
        return self.method if self.row is None else f"{self.method}:{self.row}"


def without_precision(variant: str) -> str:
    """A variant without the precision that it names: `long` from `long,precision=fp32`."""
    return ",".join(part for part in variant.split(",") if not part.startswith("precision="))


def row_of(variant: str) -> str:
    """The name that a suite gives a row, from the variant of a record: `long` from `long,weight=0.5`."""
    first = variant.partition(",")[0]
    return "" if "=" in first else first


def of_rows(frame: pd.DataFrame, choices: Sequence[RowChoice]) -> pd.DataFrame:
    """The runs, a row of the frame each, that some of the choices take."""
    named = zip(frame["method"], frame["variant"].map(row_of), strict=True)
    taken = [any(choice.takes(method, row) for choice in choices) for method, row in named]
    return frame[np.array(taken, dtype=bool)]  # a list that is empty would choose columns
