"""The table as tidy CSV: one line per row and pair. Fractions with all their digits; an empty field for no number."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from dabench.leaderboard.table import Row, Table
from dabench.results.csv_cells import as_text

COLUMNS = (
    "suite", "suite_version", "track", "shots", "backbone", "metric", "selector", "method", "variant", "distribution",
    "source", "target", "mean", "std", "ci95_low", "ci95_high", "n", "expected", "gap_covered", "gap_covered_low",
    "gap_covered_high", "why", "oracle", "last", "status", "failed", "collapsed", "timeout", "best", "tied",
    "sees_target_labels", "average", "rank", "test_error", "gain", "gain_low", "gain_high", "p_source_only", "p_best",
    "published", "group", "p_gain", "behind_best", "behind_best_low", "behind_best_high", "tuned_on_target",
    "data_notes", "from_csv", "gap_covered_n", "gain_n", "unlike", "source_free",
)  # fmt: skip

OF_ROW = ("method", "variant", "distribution", "sees_target_labels", "source_free")

OF_CELL = (
    "mean", "std", "n", "expected", "oracle", "last", "status", "failed", "collapsed", "timeout", "best", "tied",
    "backbone", "test_error", "p_gain", "p_source_only", "p_best", "tuned_on_target", "from_csv", "unlike",
)  # fmt: skip


def render(tables: Sequence[Table]) -> str:
    """The lines of all tables below one header, unix line ends."""
    file = StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for table in tables:
        for row in table.rows:
            writer.writerows(_as_text(_fields(table, row, pair)) for pair in table.pairs)
    return file.getvalue()


def _as_text(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of which a spreadsheet takes no text for a formula."""
    return {name: as_text(value) if isinstance(value, str) else value for name, value in fields.items()}


def _fields(table: Table, row: Row, pair: str) -> Mapping[str, Any]:
    cell = row.cells[pair]
    source, _, target = pair.partition(":")
    low, high = cell.ci95 or (None, None)
    same = {name: getattr(table, name) for name in COLUMNS[:7] if name != "backbone"}
    same |= {name: getattr(row, name) for name in OF_ROW}
    same |= {name: getattr(cell, name) for name in OF_CELL}
    return same | {
        "source": source,
        "target": target,
        "ci95_low": low,
        "ci95_high": high,
        "gap_covered": cell.gap.value,
        "gap_covered_low": cell.gap.low,
        "gap_covered_high": cell.gap.high,
        "why": cell.gap.why,
        "gap_covered_n": cell.gap.n,
        "gain": cell.gain and cell.gain.mean,
        "gain_low": cell.gain and cell.gain.low,
        "gain_high": cell.gain and cell.gain.high,
        "behind_best": cell.behind_best and cell.behind_best.mean,
        "behind_best_low": cell.behind_best and cell.behind_best.low,
        "behind_best_high": cell.behind_best and cell.behind_best.high,
        "group": row.group,
        "data_notes": "; ".join(cell.data_notes),
        "gain_n": cell.gain and cell.gain.n,
        "published": "; ".join(f"{number.accuracy} {table.sources[number.source - 1]}" for number in cell.published),
        "average": row.average,
        "rank": row.rank,
    }
