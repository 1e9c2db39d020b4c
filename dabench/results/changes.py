"""Differences between two sets of runs beyond their numbers: the likely reasons why the numbers differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dabench.config.overrides import differences
from dabench.results.cells import RunRow
from dabench.runs.record import SCORED

# Columns, likeliest reason first -> what to call them. What makes runs measure different things comes first, then what
# surely changes their bits, then what may.
REASONS = {
    "suite_version": "suite version",
    "track": "track",
    "metric": "metric",
    "selector": "selector",
    "data_sha256": "data",
    "settings_sha256": "settings",
    "env_cpu_capability": "instructions of torch",
    "env_onednn_isa": "instructions of oneDNN",
    "env_processor": "processor",
    "env_blas": "BLAS",
    "env_torch": "torch",
    "env_device": "device",
    "code_numerics": "NUMERICS_VERSION",
    "plugin_distribution": "plugin",
    "plugin_version": "plugin version",
    "plugin_source_sha256": "plugin sources",
    "code_commit": "code commit",
    "env_dabench": "dabench",
    "env_libraries": "libraries",
    "env_threads": "threads",
    "env_python": "python",
}

# Runs that differ in one of these measure different things.
COMPARABLE = ("suite_version", "track", "metric", "selector", "data_sha256", "settings_sha256")

UNKNOWN = "unknown"  # of a field that the record, or the schema of its file, does not have

SettingsByHash = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """One thing that differs.

    Attributes:
        column: in a frame of runs.
        before, now: what it was and is; of settings that are known on both sides, those that differ.
    """

    column: str
    before: str
    now: str

    @property
    def what(self) -> str:
        """The name of the change."""
        return REASONS[self.column]

    @property
    def known(self) -> bool:
        """Whether both values are: else there may be no difference."""
        return UNKNOWN not in (self.before, self.now)

    def __str__(self) -> str:
        return f"{self.what} {self.before} → {self.now}"


def changes(before: Sequence[RunRow], now: Sequence[RunRow], settings: SettingsByHash | None = None) -> list[Change]:
    """Differences between the runs of a cell, the likeliest reason first.

    Args:
        before: runs of the baseline; not empty.
        now: current runs; not empty.
        settings: by `settings_sha256`, as far as they are known.
    """
    found = []
    same_run = bool({row["run_id"] for row in before} & {row["run_id"] for row in now})
    for column in REASONS:
        if column == "code_numerics" and same_run:
            continue  # a part of the run_id, which also rows have that do not hold it
        old, new = _values(before, column), _values(now, column)
        if old != new:
            pair = _settings(before, now, settings or {}) if column == "settings_sha256" else (old, new)
            found.append(Change(column, *pair))
    return found


def _values(rows: Sequence[RunRow], column: str) -> str:
    """All values of a column. The environment is that of runs with numbers: failures elsewhere change none."""
    if column.startswith("env_"):
        rows = [row for row in rows if row["status"] in SCORED] or rows
    return ", ".join(sorted({_text(row, column) for row in rows}))


def _text(row: RunRow, column: str) -> str:
    value = row[column]
    if value is None:
        return UNKNOWN
    if column == "code_commit":
        return f"{value[:12]}{' (changed)' * bool(row['code_dirty'])}"
    return str(value)[:12] if column.endswith("_sha256") else str(value)


def _settings(before: Sequence[RunRow], now: Sequence[RunRow], known: SettingsByHash) -> tuple[str, str]:
    """Differences of settings: key by key where both are known, else as far as published rows tell."""
    old, new = known.get(before[0]["settings_sha256"]), known.get(now[0]["settings_sha256"])
    if old is not None and new is not None:
        return differences(new, old), differences(old, new)
    hints = []
    if _values(before, "comparison_sha256") == _values(now, "comparison_sha256"):
        versioned = any(settings and settings.get("views") for settings in (old, new))
        hints.append("options of the method, or versions of its views" if versioned else "options of the method")
    for column in ("backbone", "precision", "shots", "steps"):
        one, other = _values(before, column), _values(now, column)
        hints += [f"{column} {one} → {other}"] if one != other else []
    hint = f" ({'; '.join(hints)})" if hints else ""
    return _values(before, "settings_sha256"), _values(now, "settings_sha256") + hint


def shared_changes(by_cell: Mapping[str, Sequence[Change]]) -> list[tuple[Change, list[str]]]:
    """Every change once, with the cells that it concerns; likeliest reason first."""
    cells: dict[Change, list[str]] = {}
    for name, found in by_cell.items():
        for change in found:
            cells.setdefault(change, []).append(name)
    order = list(REASONS)
    return sorted(cells.items(), key=lambda item: order.index(item[0].column))
