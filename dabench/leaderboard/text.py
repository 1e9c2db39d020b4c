"""How numbers, headings and footnotes read, in every format that people read."""

from __future__ import annotations

from collections.abc import Sequence

from dabench.leaderboard.table import PER_PAIR, Cell, Row, Table
from dabench.ranks import Ranking
from dabench.stats import Gap

BEST, TIED, NO_GAIN, SEES, TUNED = "*", "=", "~", "†", "‡"
RANKED_FROM = 3  # pairs; a mean rank over fewer says nothing


def fraction(value: float | None) -> str:
    """`.843`; an empty string for None."""
    return "" if value is None else f"{value:.3f}".removeprefix("0")


def accuracy(cell: Cell) -> str:
    """`.843 ±.012`, or why there is no number."""
    if cell.mean is None:
        return {"failed": "failed", "timeout": "timed out"}.get(cell.status, "missing")
    return fraction(cell.mean) + ("" if cell.std is None else f" ±{fraction(cell.std)}")


def share(gap: Gap) -> str:
    """`57 % [49, 65]`, or why there is none; an empty string for a bound."""
    if gap.value is None:
        return gap.why if gap.why not in ("bound", "no runs") else ""
    ends = "" if gap.low is None or gap.high is None else f" [{round(100 * gap.low)}, {round(100 * gap.high)}]"
    return f"{round(100 * gap.value)} %{ends}"


def gain(cell: Cell) -> str:
    """The difference from source_only in points: `+24.0 [15.1, 32.9]`; an empty string without one."""
    if cell.gain is None:
        return ""
    ends = "" if cell.gain.low is None else f" [{100 * cell.gain.low:+.1f}, {100 * (cell.gain.high or 0):+.1f}]"
    return f"{100 * cell.gain.mean:+.1f}{ends} points"


def mark(cell: Cell, best: str = BEST) -> str:
    """What the tests say of a cell, as it is printed behind the number."""
    return (best if cell.best else TIED if cell.tied else "") + (NO_GAIN if cell.no_gain else "")


def marks(table: Table, best: str = BEST) -> list[str]:
    """What the marks of a table mean."""
    cells = [cell for row in table.rows for cell in row.cells.values()]
    parts = [f"{best} best method of the pair"] if any(cell.best for cell in cells) else []
    tied, no_gain = any(cell.tied and not cell.best for cell in cells), any(cell.no_gain for cell in cells)
    parts += [f"{TIED} not distinguishable from it"] if tied else []
    parts += [f"{NO_GAIN} not distinguishable from source only"] if no_gain else []
    if tied or no_gain:
        parts[-1] += " (two-sided paired t-tests over seeds, Holm's correction, α = .05)"
    return [", ".join(parts)] if parts else []


def printed(cell: Cell) -> list[str]:
    """The published numbers: `.815 [1]`."""
    return [f"{fraction(number.accuracy)} [{number.source}]" for number in cell.published]


def is_published(table: Table, pair: str) -> bool:
    """Whether a pair needs a column of published numbers."""
    return any(row.cells[pair].published for row in table.rows)


def cited(table: Table) -> list[str]:
    """The sources of the published numbers that stand beside measured ones: `[1] Ganin …`."""
    used = {number.source for row in table.rows for cell in row.cells.values() for number in cell.published}
    return [f"[{place}] {source}" for place, source in enumerate(table.sources, start=1) if place in used]


def flags(cell: Cell) -> str:
    """What is not as it should be: `3 of 5 seeds, 2 failed`; an empty string if nothing is."""
    parts = [f"{cell.n} of {cell.expected} seeds"] if 0 < cell.n < cell.expected else []
    counts = ((cell.failed, "failed"), (cell.timeout, "timed out"), (cell.collapsed, "collapsed"))
    # Where nothing but "failed" is printed, the count adds nothing unless some seeds were not run at all.
    parts += [f"{count} {word}" for count, word in counts if count and (cell.n or count < cell.expected)]
    return ", ".join(parts)


def label(row: Row) -> str:
    """The row's name with its marks."""
    return row.label + (SEES if row.sees_target_labels else "") + (TUNED if row.tuned_on_target else "")


def pair_title(pair: str) -> str:
    """`digits → digits_m`."""
    return pair.replace(":", " → ")


def pair_titles(table: Table) -> dict[str, str]:
    """How a table names its pairs: a family that all domains share (`amazon/`) is left out; a footnote names it."""
    family = _family(table)
    return {pair: pair_title(":".join(end.removeprefix(family) for end in pair.split(":"))) for pair in table.pairs}


def _family(table: Table) -> str:
    families = {end.rpartition("/")[0] for pair in table.pairs for end in pair.split(":")}
    family = families.pop() if len(families) == 1 else ""
    return f"{family}/" if family else ""


def covered(table: Table, cell: Cell) -> str:
    """The covered share of a cell, or why there is none; where the whole table has no bounds, a footnote says so."""
    return "" if cell.mean is None or (cell.gap.why == "no bounds" and not _bounded(table)) else share(cell.gap)


