"""The tables of the page on methods as plain text with sort keys, for markdown and for the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dabench.leaderboard.formats.text import SOURCE_FREE, TUNED, labelled, seeds_of
from dabench.leaderboard.which_method.blocks import Block
from dabench.leaderboard.which_method.summary import Comparison, Spread, Summary, Track
from dabench.specs.names import LOWER
from dabench.stats.ranks import LEAST_PAIRS

HOW_TO_READ = (
    (
        "A pair of a suite counts once for a method. Where a suite has runs of a pair under several settings (another "
        "budget, readout or network), those with the most methods count, others for methods that only they have, and "
        "of a method the row with the suite's own options: nothing is picked by its accuracy. Where a suite has "
        "several numbers of labels, accuracies are means over them."
    ),
    (
        "On a pair, under the same settings, all methods have the same data, network, budget and seeds. Across suites "
        "these differ, as the table of suites says: compare methods on the pairs that both have. Lines of other pairs "
        "cannot be compared."
    ),
    (
        "Mean ranks, 1 is best, are over pairs that have all methods of the list; source only is one of them, train on "
        "target is not. The largest lists are shown. Mean ranks closer than the critical difference are not told apart "
        "(Nemenyi, level .05; Demšar 2006). Pairs that share a domain are not independent, so the true level is "
        "higher: take it as a guide."
    ),
    (
        "The covered share is that of the gap from source only to train on target: the mean over the pairs where it "
        "has a value, with the smallest and the largest. Points are those of accuracy over source only, in the same "
        "way."
    ),
    (
        "Above and below count the pairs on which a method is told apart from source only, by paired tests over seeds, "
        "corrected for the methods of the pair (Holm, level .05); with several numbers of labels, at each of them."
    ),
    (
        "Seconds per point are the training seconds of one run on each pair, divided by all points gained there. They "
        "come from machines that did other work as well: only large differences mean something. A method that reads "
        "the features of a network does not count the training of that network."
    ),
    (
        "Collapsed runs predict nearly one class; they count with what they predict. Failed runs have no number, and "
        "their pair is not ranked for that method."
    ),
    (
        f"{SOURCE_FREE} adapts without the source's examples. {TUNED} has options that were chosen with target labels, "
        "for the number of pairs in front of it."
    ),
)


@dataclass(frozen=True)
class Field:
    """A cell of a grid.

    Attributes:
        text: to show.
        value: to sort by; None for text, and where there is no number.
        link: what the text names, if that has a page.
    """

    text: str
    value: float | None = None
    link: tuple[Literal["suite", "method"], str] | None = None


@dataclass(frozen=True)
class Column:
    """A column of a grid: its title, and how it sorts."""

    title: str
    kind: Literal["text", "high", "low"] = "high"


@dataclass(frozen=True)
class Grid:
    """A table: a title, columns and rows of as many fields."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Field, ...], ...]


def method_grid(track: Track, titles: Mapping[str, str]) -> Grid:
    """A line for each method of a track."""
    columns = (
        Column("method", "text"), Column("pairs"), Column("gap covered"), Column("points over source only"),
        Column("above"), Column("below", "low"), Column("s per point", "low"), Column("runs"), Column("failed", "low"),
        Column("collapsed", "low"), Column("suites", "text"),
    )  # fmt: skip
    return Grid("Methods", columns, tuple(tuple(_method(found, titles)) for found in track.summaries))


def _method(found: Summary, titles: Mapping[str, str]) -> Iterator[Field]:
    tuned = f" ({found.on_target} {TUNED})" if found.on_target else ""
    title = title_of(found.method, titles) + SOURCE_FREE * found.source_free
    yield Field(title + tuned, link=("method", found.method))
    yield _count(found.pairs)
    yield _spread(found.covered, found.pairs, ".0f", " %")
    yield _spread(found.gain, found.pairs, "+.1f")
    yield _count(found.above)
    yield _count(found.below)
    cost = found.seconds_per_point
    yield Field("no gain") if cost is None else Field(_seconds(cost), cost)
    yield _count(found.runs)
    yield _count(found.failed + found.timeout)
    yield _count(found.collapsed)
    yield Field(", ".join(found.suites))


