"""The leaderboard as one HTML file that needs nothing else: no network, no server.

What comes from plugins and records is text: the template escapes it, the data block cannot end its element, and the
script only ever sets text. The page's own policy allows no script but this one, and no connection.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from math import ceil, floor
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from dabench.leaderboard.formats import board, text
from dabench.leaderboard.formats.footnotes import footnotes, marks
from dabench.leaderboard.page.detail import detail
from dabench.leaderboard.page.diagram import WIDTH, diagram
from dabench.leaderboard.table import Cell, Row, Table, Unmeasured
from dabench.specs.names import BOUNDS

COLUMNS = 122  # characters that fit 1,280 pixels
LABELS = 26  # of a row's name, which folds beyond


# By hand: widgets for tables load scripts from elsewhere, and this page has to work as one file without a network.
def render(tables: Sequence[Table]) -> str:
    """The page, which stands alone."""
    return page(tables)


def page(tables: Sequence[Table], *, links: Sequence[tuple[str, str]] = (), verified: Collection[str] = ()) -> str:
    """The page, also as one of a site.

    Args:
        tables: to show.
        links: title and address of other pages.
        verified: `run_id` of the runs that were reproduced elsewhere.
    """
    environment = Environment(
        loader=PackageLoader("dabench.leaderboard.page", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = own_file("common.js") + own_file("page.js")
    scale = _scale(tables)
    tables = [_verified(table, verified) for table in tables] if verified else tables
    lines = [line for number, table in enumerate(tables) for line in _lines(number, table, scale)]
    return environment.get_template("page.html").render(
        title=" and ".join(dict.fromkeys(table.suite for table in tables)) or "no results",
        tables=[replace(table, origin="") for table in tables],  # a path of this machine is nobody's business
        blocks=[list(_blocks(table)) for table in tables],
        diagrams=[diagram(table.ranking) if table.ranking else None for table in tables],
        diagram_width=WIDTH,
        lines=lines,
        choices={
            name: list(dict.fromkeys(line[name] for line in lines)) for name in ("track", "pair", "method", "plugin")
        },
        unmeasured=sum(line["state"] == "published" for line in lines),
        scale=scale,
        details=dict(_details(tables)),
        cell_id=cell_id,
        text=text,
        board=board,
        notes=[marks(table) + footnotes(table) for table in tables],
        script=script,
        style=own_file("page.css"),
        script_hash=script_hash(script),
        links=links,
        verified=bool(verified),
        version=version("dabench"),
    )


def own_file(name: str) -> str:
    """The text of a style sheet or script of the page."""
    return (files("dabench.leaderboard.page") / name).read_text(encoding="utf-8")


def script_hash(script: str) -> str:
    """The hash by which a page's policy allows its own script, and no other."""
    return b64encode(sha256(script.encode()).digest()).decode()


def cell_id(number: int, row: Row | Unmeasured, pair: str) -> str:
    """The name of a cell in links: the same in every page made of the same suite."""
    return "/".join([*([str(number + 1)] if number else []), pair, row.method, *([row.variant] if row.variant else [])])


def _verified(table: Table, verified: Collection[str]) -> Table:
    """The table with the number of verified runs in its cells."""
    rows = tuple(
        replace(
            row,
            cells={
                pair: replace(cell, verified=sum(run.run_id in verified for run in cell.runs))
                for pair, cell in row.cells.items()
            },
        )
        for row in table.rows
    )
    return replace(table, rows=rows)


def _blocks(table: Table) -> Iterator[list[str]]:
    """Pairs side by side, as many as a screen of 1,280 pixels shows."""

    def wide(pair: str) -> int:
        cells = [row.cells[pair] for row in table.rows]
        lines = [(text.accuracy(cell) + text.mark(cell), text.covered(table, cell), text.flags(cell)) for cell in cells]
        longest = max(len(line) for of_cell in lines for line in (*of_cell, *text.pair_titles(table)[pair].split()))
        return longest + board.GAP + (len("published") + 2 + board.GAP) * text.is_published(table, pair)

    labels = max(len(text.label(row)) for row in table.rows)
    return board.blocks(table, COLUMNS, min(labels, LABELS) + board.GAP, wide)


