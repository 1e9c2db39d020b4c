"""Published numbers beside measured ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from dabench.config.row_choice import without_precision
from dabench.leaderboard.formats.text import fraction
from dabench.leaderboard.gains import gains
from dabench.leaderboard.published import Published, PublishedTable
from dabench.leaderboard.table import Printed, Row, Table, Unmeasured


def beside(tables: Sequence[Table], published: Published) -> list[Table]:
    """Put published numbers into tables of the same suite, track, shots and metric.

    A number stands beside the row of the same method and variant, whatever its precision: a run with other settings
    than the suite's has nothing published to stand beside. Methods without a row in any of these tables are in
    `Table.unmeasured`. Where a paper that stands beside a row has numbers for all pairs of a table, a footnote has
    their means.
    """
    elsewhere = {_name(row) for table in tables if _about(table, published) for row in table.rows}
    return [_beside(table, published, elsewhere) if _about(table, published) else table for table in tables]


def _about(table: Table, published: Published) -> bool:
    meaning = (published.suite, published.track, published.metric)
    return meaning == (table.suite, table.track, table.metric) and published.shots in (None, table.shots)


def _beside(table: Table, published: Published, elsewhere: Collection[tuple[str, str]]) -> Table:
    measured = {_name(row) for row in table.rows}

    def stands_beside(printed: PublishedTable) -> bool:
        return any((row.method, row.variant) in measured for row in printed.rows)

    sources: list[str] = []
    means: list[str] = []
    found: dict[tuple[str, str], dict[str, list[Printed]]] = {}
    for printed in sorted(published.tables, key=stands_beside, reverse=True):
        shown = [pair for pair in table.pairs if pair in printed.pairs]
        if not shown:
            continue
        sources.append(f"{printed.source} ({printed.note})" if printed.note else printed.source)
        if stands_beside(printed):
            means += _means(table, printed, len(sources))
        for row in printed.rows:
            numbers = printed.fractions(row)
            of_row = found.setdefault((row.method, row.variant), {})
            for pair in shown:
                if pair in numbers:
                    number = Printed(accuracy=numbers[pair], source=len(sources), name=row.printed, note=row.note)
                    of_row.setdefault(pair, []).append(number)
    rows = [_with(row, found.get(_name(row), {})) for row in table.rows]
    unmeasured = tuple(
        Unmeasured(method=method, variant=variant, cells={pair: tuple(cells) for pair, cells in of_row.items()})
        for (method, variant), of_row in found.items()
        if of_row and (method, variant) not in measured | {*elsewhere}
    )
    notes = (*table.notes, *gains(table, published.gains), *means)
    return replace(table, rows=tuple(rows), sources=tuple(sources), unmeasured=unmeasured, notes=notes)


def _name(row: Row) -> tuple[str, str]:
    return row.method, without_precision(row.variant)


def _means(table: Table, printed: PublishedTable, source: int) -> Iterator[str]:
    """A footnote with the mean of each row that has a number for every one of several pairs."""
    means: dict[str, float] = {}
    for row in printed.rows:
        numbers = printed.fractions(row)
        if len(table.pairs) > 1 and numbers.keys() >= set(table.pairs):
            means.setdefault(row.printed, sum(numbers[pair] for pair in table.pairs) / len(table.pairs))
    if means:
        listed = ", ".join(f"{name} {fraction(mean)}" for name, mean in means.items())
        yield f"averages over the {len(table.pairs)} pairs of what [{source}] prints: {listed}"


def _with(row: Row, numbers: dict[str, list[Printed]]) -> Row:
    cells = {pair: replace(cell, published=tuple(numbers.get(pair, ()))) for pair, cell in row.cells.items()}
    return replace(row, cells=cells)