def _count(number: int) -> Field:
    return Field(str(number), number)


def _seconds(value: float) -> str:
    """Two significant digits: the time of a run is no better known."""
    return f"{float(f'{value:.2g}'):,g}" if value >= 0.01 else "< .01"


def _spread(spread: Spread | None, pairs: int, form: str, unit: str = "") -> Field:
    if spread is None:
        return Field("")
    ends = f" [{100 * spread.low:{form}}, {100 * spread.high:{form}}]" if spread.n > 1 else ""
    fewer = f" on {spread.n}" if spread.n < pairs else ""
    return Field(f"{_signed(100 * spread.mean, form)}{unit}{ends}{fewer}", spread.mean)


def _signed(value: float, form: str) -> str:
    return format(value, form).replace("-0", "0") if float(format(value, form)) == 0 else format(value, form)


def title_of(method: str, titles: Mapping[str, str]) -> str:
    """The title of a method; its name with spaces where it has none."""
    return titles.get(method) or method.replace("_", " ")


def rank_grid(comparison: Comparison, titles: Mapping[str, str]) -> Grid:
    """The mean ranks of one comparison, best first, and the best that each is not told apart from."""
    found = comparison.ranking
    names = list(found.ranks)
    best = found.ranks[names[0]]
    rows = [
        (
            Field(title_of(name, titles), link=None if name == LOWER else ("method", name)),
            Field(f"{rank:.2f}", rank),
            Field("" if place == 0 else "yes" if rank - best >= found.difference else "no"),
        )
        for place, (name, rank) in enumerate(found.ranks.items())
    ]
    over = ", ".join(f"{suite} {count}" for suite, count in comparison.pairs.items())
    tests = f"critical difference {found.difference:.2f}, Friedman's test p = {found.p_value:.2g}"
    return Grid(
        f"{found.pairs} pairs ({over}), {tests}",
        (Column("method", "text"), Column("mean rank", "low"), Column("told apart from the best", "text")),
        tuple(rows),
    )


def suite_grid(track: Track) -> Grid:
    """A line for each suite of a track: what its numbers rest on."""
    columns = (
        Column("suite", "text"), Column("pairs"), Column("methods"), Column("labels", "text"), Column("seeds", "text"),
        Column("steps", "text"), Column("network", "text"), Column("precision", "text"), Column("selector", "text"),
        Column("notes", "text"),
    )  # fmt: skip
    by_suite: dict[str, list[Block]] = {}
    for block in track.blocks:
        by_suite.setdefault(block.suite, []).append(block)
    return Grid("Suites", columns, tuple(tuple(_suite(name, found)) for name, found in by_suite.items()))


def _suite(name: str, blocks: Sequence[Block]) -> Iterator[Field]:
    tables = list({id(table): table for block in blocks for table in block.tables}.values())
    runs = [run for block in blocks for cells in block.cells.values() for cell in cells for run in cell.runs]
    cells = [cell for block in blocks for of_method in block.cells.values() for cell in of_method]
    yield Field(name, link=("suite", name))
    yield _count(len({block.pair for block in blocks}))
    yield _count(len({method for block in blocks for method in block.cells}))
    yield Field(", ".join(labelled(table.track, table.shots) for table in tables if table.shots is not None) or "none")
    yield Field(seeds_of(tables))
    yield Field(" or ".join(f"{steps:,}" if steps else "none" for steps in sorted({int(run.steps) for run in runs})))
    yield Field(", ".join(dict.fromkeys(block.tables[0].backbones[block.pair] for block in blocks)))
    yield Field(", ".join(dict.fromkeys(str(run.precision) for run in runs)))
    yield Field(", ".join(dict.fromkeys(table.selector.replace("_", " ") for table in tables)))
    notes = ["adapts on the test inputs"] if any(table.transductive for table in tables) else []
    notes += ["options chosen with target labels in part"] if any(cell.tuned_on_target for cell in cells) else []
    yield Field("; ".join(notes))


def too_few(track: Track) -> str:
    """The reason why a track has no mean ranks."""
    return (
        f"No mean ranks: no two methods have numbers on the same {LEAST_PAIRS} pairs or more, on machines of one kind."
        if not track.comparisons
        else ""
    )
