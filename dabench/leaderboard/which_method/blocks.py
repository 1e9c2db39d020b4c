"""Blocks: the pairs of all suites, in each of which methods are compared under equal settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dabench.leaderboard.table import Cell, Row, Table
from dabench.specs.names import BOUNDS, LOWER, UPPER


@dataclass(frozen=True)
class Block:
    """One pair of one suite under the same settings.

    Attributes:
        suite, track, pair: its names.
        tables: where its cells stand: one, or one for each number of shots.
        cells: method -> its cell in each of the tables; every method with at least one run.
    """

    suite: str
    track: str
    pair: str
    tables: tuple[Table, ...]
    cells: Mapping[str, tuple[Cell, ...]]

    @property
    def entrants(self) -> Mapping[str, float]:
        """Method -> mean accuracy over the tables, of those that are ranked.

        Train on target is none. A method that lacks a number somewhere is none. Where the runs of a seed are from
        unlike machines, nobody is.
        """
        candidates = {name: cells for name, cells in self.cells.items() if name != UPPER}
        if any(cell.unlike for cells in candidates.values() for cell in cells):
            return {}
        return {
            name: sum(cell.mean or 0.0 for cell in cells) / len(cells)
            for name, cells in candidates.items()
            if len(cells) == len(self.tables) and all(cell.complete for cell in cells)
        }


def blocks_of(tables: Sequence[Table]) -> list[Block]:
    """The blocks of each pair of a suite, in the order of the tables.

    A pair may have cells under several settings (another readout, budget or network), which may not be compared: each
    is a block. A method counts once on a pair, in the block with the most methods, the first of equal ones; another
    block is there for methods that no larger one has. Tables that differ by their shots alone are one block.
    """
    found: dict[tuple[str, str, str], dict[tuple[str, str], list[tuple[Table, dict[str, Cell]]]]] = {}
    for table in tables:
        for pair in table.pairs:
            for group in dict.fromkeys(row.group for row in table.rows):
                cells = dict(_cells(table, group, pair))
                if cells:
                    settings = found.setdefault((table.suite, table.track, pair), {})
                    settings.setdefault((table.backbones[pair], group), []).append((table, cells))
    return [block for where, settings in found.items() for block in _of_pair(where, list(settings.values()))]


def _of_pair(
    where: tuple[str, str, str], settings: Sequence[Sequence[tuple[Table, Mapping[str, Cell]]]]
) -> Iterator[Block]:
    """The blocks of a suite, track and pair: in each the bounds, and the methods that no larger one has."""
    named = [(tables, dict.fromkeys(name for _, cells in tables for name in cells)) for tables in settings]
    counted: set[str] = set()
    for tables, names in sorted(named, key=lambda item: -len(item[1])):
        kept = [name for name in names if name in BOUNDS or name not in counted]
        if not counted or not set(BOUNDS).issuperset(kept):
            cells = {name: tuple(of_table[name] for _, of_table in tables if name in of_table) for name in kept}
            yield Block(*where, tuple(table for table, _ in tables), cells)
        counted.update(names)


def _cells(table: Table, group: str, pair: str) -> Iterator[tuple[str, Cell]]:
    """The cell of each method: of the row with the suite's own options, or of its first row."""
    rows = [row for row in table.rows if row.group == group and row.cells[pair].runs]
    plain = next((row.variant for row in rows if row.method == LOWER), "")
    by_method: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.variant != plain):
        by_method.setdefault(row.method, row)
    for method, row in by_method.items():
        yield method, row.cells[pair]
