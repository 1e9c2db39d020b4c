"""Leaderboards as values: printed in a terminal, and shown in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dabench.leaderboard.formats import console, fragment
from dabench.leaderboard.table import Table

if TYPE_CHECKING:
    from rich.text import Text


class Leaderboard:
    """The tables of some runs: one for each suite, number of shots, backbone, metric and selector."""

    def __init__(self, tables: Sequence[Table]) -> None:
        """Keep the tables."""
        self._tables = tuple(tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables)

    def __str__(self) -> str:
        return console.render(self._tables).rstrip("\n")

    __repr__ = __str__

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text.from_ansi(console.render(self._tables, colour=True).rstrip("\n"))

    def _repr_html_(self) -> str:
        return fragment.render(self._tables)
