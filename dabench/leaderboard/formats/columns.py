"""Text in columns, for the terminal and for pipes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


def aligned(rows: Iterable[Sequence[str]], right: Collection[int] = ()) -> str:
    """Rows of as many cells each, one per line, with their columns below each other; empty text for none.

    Args:
        rows: of cells.
        right: places of the columns that are aligned to the right; the others are to the left.
    """
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
