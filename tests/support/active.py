"""Made-up results of a suite of the track active."""

from __future__ import annotations

from typing import Any

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.table import Table
from dabench.results.csv_file import frame_of
from dabench.runs.record import flatten
from tests.support.factories import make_record

# Accuracies of two seeds, with no label, with 10 and with 20.
START = (0.4, 0.6)
CURVES = {"random": [(0.5, 0.6), (0.6, 0.8)], "margin": [(0.7, 0.8), (0.8, 0.8)], "clue": [(0.4, 0.6), (0.5, 0.6)]}


def active_tables(leave_out: tuple[str, int] | None = None) -> list[Table]:
    """Tables of two bounds and three rules, without the rule and round to leave out."""
    records = []
    for method, values in (("source_only", START), ("target_only", (0.9, 0.9))):
        for seed, value in enumerate(values):
            records.append(_record(value, method=method, seed=seed))
    for rule, rounds in CURVES.items():
        for number, values in enumerate(rounds, start=1):
            for seed, value in enumerate(values):
                if (rule, number) != leave_out:
                    of_rule = {"variant": rule, "rule": rule, "round": number, "shots": 10 * number}
                    records.append(_record(value, method="weighted", seed=seed, **of_rule))
    return build_tables(frame_of(map(flatten, records)))


def _record(value: float, **fields: Any) -> Any:
    settings = f"{fields['method']} {fields.get('variant', '')} {fields.get('shots')}"
    return make_record(value, track="active", suite="mini_active", settings_sha256=settings, **fields)
