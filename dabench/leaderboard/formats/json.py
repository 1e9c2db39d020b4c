"""The table as JSON: the rows of the design, section 11. Fractions; null where there is no number, never NaN."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dabench.leaderboard.table import Cell, Printed, Row, Table
from dabench.stats.seeds import Interval

COUNTS = ("failed", "collapsed", "timeout")


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
        "pairs": {pair: _cell(row.cells[pair], table) for pair in table.pairs},
        "average": row.average,
        "rank": row.rank,
        "group": row.group or None,
        "source_free": row.source_free,
    }


def _cell(cell: Cell, table: Table) -> dict[str, Any]:
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
        "published": [_printed(number, table) for number in cell.published] or None,
        "backbone": cell.backbone or None,
        "test_error": cell.test_error,
        "gain": _mean(cell.gain),
        "gain_ci95": _ci(cell.gain),
        "p_source_only": cell.p_source_only,
        "p_best": cell.p_best,
        "counts": {"expected": cell.expected, **{name: getattr(cell, name) for name in COUNTS}},
        "p_gain": cell.p_gain,
        "behind_best": _mean(cell.behind_best),
        "behind_best_ci95": _ci(cell.behind_best),
        "best": cell.best,
        "tied": cell.tied,
        "tuned_on_target": cell.tuned_on_target,
        "data_notes": list(cell.data_notes) or None,
        "from_csv": cell.from_csv,
        "gap_covered_n": gap.n,
        "gain_n": 0 if cell.gain is None else cell.gain.n,
        "unlike": cell.unlike,
    }


def _mean(interval: Interval | None) -> float | None:
    return None if interval is None else interval.mean


def _ci(interval: Interval | None) -> list[float | None] | None:
    return None if interval is None or interval.low is None else [interval.low, interval.high]


def _printed(number: Printed, table: Table) -> dict[str, Any]:
    source = table.sources[number.source - 1]
    return {"accuracy": number.accuracy, "name": number.name, "source": source, "note": number.note or None}
