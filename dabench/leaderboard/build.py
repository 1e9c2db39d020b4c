"""From runs to tables. One pass over the runs; nothing is averaged or compared over different settings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from dabench.leaderboard.table import Cell, CellStatus, Row, Table
from dabench.results import current
from dabench.stats import Gap, gap_covered, mean_interval, test_set_error, tied_with_best

# Runs that differ in one of these never share a table.
TABLE = ["suite", "suite_version", "track", "shots", "backbone", "metric", "selector", "transductive"]
BOUNDS = ("source_only", "target_only")


# pair, bound, what it can be compared with -> variant -> accuracy by seed
Bounds = dict[tuple[str, str, tuple[str, str]], dict[str, dict[int, float]]]


class Key(NamedTuple):
    """A cell."""

    pair: str
    method: str
    variant: str


def build_tables(
    frame: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    pairs: Sequence[str] = (),
    methods: Sequence[str] = (),
    seeds: Sequence[int] = (),
    device: str = "",
    origin: str = "",
) -> list[Table]:
    """Arrange runs as leaderboards: source_only first, methods, target_only last; a column per pair.

    Args:
        frame: runs, columns as in `records.flatten`; older runs of a cell are left out by `results.current`.
        labels: method -> how to print it; else its name with spaces.
        pairs: columns in this order, shown even without a run; others follow as first seen.
        methods: rows in this order; others follow alphabetically.
        seeds: expected in each cell; without it, all that occur in the table.
        device: for the header, as in "cpu, 2 workers"; without it, the devices of the runs.
        origin: for the header: where the runs come from.

    Returns:
        One table per suite version, track, shots, backbone, metric and selector. None for an empty frame.
    """
    kept, left_out = current(frame)
    seen = set(kept["source"].str.cat(kept["target"], sep=":"))
    tables: list[Table] = []
    for _, runs in kept.groupby(TABLE, sort=False, dropna=False):
        here = list(dict.fromkeys(runs["source"].str.cat(runs["target"], sep=":")))
        # A pair without any run belongs to no table; it is shown in the first, and so are the runs left out.
        columns = [pair for pair in pairs if pair in here or (pair not in seen and not tables)]
        columns += [pair for pair in here if pair not in columns]
        table = _table(runs, columns, labels or {}, methods, seeds)
        tables.append(
            replace(
                table,
                device=device or table.device,
                origin=origin,
                left_out=0 if tables else left_out,
            )
        )
    return tables


def _table(
    runs: pd.DataFrame,
    pairs: list[str],
    labels: Mapping[str, str],
    methods: Sequence[str],
    seeds: Sequence[int],
) -> Table:
    by_cell: dict[Key, list[Any]] = defaultdict(list)
    for run in runs.itertuples(index=False):
        by_cell[Key(f"{run.source}:{run.target}", str(run.method), str(run.variant))].append(run)
    expected = tuple(sorted(set(seeds) or set(runs["seed"].tolist())))
    bounds = _bounds(by_cell)
    cells = {key: _cell(key, of_cell, bounds, len(expected)) for key, of_cell in by_cell.items()}
    cells = _mark_best(cells, by_cell)
    names = sorted({(key.method, key.variant) for key in cells}, key=lambda name: _place(name, methods))
    shared = {variant for _, variant in names}
    variant = next(iter(shared)) if len(shared) == 1 else ""
    rows = []
    for method, own in names:
        of_row = {pair: cells.get(Key(pair, method, own), Cell(expected=len(expected))) for pair in pairs}
        row_runs = [run for pair in pairs for run in by_cell.get(Key(pair, method, own), [])]
        label = labels.get(method) or ("train on target" if method == "target_only" else method.replace("_", " "))
        done = all(cell.complete for cell in of_row.values())
        means = [cell.mean for cell in of_row.values() if cell.mean is not None]
        rows.append(
            Row(
                method=method,
                variant=own,
                label=label if own == variant or not own else f"{label} ({own})",
                distribution=_listed(run.plugin_distribution for run in row_runs),
                bound=method in BOUNDS,
                sees_target_labels=any(run.sees_target_labels for run in row_runs),
                tuned_on_target=any(run.chosen_by == "target_labels" for run in row_runs),
                cells=of_row,
                average=sum(means) / len(means) if done else None,
                rank=None,
            )
        )
    first = runs.iloc[0]
    states = Counter(runs["status"])
    return Table(
        suite=first["suite"],
        suite_version=int(first["suite_version"]),
        track=first["track"],
        shots=None if pd.isna(first["shots"]) else int(first["shots"]),
        backbone=first["backbone"],
        metric=first["metric"],
        selector=first["selector"],
        transductive=bool(first["transductive"]),
        precision=_listed(runs["precision"]),
        pairs=tuple(pairs),
        seeds=expected,
        variant=variant,
        rows=tuple(_rank(rows, pairs, by_cell)),
        test_error=_test_errors(cells, by_cell),
        runs=len(runs),
        failed=states["failed"],
        collapsed=states["collapsed"],
        timeout=states["timeout"],
        left_out=0,
        device=_listed(runs["env_device"]),
        origin="",
        notes=tuple(_notes(runs)),
    )


def _place(name: tuple[str, str], methods: Sequence[str]) -> tuple[int, int, str, str]:
    """Where a row stands: bounds outside, methods as asked for, then alphabetically."""
    method, variant = name
    side = {"source_only": 0, "target_only": 2}.get(method, 1)
    return side, methods.index(method) if method in methods else len(methods), method, variant


def _cell(key: Key, runs: list[Any], bounds: Bounds, expected: int) -> Cell:
    states = Counter(run.status for run in runs)
    scored = [run for run in runs if run.status in ("ok", "collapsed")]
    status: CellStatus = "ok"
    if states["failed"]:
        status = "failed"
    elif states["timeout"]:
        status = "timeout"
    elif len(scored) < expected:
        status = "incomplete"
    elif states["collapsed"]:
        status = "collapsed"
    cell = Cell(
        expected=expected, status=status, n=len(scored), failed=states["failed"], collapsed=states["collapsed"],
        timeout=states["timeout"],
    )  # fmt: skip
    if not scored:
        return cell
    interval = mean_interval([run.accuracy_selected for run in scored])
    return replace(
        cell,
        mean=interval.mean,
        std=interval.std,
        ci95=None if interval.low is None or interval.high is None else (interval.low, interval.high),
        gap=_gap(key, runs, bounds),
        oracle=mean_interval([run.accuracy_oracle for run in scored]).mean,
        last=mean_interval([run.accuracy_last for run in scored]).mean,
    )


def _comparison(runs: list[Any]) -> tuple[str, str]:
    """Cells with the same one differ by method alone. `current` leaves one in each cell."""
    return runs[0].comparison_sha256, runs[0].data_sha256


def _accuracies(runs: list[Any]) -> dict[int, float]:
    return {run.seed: run.accuracy_selected for run in runs if run.status in ("ok", "collapsed")}


def _bounds(by_cell: Mapping[Key, list[Any]]) -> Bounds:
    found: Bounds = defaultdict(dict)
    for key, runs in by_cell.items():
        if key.method in BOUNDS:
            found[key.pair, key.method, _comparison(runs)][key.variant] = _accuracies(runs)
    return found


def _gap(key: Key, runs: list[Any], bounds: Bounds) -> Gap:
    if key.method in BOUNDS:
        return Gap(None, None, None, 0, "bound")
    found: list[dict[int, float]] = []
    for method in BOUNDS:
        same = bounds.get((key.pair, method, _comparison(runs)), {})
        # The bound of the same variant if there is one (a budget, say), else the plain one (a method's own option).
        variant = min(same, key=lambda name: (name != key.variant, name), default="")
        found.append(same.get(variant, {}))
    return gap_covered(_accuracies(runs), source_only=found[0], target_only=found[1])


def _mark_best(cells: dict[Key, Cell], by_cell: Mapping[Key, list[Any]]) -> dict[Key, Cell]:
    rivals: dict[tuple[str, tuple[str, str]], list[Key]] = defaultdict(list)
    for key, cell in cells.items():
        if key.method not in BOUNDS and cell.mean is not None:
            rivals[key.pair, _comparison(by_cell[key])].append(key)
    marked = dict(cells)
    for keys in rivals.values():
        tied = tied_with_best({key: _accuracies(by_cell[key]) for key in keys})
        top = max(cells[key].mean or 0.0 for key in keys)
        for key in keys:
            marked[key] = replace(cells[key], best=cells[key].mean == top, tied=key in tied)
    return marked


def _rank(rows: list[Row], pairs: Sequence[str], by_cell: Mapping[Key, list[Any]]) -> list[Row]:
    """Set the mean rank over pairs; equal means share the mean of their ranks (as in Friedman's test)."""
    entrants = [row for row in rows if not row.bound and row.average is not None]
    ranks: dict[tuple[str, str], list[float]] = defaultdict(list)
    for pair in pairs:
        groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in entrants:
            groups[_comparison(by_cell[Key(pair, row.method, row.variant)])].append(row)
        for group in groups.values():
            means = pd.Series([row.cells[pair].mean for row in group])
            for row, rank in zip(group, means.rank(ascending=False), strict=True):
                ranks[row.method, row.variant].append(float(rank))
    found = {name: sum(values) / len(values) for name, values in ranks.items()}
    return [replace(row, rank=found.get((row.method, row.variant))) for row in rows]


def _test_errors(cells: Mapping[Key, Cell], by_cell: Mapping[Key, list[Any]]) -> dict[str, float]:
    errors: dict[str, float] = {}
    for key, cell in cells.items():
        rows = max(run.test_rows for run in by_cell[key])
        if cell.mean is not None and rows:
            errors[key.pair] = max(errors.get(key.pair, 0.0), test_set_error(cell.mean, rows))
    return errors


def _notes(runs: pd.DataFrame) -> Iterable[str]:
    for column, what in (("env_torch", "torch"), ("env_device", "device"), ("env_dabench", "dabench")):
        values = sorted(runs[column].unique())
        if len(values) > 1:
            yield f"runs of more than one {what}: {', '.join(values)}"
    for (method, variant), of_row in runs.groupby(["method", "variant"], sort=True):
        if len(of_row[["plugin_version", "plugin_source_sha256"]].drop_duplicates()) > 1:
            name = f"{method} ({variant})" if variant else method
            yield f"{name}: not all pairs were run with the same code of the plugin"


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values)))
