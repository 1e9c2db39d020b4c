"""Relative gains of one method over another, paired by seed, beside those that are published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import hypot

from dabench.leaderboard.formats.text import hundredths, pair_titles
from dabench.leaderboard.machines import partners
from dabench.leaderboard.marks import sample
from dabench.leaderboard.published import PublishedGain
from dabench.leaderboard.table import Cell, Row, Table
from dabench.stats.seeds import Interval, mean_interval, mean_of


def gains(table: Table, published: Sequence[PublishedGain]) -> Iterator[str]:
    """A footnote for each published gain whose two methods are rows of the table, with the same settings."""
    for gain in published:
        for row in table.rows:
            over = [other for other in table.rows if (other.method, other.variant) == (gain.over, row.variant)]
            if row.method == gain.method and over:
                measured = "; ".join(_measured(table, row, over[0]))
                least, most = gain.percent
                yield (
                    f"gain of {row.label} over {over[0].label}, relative, paired by seed [95 % interval]: {measured}; "
                    f"published: {least:+g} % to {most:+g} % ({gain.source})"
                )


def relative_gain(cell: Cell, over: Cell) -> Interval | None:
    """The mean of (a - b) / b over the pairs of runs that there are, with its interval; None without any."""
    own, base = sample(cell.runs), sample(partners(cell.runs, over.runs))
    seeds = sorted(seed for seed in own.by_seed.keys() & base.by_seed.keys() if base.by_seed[seed] > 0)
    if not seeds:
        return None
    relative = [own.by_seed[seed] / base.by_seed[seed] - 1 for seed in seeds]
    floor = hypot(own.floor, base.floor) / mean_of([base.by_seed[seed] for seed in seeds])
    return mean_interval(relative, floor=floor)


def _measured(table: Table, row: Row, over: Row) -> Iterator[str]:
    for pair, title in pair_titles(table).items():
        found = relative_gain(row.cells[pair], over.cells[pair])
        if found is None:
            yield f"{title} not measured"
        else:
            yield f"{title} {hundredths(found, ' %')}"
