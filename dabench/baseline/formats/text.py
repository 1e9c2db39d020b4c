"""Words and numbers that several formats of a check share. Accuracies as in tables, drops in points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dabench.baseline.compare import VERDICTS, CellVerdict, Report
from dabench.leaderboard.formats.text import fraction, pair_title
from dabench.results.changes import shared_changes
from dabench.stats.regression import FALSE_ALARMS, MOST_SEEDS, POWER

HEADER = ("verdict", "baseline", "now", "drop in points", "seeds", "sees", "needs")


def fields(cell: CellVerdict) -> tuple[str, ...]:
    """The facts about a cell, in the order of `HEADER`."""
    return (
        cell.verdict,
        fraction(cell.before) or "-",
        fraction(cell.now) or "-",
        drop(cell),
        str(cell.drop.n) if cell.drop else "-",
        limit(cell),
        needs(cell),
    )


def message(cell: CellVerdict) -> str:
    """The reason for a cell's verdict, in one phrase."""
    if cell.verdict == "missing" and not cell.why:
        return f"no run of it is there; the baseline has {fraction(cell.before) or 'no accuracy'}"
    return cell.why or f"a drop of {drop(cell)} points"


def title(cell: CellVerdict) -> str:
    """The name of a cell."""
    return f"{pair_title(cell.cell.pair)} {cell.cell.label}"


def points(value: float) -> str:
    """A difference of accuracies in points; never -0.0."""
    return f"{round(100 * value, 1) + 0.0:.1f}"


def drop(cell: CellVerdict) -> str:
    """The mean drop and the one-sided limits to either side."""
    if cell.drop is None or cell.verdict == "same":
        return "-" if cell.drop is None else "0.0"
    if cell.drop.noise is None:
        return points(cell.drop.mean)
    return f"{points(cell.drop.mean)} [{points(cell.drop.low)}, {points(cell.drop.high)}]"


def limit(cell: CellVerdict) -> str:
    """The drop that could have been detected."""
    if cell.drop is None:
        return "-"
    return "unknown" if cell.detectable is None else f"{points(cell.detectable)}"


def needs(cell: CellVerdict) -> str:
    """The number of seeds that it takes to see a drop of one point."""
    if cell.drop is None:
        return "-"
    known = cell.detectable is not None or cell.seeds_needed is not None
    return str(cell.seeds_needed or (f">{MOST_SEEDS}" if known else "unknown"))


def heading(report: Report) -> str:
    """The title of a report: both sides of the comparison, and its result."""
    counts = Counter(cell.verdict for cell in report.cells)
    states = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    return f"{', '.join(report.suites)} · {len(report.cells)} cells: {states}"


def reasons(report: Report) -> Iterator[str]:
    """A line for each cell whose verdict needs words."""
    for cell in report.cells:
        if cell.why:
            yield f"{title(cell)}: {cell.verdict}: {cell.why}"


def change_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """Changes since the baseline: the name, both values and the cells of each."""
    judged = {str(cell.cell): cell.changes for cell in report.cells if cell.verdict != "missing" or cell.changes}
    rows = []
    for change, cells in shared_changes(judged):
        where = "all cells" if len(cells) == len(judged) else ", ".join(cells[:4])
        more = f" and {len(cells) - 4} more" if where != "all cells" and len(cells) > 4 else ""
        rows.append((change.what, change.before, change.now, where + more))
    return rows


def footnotes(report: Report) -> Iterator[str]:
    """Notes on reading the table, and whatever else there is to know."""
    rules = {cell.drop.rule for cell in report.cells if cell.drop and cell.verdict != "same"}
    tolerated = f"{100 * report.max_drop:g}"
    level = f"{100 * (1 - FALSE_ALARMS):g} %"
    if "paired" in rules:
        yield (
            f"drop: mean over seeds, paired, with one-sided {level} limits; "
            f"regressed: above {tolerated} points and a lower limit above 0"
        )
    if "prediction" in rules:
        yield (
            "fewer than three common seeds: the limits are those of the baseline's one-sided "
            f"{level} prediction interval; regressed: outside it, and a drop above {tolerated} points"
        )
    if any(cell.drop for cell in report.cells):
        yield (
            f"sees: the true drop in points that {100 * POWER:g} % of checks with this spread and these seeds call "
            "a regression; needs: seeds to tell a drop of one point from 0 as surely; both from the baseline's spread "
            "where the numbers are the same"
        )
    if report.count("tolerated"):
        yield f"tolerated: a drop beyond noise, and not above the {tolerated} points of --max-drop"
    if report.false_alarm:
        yield (
            f"if only rounding had changed, at most {100 * report.false_alarm:.0f} % of checks like this one "
            "would find a regression"
        )
    if report.new:
        names = ", ".join(str(name) for name in report.new[:5])
        more = f" and {len(report.new) - 5} more" if len(report.new) > 5 else ""
        yield f"not in the baseline, and not judged: {names}{more}; --update adds them"
    yield from report.notes
