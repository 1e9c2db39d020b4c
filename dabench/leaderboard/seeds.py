"""Differences that the seeds of a table could show, and the number of seeds for smaller ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from dabench.leaderboard.formats.columns import aligned, folded, page_width
from dabench.leaderboard.formats.text import pair_titles
from dabench.leaderboard.table import Table
from dabench.stats.power import MOST, difference_seen, seeds_needed, upper_std

TITLES = ("pair", "method", "seeds", "std of gain", "seen", "needed", "to be safe")


def seeds_text(tables: Sequence[Table], difference: float, power: float) -> str:
    """A line for each method and pair, then what the columns mean.

    Args:
        tables: with gains, that is with `source_only`.
        difference: to be seen, a fraction.
        power: the chance to see it.
    """
    lines = [TITLES, *(line for table in tables for line in _lines(table, difference, power))]
    points = f"{100 * difference:g} point{'s' * (difference != 0.01)}"
    notes = [
        "Two-sided paired t-test against source only, level .05, one comparison: a correction for several takes more.",
        "std of gain: standard deviation of the difference from source only over seeds, in points.",
        "Unless seeds change no prediction, it is at least that of the rounding to whole test examples.",
        f"seen: the smallest true difference, in points, that these seeds show with chance {power:g}.",
        f"needed: seeds that show {points} with that chance, if the spread is what it seems.",
        "to be safe: the same for the upper 80 % limit of the spread, which few seeds estimate badly (Browne 1995).",
        "More seeds lessen the noise of training alone, not that of the test set.",
    ]
    if len(lines) == 1:
        return "There is no method with two seeds or more beside source only.\n"
    return "\n".join([aligned(lines), "", folded("\n".join(notes), page_width() or 100)]) + "\n"


def _lines(table: Table, difference: float, power: float) -> Iterator[tuple[str, ...]]:
    titles = pair_titles(table)
    for pair in table.pairs:
        for row in table.rows:
            gain = row.cells[pair].gain
            if gain is None or gain.spread is None:
                continue
            seen = 100 * difference_seen(gain.spread, gain.n, power)
            needed = [seeds_needed(difference, std, power) for std in (gain.spread, upper_std(gain.spread, gain.n))]
            yield (
                titles[pair], row.label, str(gain.n), f"{100 * gain.spread:.1f}",
                f"{seen:.1f}" if isfinite(seen) else "-",
                *(f"> {MOST}" if count is None else str(count) for count in needed),
            )  # fmt: skip
