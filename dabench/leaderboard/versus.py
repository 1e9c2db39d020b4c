"""One method against each of the others: where it wins and where it loses, paired by seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Literal

from dabench.config.row_choice import RowChoice, row_of
from dabench.leaderboard.formats.footnotes import data_notes
from dabench.leaderboard.formats.text import heading, hundredths, pair_titles
from dabench.leaderboard.machines import partners
from dabench.leaderboard.marks import alike, sample
from dabench.leaderboard.table import Row, Table
from dabench.printable import width_of_terminal
from dabench.stats.seeds import ALPHA, Interval, holm, holm_levels, paired_gain, paired_p

Verdict = Literal["better", "even", "worse", "no test"]

MARKS: Mapping[Verdict, str] = {"better": " >", "even": "", "worse": " <", "no test": ""}
NOTE = (
    "differences in points, paired by seed [interval]; > better, < worse: two-sided paired t-tests over seeds, level "
    ".05; tests and intervals with Holm's correction over the methods of a pair, those of a table are by themselves"
)
GAP = "  "


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The lead of one method over another on one pair.

    Attributes:
        interval: of the difference of accuracies, as fractions, with the level at which it was tested.
        p: of the two-sided paired t-test, corrected for all methods of the pair; None for fewer than two seeds.
    """

    interval: Interval
    p: float | None

    @property
    def verdict(self) -> Verdict:
        """The verdict of the test."""
        if self.p is None:
            return "no test"
        if self.p >= ALPHA:
            return "even"
        return "better" if self.interval.mean > 0 else "worse"

    def __str__(self) -> str:
        """`+1.2 [+0.3, +2.1] >`, in points."""
        return hundredths(self.interval) + MARKS[self.verdict]


def versus(table: Table, row: Row) -> dict[str, dict[str, Difference]]:
    """Label of another row -> pair -> difference, where both have runs that differ by method alone."""
    others = [other for other in table.rows if other is not row]
    found: dict[str, dict[str, Difference]] = {other.label: {} for other in others}
    for pair in table.pairs:
        own = row.cells[pair].runs
        rivals = {other.label: partners(own, other.cells[pair].runs) for other in others}
        samples = {name: sample(runs) for name, runs in rivals.items() if own and runs and alike(own) == alike(runs)}
        found_p = {name: paired_p(sample(own), rival) for name, rival in samples.items()}
        tests = {name: p for name, p in found_p.items() if p is not None}
        corrected, levels = holm(tests), holm_levels(tests)
        for name, rival in samples.items():
            interval = paired_gain(sample(own), rival, levels.get(name, 0.95))
            if interval is not None:
                found[name][pair] = Difference(interval=interval, p=corrected.get(name))
    return {name: differences for name, differences in found.items() if differences}


def difference(row: Row, other: Row, pair: str) -> Difference | None:
    """The lead of one row over another on a pair, by itself; None unless both have runs that differ by method alone."""
    own = row.cells[pair].runs
    rivals = partners(own, other.cells[pair].runs)
    if not own or not rivals or alike(own) != alike(rivals):
        return None
    interval = paired_gain(sample(own), sample(rivals))
    return None if interval is None else Difference(interval=interval, p=paired_p(sample(own), sample(rivals)))


def versus_text(tables: Sequence[Table], choice: RowChoice, width: int | None = None) -> str:
    """A block for each table and variant of the method, folded to the width of the terminal.

    Args:
        tables: with the rows of all methods.
        choice: its rows.
        width: columns; of the terminal, or 100 where there is none, if not given.
    """
    width = width or width_of_terminal()
    chosen = [(table, row) for table in tables for row in table.rows if choice.takes(row.method, row_of(row.variant))]
    blocks = ["\n".join(_block(table, row, width)) for table, row in chosen]
    notes = dict.fromkeys(note for table, _ in chosen for note in data_notes(table))
    return "\n\n".join([*blocks, "\n".join(fill(note, width) for note in (NOTE, *notes))]) + "\n"


def _block(table: Table, row: Row, width: int) -> Iterator[str]:
    found = versus(table, row)
    yield fill(" · ".join([f"{row.label} against …", *heading(table, backbone=False)]), width)
    if not found:
        yield f" nothing to compare: no other method has runs like those of {row.label}"
        return
    titles = pair_titles(table)
    columns = [
        [titles[pair], *(str(differences.get(pair, "-")) for differences in found.values())] for pair in table.pairs
    ]
    columns.append(["better/even/worse", *map(_counts, found.values())])
    left = ["", *(f" {name}" for name in found)]
    chunk: list[list[str]] = []
    for column in columns:
        if chunk and _wide([left, *chunk, column]) > width:
            yield from _lines([left, *chunk])
            yield ""
            chunk = []
        chunk.append(column)
    yield from _lines([left, *chunk])


def _counts(differences: Mapping[str, Difference]) -> str:
    """The numbers of pairs on which the method is better, even and worse."""
    count = Counter(difference.verdict for difference in differences.values())
    verdicts: tuple[Verdict, ...] = ("better", "even", "worse")
    return "/".join(str(count[verdict]) for verdict in verdicts)


def _wide(columns: Sequence[Sequence[str]]) -> int:
    return sum(max(map(len, column)) + len(GAP) for column in columns) - len(GAP)


def _lines(columns: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in columns]
    for fields in zip(*columns, strict=True):
        yield GAP.join(field.ljust(width) for field, width in zip(fields, widths, strict=True)).rstrip()
