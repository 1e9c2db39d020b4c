"""Details of one cell for the page, as data for its script: text, and numbers to draw."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import pandas as pd

from dabench.config.overrides import flat
from dabench.leaderboard.formats import text
from dabench.leaderboard.rerun import run_command
from dabench.leaderboard.table import Cell, Recorded, Row, Table
from dabench.runs.record import RunRecord

VERSIONS = (
    "plugin_distribution", "plugin_version", "plugin_source_sha256", "code_commit", "code_dirty", "code_numerics",
    "env_dabench", "env_python", "env_torch", "env_device", "env_processor", "env_cpu_capability", "env_onednn_isa",
    "env_blas", "env_threads", "settings_sha256", "data_sha256",
)  # fmt: skip


def detail(table: Table, row: Row, pair: str, cell: Cell) -> dict[str, Any]:
    """The details of a cell."""
    recorded = [table.records[run.run_id] for run in cell.runs if run.run_id in table.records]
    records = [found.record for found in recorded]
    return {
        "title": f"{text.label(row)} on {text.pair_title(pair)}",
        "about": [part for part in text.meaning(table, backbone=False) if part] + [f"backbone {cell.backbone}"],
        "facts": list(_facts(table, row, cell)),
        "command": run_command(table, row, pair, [str(run.seed) for run in cell.runs]),
        "seeds": [_seed(run) for run in cell.runs],
        "curves": list(_curves(records)),
        "picks": _picks(records),
        "settings": [[name, repr(value)] for name, value in flat(records[-1].settings, empty=True)] if records else [],
        "versions": list(_versions(cell.runs)),
        "pictures": list(_pictures(recorded)),
        "recorded": bool(records),
    }


def _facts(table: Table, row: Row, cell: Cell) -> Iterator[list[str]]:
    yield ["accuracy", text.accuracy(cell) + f" (± standard deviation over {cell.n} seeds)" * (cell.std is not None)]
    if cell.ci95:
        low, high = map(text.fraction, cell.ci95)
        yield ["95 % interval", f"{low} to {high} (Student's t over seeds: training noise only)"]
    if cell.test_error is not None:
        yield ["test set", f"standard error ±{text.fraction(cell.test_error)}, not part of the interval"]
    if cell.gap.value is not None:
        yield ["gap covered", f"{text.share(cell.gap)} (Fieller's 95 % interval, runs paired by seed)"]
    yield from _tests(cell)
    yield ["last step", text.fraction(cell.last) or "-"]
    yield ["oracle", f"{text.fraction(cell.oracle) or '-'} (best checkpoint by target labels: not a result)"]
    for number in cell.published:
        source = table.sources[number.source - 1]
        note = f" {number.note}." if number.note else ""
        yield ["published", f"{text.fraction(number.accuracy)} as {number.name}.{note} {source}"]
    yield from _remarks(row, cell)
    yield ["plugin", row.distribution]


def _tests(cell: Cell) -> Iterator[list[str]]:
    """Differences from source only and from the best."""
    if cell.gain is not None:
        yield ["gain over source only", f"{text.gain(cell)}{_p(cell.p_gain)}"]
        if cell.p_source_only is not None:
            yield ["with Holm's correction", _shown(cell.p_source_only) + ", over the methods of the pair"]
    if cell.best:
        yield ["against the best", "is the best of the pair"]
    elif cell.p_best is not None and cell.behind_best is not None:
        yield ["against the best", f"{text.hundredths(cell.behind_best)} points"]
        yield ["with Holm's correction", _shown(cell.p_best) + ", over all pairs of methods"]


def _remarks(row: Row, cell: Cell) -> Iterator[list[str]]:
    """Remarks beside the numbers."""
    if text.flags(cell):
        yield ["warning", text.flags(cell)]
    if row.sees_target_labels:
        yield ["labels", "trained with target labels"]
    if row.source_free:
        yield ["source-free", "adapts to the target without the source's examples"]
    yield from (["data", note] for note in cell.data_notes)
    if cell.verified:
        yield ["verified", f"{cell.verified} of {len(cell.runs)} runs were reproduced elsewhere"]
    if row.group:
        yield ["compared with", f"the rows of settings {row.group}"]
    if cell.tuned_on_target:
        yield ["options", "chosen with target labels"]


def _p(value: float | None) -> str:
    return "" if value is None else f", {_shown(value)} (two-sided paired t-test)"


def _shown(p: float) -> str:
    return "p < .001" if p < 0.001 else f"p = {text.fraction(p)}"


def _seed(run: Any) -> list[str]:
    values = (run.accuracy_selected, run.accuracy_last, run.accuracy_oracle)
    shares = ["-" if pd.isna(value) else f"{value:.4f}" for value in values]
    return [str(run.seed), run.status, *shares, f"{run.train_s:.1f}", run.error if isinstance(run.error, str) else ""]


def _curves(records: Sequence[RunRecord]) -> Iterator[dict[str, Any]]:
    """One chart for the accuracy, one for each loss; a line for each seed."""
    charts: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        points = record.checkpoints
        if len(points) < 2:
            continue
        values: dict[str, list[float | None]] = {"accuracy on target test": [point.target_accuracy for point in points]}
        losses = [point.losses for point in points]
        for name in dict.fromkeys(name for at in losses for name in at):
            values[f"loss {name}"] = [at.get(name) for at in losses]
        steps = [point.step for point in points]
        for title, line in values.items():
            series = {"seed": record.seed, "steps": steps, "values": [_short(value) for value in line]}
            charts.setdefault(title, []).append(series)
    for title, lines in charts.items():
        yield {"title": title, "series": lines}


def _short(value: float | None) -> float | None:
    """Four digits are enough to draw. A loss that is no number leaves a hole in the line."""
    return None if value is None or not isfinite(value) else float(f"{value:.4g}")


def _picks(records: Sequence[RunRecord]) -> dict[str, Any]:
    """The picks of each selector, by seed."""
    names = list(dict.fromkeys(name for record in records for name in record.selections))
    rows = []
    for name in names:
        picks = [record.selections.get(name) for record in records]
        label = name.replace("_", " ") + (" (uses target labels)" if name == "oracle" else "")
        rows.append([label, *("-" if pick is None else f"{pick.accuracy:.4f} at {pick.step}" for pick in picks)])
    return {"seeds": [record.seed for record in records], "rows": rows}


def _versions(runs: Sequence[Any]) -> Iterator[list[str]]:
    """A line per value; seeds are named where they differ."""
    for name in VERSIONS:
        seeds: dict[Any, list[str]] = {}
        for run in runs:
            seeds.setdefault(getattr(run, name), []).append(str(run.seed))
        for value, of_value in seeds.items():
            shown = "unknown" if pd.isna(value) else str(value)
            yield [name, shown if len(seeds) == 1 else f"{shown} (seeds {', '.join(of_value)})"]


def _pictures(recorded: Sequence[Recorded]) -> Iterator[list[str]]:
    for found in recorded:
        for title, png in found.pictures.items():
            yield [f"{title} of seed {found.record.seed}", f"data:image/png;base64,{b64encode(png).decode()}"]