def _bounded(table: Table) -> bool:
    return {row.method for row in table.rows if row.bound} == {"source_only", "target_only"}


def meaning(table: Table, *, backbone: bool) -> list[str]:
    """What the numbers of a table are; the backbone where several tables stand together."""
    parts = [table.suite if table.suite_version == 1 else f"{table.suite} (version {table.suite_version})"]
    parts.append(table.track if table.shots is None else f"{table.track}, {table.shots} per class")
    parts += [f"backbone {table.backbone}"] if backbone else []
    parts += [table.variant] if table.variant else []
    parts += [table.metric.replace("_", " ")] if table.metric != "accuracy" else []
    parts.append("1 seed" if len(table.seeds) == 1 else f"{len(table.seeds)} seeds")
    parts.append(table.selector.replace("_", " "))
    return [*parts, table.precision, table.device]


def heading(table: Table, *, backbone: bool) -> list[str]:
    """The parts of the line above a table: what it means, how many runs went well, where they are."""
    runs = "1 run" if table.runs == 1 else f"{table.runs} runs"
    counts = f"{runs}, {table.failed} failed, {table.collapsed} collapsed"
    counts += f", {table.timeout} timed out" if table.timeout else ""
    return [*meaning(table, backbone=backbone), counts, *([table.origin] if table.origin else [])]


def footnotes(table: Table) -> list[str]:
    """What the numbers mean and do not mean; only what the table needs. Marks of best and tied are the format's own."""
    cells = [cell for row in table.rows for cell in row.cells.values()]
    notes = []
    if _family(table):
        notes.append(f"domains are those of {_family(table).removesuffix('/')}")
    if any(cell.std is not None for cell in cells):
        notes.append("± standard deviation over seeds")
    if any(cell.gap.value is not None for cell in cells):
        notes.append("% share of the gap from source only to train on target that is covered [95 % interval]")
    if not _bounded(table) and any(not row.bound for row in table.rows):
        notes.append("no share of a gap: the table does not have both bounds")
    if any(cell.gap.why == "gap too small" for cell in cells):
        notes.append("gap too small: noise dominates the gap between the bounds, or there is none")
    if any(cell.std is not None for cell in cells):
        notes.append(f"intervals over seeds cover training noise only; {_test_error(table)}")
    elif table.test_error:
        notes.append(_test_error(table))
    if any(row.sees_target_labels for row in table.rows):
        notes.append(f"{SEES} trained with target labels")
    if any(row.tuned_on_target for row in table.rows):
        notes.append(f"{TUNED} options chosen with target labels")
    if any(cell.collapsed for cell in cells):
        notes.append("collapsed: predicts (almost) one class; counted in the mean")
    if any(cell.failed + cell.timeout and cell.n for cell in cells):
        notes.append("where runs failed or timed out, the mean is over the other seeds, and the row has no average")
    if table.transductive:
        notes.append("transductive: adapts on the test inputs, as the published protocol does")
    if table.backbone == PER_PAIR:
        networks = (f"{table.backbones[pair]} ({title})" for pair, title in pair_titles(table).items() if pair in table.backbones)
        notes.append(f"backbones: {', '.join(networks)}")
    if table.ranking is not None:
        notes.append(_critical_difference(table.ranking))
    if table.left_out:
        notes.append(f"{table.left_out} runs of older code, data or settings are left out")
    return [*notes, *table.notes]


def _test_error(table: Table) -> str:
    if not table.test_error:
        return f"the test set's standard error is not known for {table.metric.replace('_', ' ')}"
    low, high = (fraction(end(table.test_error.values())) for end in (min, max))
    return f"test-set standard error ±{high}" if low == high else f"test-set standard error ±{low} to ±{high}"


def _critical_difference(found: Ranking) -> str:
    p = "< .001" if found.p_value < 0.001 else f"= {fraction(found.p_value)}"
    return (
        f"mean ranks over {found.pairs} pairs: Friedman's test p {p}; closer than {found.difference:.2f} is not "
        "distinguishable (Nemenyi, α = .05). Pairs that share a domain are not independent: take both as a guide"
    )


def ranked(table: Table) -> bool:
    """Whether the table shows mean ranks."""
    return len(table.pairs) >= RANKED_FROM and sum(row.rank is not None for row in table.rows) > 1


def next_commands(tables: Sequence[Table]) -> str:
    """The commands that a reader of a table may want; an empty string where there is no method to explain."""
    for table in tables:
        rows = [row for row in table.rows if not row.bound] or list(table.rows)
        cells = [(row.method, pair, cell.mean) for row in rows for pair, cell in row.cells.items()]
        found = [(mean, method, pair) for method, pair, mean in cells if mean is not None]
        if found:
            _, method, pair = max(found)
            usual = ("", "results", f"results/{table.suite}.csv", f"results/runs/{table.suite}")
            where = "" if table.origin in usual else f" --results {table.origin}"
            return (
                f"next: dabench explain {table.suite} {pair} {method}{where} · "
                f"dabench table {table.suite}{where} --format markdown -o {table.suite}.md"
            )
    return ""
