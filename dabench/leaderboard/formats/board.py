"""The grid of a leaderboard, the same in every format: its columns, its rows in groups, and their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dabench.leaderboard.formats.text import fraction, group_title, is_published, pair_titles, ranked
from dabench.leaderboard.table import Row, Table

GAP = 3  # characters that the space between two columns takes


@dataclass(frozen=True)
class Column:
    """A column of the grid.

    Attributes:
        kind: what stands in it.
        title: what stands above it.
        pair: whose cells, or whose published numbers, stand in it; empty in the other columns.
    """

    kind: Literal["method", "pair", "published", "average", "rank", "area", "needed", "trained", "stored"]
    title: str
    pair: str = ""

    @property
    def over_pairs(self) -> bool:
        """Whether it sums up all pairs: such numbers are aligned to the right."""
        return self.kind not in ("method", "pair", "published")


def columns(table: Table, pairs: Sequence[str] | None = None, *, last: bool = True) -> list[Column]:
    """The columns of a table, or of a block of its pairs.

    Args:
        table: with the pairs.
        pairs: of the block; all of the table if None.
        last: whether averages and ranks stand in this block.
    """
    titles = pair_titles(table)
    found = [Column("method", "method")]
    for pair in table.pairs if pairs is None else pairs:
        found.append(Column("pair", titles[pair], pair))
        if is_published(table, pair):
            found.append(Column("published", "published", pair))
    if last and len(table.pairs) > 1:
        found.append(Column("average", "average"))
    if last and ranked(table):
        found.append(Column("rank", "rank"))
    return [*found, *(column for column in OF_ROW if last and _shown(table, column))]


OF_ROW = (Column("area", "area"), Column("needed", "labels"), Column("trained", "trained"), Column("stored", "stored"))
"""Columns that stand where a row has something to say: on its curve, and on the part of the network that it trains."""


def _shown(table: Table, column: Column) -> bool:
    if column.kind in ("area", "needed"):
        return any(row.curve is not None for row in table.rows)
    return any(row.trained is not None and row.trained < 1 for row in table.rows)


def blocks(table: Table, width: int, labels: int, wide: Callable[[str], int]) -> Iterator[list[str]]:
    """Blocks of a table, each with as many pairs as fit side by side; averages and ranks stand in the last.

    Args:
        table: with the pairs.
        width: of a block, in characters.
        labels: what the column of methods takes of it.
        wide: what the columns of a pair take.
    """
    extra = sum(len(column.title) + GAP for column in columns(table) if column.over_pairs)
    block: list[str] = []
    used = labels
    for pair in table.pairs:
        taken = wide(pair)
        if block and used + taken + extra * (pair == table.pairs[-1]) > width:
            yield block
            block, used = [], labels
        block.append(pair)
        used += taken
    yield block


def rows(table: Table) -> Iterator[tuple[str, Row]]:
    """The rows, each with the title of the group that begins with it; an empty text within a group."""
    above = ""
    for row in table.rows:
        yield group_title(table, row) if row.group != above else "", row
        above = row.group


def over_pairs(row: Row, column: Column, missing: str) -> str:
    """A row's average, mean rank, and so on; `missing` where there is none, but nothing for a bound but its average."""
    if column.kind == "average":
        return fraction(row.average) or missing
    if column.kind == "rank":
        return f"{row.rank:.1f}" if row.rank is not None else "" if row.bound else missing
    curve = row.curve
    said = {
        "area": fraction(curve.area) if curve else "",
        "needed": "" if curve is None else "never" if curve.needed is None else str(curve.needed),
        "trained": "" if row.trained is None else f"{100 * row.trained:.3g} %",
        "stored": "" if row.stored is None else f"{row.stored:,}",
    }
    return said[column.kind] or ("" if row.bound else missing)
