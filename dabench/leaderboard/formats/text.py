"""Wording of numbers, headings and footnotes, in every format that people read."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from dabench.config.settings import Shots
from dabench.leaderboard.rerun import row_name
from dabench.leaderboard.table import Cell, Row, Table
from dabench.specs.names import BOUNDS
from dabench.stats.gap import Gap
from dabench.stats.seeds import Interval

BEST, TIED, NO_GAIN, SEES, TUNED, SOURCE_FREE = "*", "=", "~", "†", "‡", "°"
BELOW_ALONE, GAIN_ALONE = "<", "?"  # by its interval alone, not by the corrected test
RANKED_FROM = 3  # pairs; a mean rank over fewer says nothing


def fraction(value: float | None) -> str:
    """`.843`; an empty string for None."""
    return "" if value is None else f"{value:.3f}".removeprefix("0")


def accuracy(cell: Cell) -> str:
    """`.843 ±.012`, or why there is no number."""
    if cell.mean is None:
        return {"failed": "failed", "timeout": "timed out"}.get(cell.status, "not run")
    return fraction(cell.mean) + ("" if cell.std is None else f" ±{fraction(cell.std)}")


def share(gap: Gap) -> str:
    """`57 % [49, 65]`, or why there is none; an empty string for a bound."""
    if gap.value is None:
        return gap.why if gap.why not in ("bound", "no runs") else ""
    return f"{round(100 * gap.value)} %{_ends(gap.low, gap.high, '.0f')}"


def gain(cell: Cell) -> str:
    """The difference from source_only in points: `+24.0 [15.1, 32.9]`; an empty string without one."""
    if cell.gain is None:
        return ""
    return f"{hundredths(cell.gain)} points"


def hundredths(interval: Interval, unit: str = "") -> str:
    """A difference with its interval: `+24.0 [+15.1, +32.9]`."""
    return f"{100 * interval.mean:+.1f}{unit}{_ends(interval.low, interval.high, '+.1f')}"


def _ends(low: float | None, high: float | None, form: str) -> str:
    """An interval in hundredths: ` [49, 65]`. An end that is not 0 is not rounded to it where 0 lies outside."""
    if low is None or high is None:
        return ""
    outside = not low <= 0 <= high
    ends = [format(100 * end, form) for end in (low, high)]
    for place, end in enumerate((low, high)):
        if float(ends[place]) == 0:
            ends[place] = format(100 * end, f"{form[:-3]}.1g") if outside else format(0.0, form)
    return f" [{', '.join(ends)}]"


def mark(cell: Cell, best: str = BEST) -> str:
    """The marks of the tests and the record, as they are printed behind the number of a cell."""
    return (
        (best if cell.best else TIED if cell.tied else BELOW_ALONE if cell.below_alone else "")
        + (NO_GAIN if cell.no_gain else GAIN_ALONE if cell.gain_alone else "")
        + (TUNED if cell.tuned_on_target else "")
    )


def printed(cell: Cell) -> list[str]:
    """The published numbers: `.815 [1]`."""
    return [f"{fraction(number.accuracy)} [{number.source}]" for number in cell.published]


def is_published(table: Table, pair: str) -> bool:
    """Whether a pair needs a column of published numbers."""
    return any(row.cells[pair].published for row in table.rows)


def flags(cell: Cell) -> str:
    """Flags of a cell that lacks something: `3 of 5 seeds, 2 failed`; an empty string if nothing is wrong."""
    parts = [f"{cell.n} of {cell.expected} seeds"] if 0 < cell.n < cell.expected else []
    counts = ((cell.failed, "failed"), (cell.timeout, "timed out"), (cell.collapsed, "collapsed"))
    # Where nothing but "failed" is printed, the count adds nothing unless some seeds were not run at all.
    parts += [f"{count} {word}" for count, word in counts if count and (cell.n or count < cell.expected)]
    return ", ".join(parts)


def label(row: Row) -> str:
    """The row's name with its marks."""
    return row.label + (SEES if row.sees_target_labels else "") + (SOURCE_FREE if row.source_free else "")


def group_title(table: Table, row: Row) -> str:
    """The title above the rows of a group, with the variant that all of them share; empty where there are no groups."""
    variants = {other.variant for other in table.rows if other.group == row.group}
    shared = variants.pop() if len(variants) == 1 else ""
    return f"settings {row.group}{f': {shared}' * bool(shared)}" if row.group else ""


def pair_title(pair: str) -> str:
    """`digits → digits_m`."""
    return pair.replace(":", " → ")


