"""Text in columns, for the terminal and for pipes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from dabench.printable import stdout

GAP = "  "
LEAST = 20  # characters of a column that is folded


def page_width() -> int | None:
    """The width for printed text: that of the terminal, or of `COLUMNS`; None for pipes and files."""
    if stdout().isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size((100, 24)).columns
    return None


def folded(text: str, width: int | None = None) -> str:
    """A text whose longer lines are folded between words, with what follows further in.

    Args:
        text: of several lines.
        width: see `page_width`, if not given.
    """
    width = width or page_width()
    if width is None:
        return text
    return "\n".join(part for line in text.split("\n") for part in _folded_line(line, width))


def _folded_line(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def aligned(rows: Iterable[Sequence[str]], right: Collection[int] = (), width: int | None = None) -> str:
    """Rows of as many cells each, one per line, with their columns below each other; empty text for none.

    Where they are wider than the page, cells of several words are folded; where that is not enough, the columns stand
    in blocks below each other, with the first column in each. No word is cut.

    Args:
        rows: of cells.
        right: places of the columns that are aligned to the right; the others are to the left.
        width: see `page_width`, if not given.
    """
    rows = [list(row) for row in rows]
    width = width or page_width()
    columns = [list(column) for column in zip(*rows, strict=True)]
    blocks = [range(len(columns))] if width is None else _blocks(columns, width)
    return "\n\n".join("\n".join(_lines(columns, block, right, width)) for block in blocks)


def _blocks(columns: Sequence[Sequence[str]], width: int) -> Iterator[Sequence[int]]:
    """Places of the columns that stand beside each other."""
    widths = [min(_widest(column), max(LEAST, _word(column))) for column in columns]
    block: list[int] = []
    for place, own in enumerate(widths):
        if own and len(block) > 1 and sum(widths[item] + len(GAP) for item in block) + own > width:
            yield block
            block = [0]
        block.append(place)
    yield block


def _lines(
    columns: Sequence[Sequence[str]], block: Sequence[int], right: Collection[int], width: int | None
) -> Iterator[str]:
    widths = [_widest(columns[place]) for place in block]
    if width is not None:
        _shrink(widths, [max(LEAST, _word(columns[place])) for place in block], width)
    for row in zip(*(columns[place] for place in block), strict=True):
        if 0 in block and list(block[1:2]) != [1] and len(block) > 1 and not any(row[1:]):
            continue  # of a further block, with nothing in it
        cells = [_cell(cell, own) for cell, own in zip(row, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=""):
            pairs = zip(block, parts, widths, strict=True)
            fields = [part.rjust(own) if place in right else part.ljust(own) for place, part, own in pairs]
            yield from _broken(fields, width)


def _broken(fields: Sequence[str], width: int | None) -> Iterator[str]:
    """A line; where words are too long for it, several, the further ones indented."""
    line = ""
    for place, field in enumerate(fields):
        longer = f"{line}{GAP}{field}" if place else field
        if width is not None and place and field.strip() and len(longer.rstrip()) > width:
            yield line.rstrip()
            longer = 2 * GAP + field.lstrip()
        line = longer
    yield line.rstrip()


def _shrink(widths: list[int], least: Sequence[int], width: int) -> None:
    """Take from the widest columns what is too much, as far as their words allow."""
    while (excess := sum(widths) + len(GAP) * (len(widths) - 1) - width) > 0:
        free = [place for place, own in enumerate(widths) if own > least[place]]
        if not free:
            return
        widest = max(free, key=lambda place: widths[place])
        others = [widths[place] for place in free if widths[place] < widths[widest]]
        floor = max(least[widest], max(others, default=0))
        widths[widest] = max(widths[widest] - excess, min(floor, widths[widest] - 1))


def _cell(cell: str, width: int) -> list[str]:
    if len(cell) <= width:
        return [cell]
    return wrap(cell, width, break_long_words=False, break_on_hyphens=False)


def _widest(column: Sequence[str]) -> int:
    return max(map(len, column), default=0)


def _word(column: Sequence[str]) -> int:
    """The longest word, which is never cut."""
    return max((len(word) for cell in column for word in cell.split()), default=0)
