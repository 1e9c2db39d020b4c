"""The table as JSON: the rows of the design, section 11. Fractions; null where there is no number, never NaN."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dabench.leaderboard.table import Cell, Row, Table


def render(tables: Sequence[Table]) -> str:
    """All rows of all tables."""
    rows = [_row(table, row) for table in tables for row in table.rows]
    return json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _row(table: Table, row: Row) -> dict[str, Any]:
    return {
        "track": table.track,
        "shots": table.shots,
        "backbone": table.backbone,
        "method": row.method,
        "variant": row.variant,
        "distribution": row.distribution,
        "pairs": {pair: _cell(row.cells[pair]) for pair in table.pairs},
        "average": row.average,
        "rank": row.rank,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    gap = cell.gap
    return {
        "mean": cell.mean,
        "std": cell.std,
        "ci95": None if cell.ci95 is None else list(cell.ci95),
        "n": cell.n,
        "gap_covered": gap.value,
        "gap_covered_ci95": None if gap.low is None else [gap.low, gap.high],
        "why": gap.why or None,
        "oracle": cell.oracle,
        "last": cell.last,
        "status": cell.status,
        "published": None,  # measured numbers only, so far
    }