def pair_titles(table: Table) -> dict[str, str]:
    """The titles of a table's pairs: a family that all domains share (`amazon/`) is left out; a footnote names it."""
    shared = family(table)
    return {pair: pair_title(":".join(end.removeprefix(shared) for end in pair.split(":"))) for pair in table.pairs}


def family(table: Table) -> str:
    """The beginning of the names of all domains of a table: `amazon/`, or nothing."""
    families = {end.rpartition("/")[0] for pair in table.pairs for end in pair.split(":")}
    shared = families.pop() if len(families) == 1 else ""
    return f"{shared}/" if shared else ""


def covered(table: Table, cell: Cell) -> str:
    """The covered share of a cell, or why there is none; where the whole table has no bounds, a footnote says so."""
    return "" if cell.mean is None or (cell.gap.why == "no bounds" and not bounded(table)) else share(cell.gap)


def bounded(table: Table) -> bool:
    """Whether the table has both bounds, and so shares of the gap between them."""
    return {row.method for row in table.rows if row.bound} == set(BOUNDS)


def meaning(table: Table, *, backbone: bool) -> list[str]:
    """The meaning of a table's numbers; the backbone where several tables stand together."""
    parts = [table.suite if table.suite_version == 1 else f"{table.suite} (version {table.suite_version})"]
    parts.append(table.track if table.shots is None else f"{table.track}, {labelled(table.track, table.shots)}")
    parts += [f"backbone {table.backbone}"] if backbone else []
    parts += [table.variant] if table.variant else []
    parts += [table.metric.replace("_", " ")] if table.metric != "accuracy" else []
    parts.append(seeds_of([table]))
    parts.append(table.selector.replace("_", " "))
    return [*parts, table.precision, table.device]


def seeds_of(tables: Sequence[Table]) -> str:
    """`5 seeds`, or `3 to 5 seeds` where tables have different numbers of them."""
    counts = sorted({len(table.seeds) for table in tables})
    if counts == [1]:
        return "1 seed"
    return f"{counts[0]} seeds" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"


def labelled(track: str, shots: Shots) -> str:
    """`10 per class` or `all labelled`; in the track paired, where groups are counted, `3 labelled`; `40 asked for`."""
    if track == "active":
        return f"{shots} labels asked for"
    return f"{shots} per class" if shots != "all" and track == "few_shot" else f"{shots} labelled"


def heading(table: Table, *, backbone: bool) -> list[str]:
    """The parts of the line above a table: what it means, how many runs went well, where they are."""
    runs = "1 run" if table.runs == 1 else f"{table.runs} runs"
    runs += f" ({whence})" if (whence := origins([table])) else ""
    counts = f"{runs}, {table.failed} failed, {table.collapsed} collapsed"
    counts += f", {table.timeout} timed out" if table.timeout else ""
    return [*meaning(table, backbone=backbone), counts, *([table.origin] if table.origin else [])]


def origins(tables: Sequence[Table]) -> str:
    """`7 here, 43 published` where tables have both records and rows of a published file; else an empty string."""
    runs, published = sum(table.runs for table in tables), sum(table.from_csv for table in tables)
    return f"{runs - published} here, {published} published" if published else ""


def ranked(table: Table) -> bool:
    """Whether the table shows mean ranks."""
    return len(table.pairs) >= RANKED_FROM and sum(row.rank is not None for row in table.rows) > 1


def next_commands(tables: Sequence[Table], word: str = "") -> str:
    """The commands that a reader of a table may want; an empty string where there is no method to explain.

    Args:
        tables: of one suite.
        word: how commands name it, if not by its name: the path of its file.
    """
    for table in tables:
        rows = [row for row in table.rows if not row.bound] or list(table.rows)
        cells = [(place, pair, cell.mean) for place, row in enumerate(rows) for pair, cell in row.cells.items()]
        found = [(mean, pair, place) for place, pair, mean in cells if mean is not None]
        if found:
            _, pair, place = max(found)
            row = rows[place]
            usual = ("", "results", f"results/{table.suite}.csv", f"results/runs/{table.suite}")
            where = "" if table.origin in usual else f" --results {shlex.quote(table.origin)}"
            shots = "" if table.shots is None else f" --shots {table.shots}"
            variant = f" --variant {shlex.quote(row.variant)}" if "=" in row.variant else ""
            suite = word or table.suite
            return (
                f"next: dabench explain {shlex.join([suite, pair, row_name(table, row)])}{variant}{shots}{where}"
                f" · dabench table {shlex.quote(suite)}{where} --format html -o {shlex.quote(table.suite)}.html"
            )
    return ""
