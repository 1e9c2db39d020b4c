"""A check as JSON: for programs."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from dabench.baseline.compare import VERDICTS, CellVerdict, Report
from dabench.stats.regression import FALSE_ALARMS, POWER


def render(report: Report) -> str:
    """One object: `failed`, counts, and a list of cells. Accuracies and drops are fractions; null is unknown."""
    content = {
        "failed": report.failed,
        "suites": report.suites,
        "max_drop": report.max_drop,
        "alpha": FALSE_ALARMS,
        "power": POWER,
        "false_alarm_at_most": report.false_alarm,
        "counts": {verdict: report.count(verdict) for verdict in VERDICTS},
        "cells": [_cell(cell) for cell in report.cells],
        "new": [{**name._asdict(), "pair": name.pair} for name in report.new],
        "notes": report.notes,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _cell(cell: CellVerdict) -> dict[str, Any]:
    drop = cell.drop
    return {
        **cell.cell._asdict(),
        "pair": cell.cell.pair,
        "verdict": cell.verdict,
        "why": cell.why,
        "baseline": cell.before,
        "now": cell.now,
        "drop": drop and drop.mean,
        "drop_low": _finite(drop.low) if drop else None,
        "drop_high": _finite(drop.high) if drop else None,
        "rule": drop and drop.rule,
        "spread": drop.noise.spread if drop and drop.noise else None,
        "seeds": cell.seeds,
        "detectable": cell.detectable,
        "seeds_needed_for_one_point": cell.seeds_needed,
        "changes": [{"what": change.what, "before": change.before, "now": change.now} for change in cell.changes],
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