def _scale(tables: Sequence[Table]) -> tuple[float, float]:
    """Ends of the axis that all interval bars share, in tenths."""
    cells = [cell for table in tables for row in table.rows for cell in row.cells.values()]
    ends = [end for cell in cells if cell.ci95 for end in cell.ci95] + [c.mean for c in cells if c.mean is not None]
    if not ends:
        return 0.0, 1.0
    low, high = max(0, floor(10 * min(ends))), min(10, ceil(10 * max(ends)))
    return low / 10, max(high, low + 1) / 10


def _lines(number: int, table: Table, scale: tuple[float, float]) -> Iterator[dict[str, Any]]:
    """A line of the long table for each cell, then for each method that is published only."""
    for pair in table.pairs:
        for row in table.rows:
            yield _line(number, table, row, pair, row.cells[pair], scale)
    for only in table.unmeasured:
        for pair, numbers in only.cells.items():
            cell = Cell(published=numbers)
            line = _line(number, table, _row_of(only), pair, cell, scale)
            yield line | {"state": "published", "accuracy": "not measured here", "status": "published only"}


def _row_of(only: Unmeasured) -> Row:
    name = only.method.replace("_", " ")
    return Row(
        method=only.method, variant=only.variant, label=f"{name} ({only.variant})" if only.variant else name,
        distribution="", bound=only.method in BOUNDS, sees_target_labels=False, source_free=False,
        cells={}, average=None, rank=None,
    )  # fmt: skip


def _line(number: int, table: Table, row: Row, pair: str, cell: Cell, scale: tuple[float, float]) -> dict[str, Any]:
    return {
        "id": cell_id(number, row, pair) if cell.runs else "",
        "track": text.meaning(table, backbone=False)[1] + (f", table {number + 1}" if number else ""),
        "pair": text.pair_titles(table)[pair],
        "method": text.label(row) + f", settings {row.group}" * bool(row.group),
        "plugin": row.distribution,
        "mean": cell.mean,
        "accuracy": text.accuracy(cell),
        "mark": text.mark(cell),
        "bar": _bar(cell, scale),
        "gap": cell.gap.value,
        "share": text.covered(table, cell),
        "gain": None if cell.gain is None else cell.gain.mean,
        "gained": text.gain(cell).removesuffix(" points"),
        "published": cell.published,
        "first_published": cell.published[0].accuracy if cell.published else None,
        "test_error": cell.test_error,
        "seeds": cell.n,
        "state": cell.status,
        "status": (text.flags(cell) or text.accuracy(cell) if cell.status not in ("ok", "missing") else cell.status)
        + (f", {cell.verified} verified" if cell.verified else ""),
        "bound": row.bound,
    }


def _bar(cell: Cell, scale: tuple[float, float]) -> dict[str, Any] | None:
    """Places in percent of the bar's width, and the same in words."""
    if cell.mean is None:
        return None
    low, high = cell.ci95 or (cell.mean, cell.mean)

    def place(value: float) -> float:
        return round(100 * min(1.0, max(0.0, (value - scale[0]) / (scale[1] - scale[0]))), 2)

    words = f"95 % interval {text.fraction(low)} to {text.fraction(high)}" if cell.ci95 else "one seed, no interval"
    return {
        "low": place(low),
        "width": round(place(high) - place(low), 2),
        "mean": place(cell.mean),
        "published": [place(number.accuracy) for number in cell.published],
        "words": words,
    }


def _details(tables: Sequence[Table]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, table in enumerate(tables):
        for row in table.rows:
            for pair, cell in row.cells.items():
                if cell.runs:
                    yield cell_id(number, row, pair), detail(table, row, pair, cell)
