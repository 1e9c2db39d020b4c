"""Tables from runs. One pass over the runs; nothing is averaged or compared over different settings."""

from __future__ import annotations

from collections import Counter, defaultdict, namedtuple
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dabench.config.settings import Shots
from dabench.leaderboard.machines import has_number, machines_note
from dabench.leaderboard.marks import Key, groups_of, mark_cells, rank, rank_test, sample
from dabench.leaderboard.rounds import with_bounds, with_curves
from dabench.leaderboard.table import PER_PAIR, Cell, CellStatus, Row, Table
from dabench.results.cells import pair_column
from dabench.results.comparable import comparable_runs
from dabench.results.publish import shots_rank
from dabench.runs.data_notes import apart
from dabench.specs.names import BOUNDS, UPPER, bound_rank
from dabench.stats.seeds import mean_interval, mean_of, test_set_error

# Runs that differ in one of these never share a table; for backbones see `_by_backbone`.
TABLE = ["suite", "suite_version", "track", "shots", "metric", "selector", "transductive"]

ByCell = dict[Key, list[Any]]


def build_tables(
    frame: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    pairs: Sequence[str] = (),
    methods: Sequence[str] = (),
    seeds: Sequence[int] = (),
    origin: str = "",
    regenerated: Collection[str] = (),
    from_csv: Collection[str] = (),
) -> list[Table]:
    """Arrange runs as leaderboards: source_only first, methods, target_only last; a column per pair.

    Rows with different settings stand in groups, each with bounds of its own, and are compared within them.

    Args:
        frame: runs, columns as in `runs.record.flatten`; older runs of a cell are left out by `results.folder.current`.
        labels: method -> how to print it; else its name with spaces.
        pairs: columns in this order, shown even without a run; others follow as first seen.
        methods: rows in this order; others follow alphabetically.
        seeds: expected in each cell; without it, all that occur in the table.
        origin: for the header: where the runs come from.
        regenerated: domains that are made here by the recipe of others, which a footnote says.
        from_csv: `run_id` of the runs that come from published files: where others come from records, tables say so.

    Returns:
        One table per suite version, track, shots, metric and selector, and per backbone where rows have different ones
        on the same pair. None for an empty frame.
    """
    kept, left_out = comparable_runs(frame)
    kept = _by_shots(with_bounds(kept))
    seen = set(pair_column(kept))
    tables: list[Table] = []
    for group in _groups(kept):
        for by_cell in _by_backbone(_cells_of(group)):
            here = list(dict.fromkeys(key.pair for key in by_cell))
            # A pair without any run belongs to no table; it is shown in the first, and so are the runs left out.
            columns = [pair for pair in pairs if pair in here or (pair not in seen and not tables)]
            columns += [pair for pair in here if pair not in columns]
            table = _table(by_cell, columns, labels or {}, methods, seeds, frozenset(from_csv))
            tables.append(
                replace(
                    table,
                    origin=origin,
                    left_out=0 if tables else left_out,
                    notes=(*table.notes, *_made_here(table, regenerated)),
                )
            )
    return with_curves(tables, kept)


def _groups(frame: pd.DataFrame) -> Iterable[pd.DataFrame]:
    """The runs of each group of tables; a frame of one group is not copied."""
    groups = frame.groupby(TABLE, sort=False, dropna=False)
    return [frame] if groups.ngroups == 1 else (group for _, group in groups)


def shots_of(value: Any) -> Shots | None:
    """The number of shots that a frame of runs holds as text."""
    return None if pd.isna(value) else "all" if value == "all" else int(value)


def _by_shots(frame: pd.DataFrame) -> pd.DataFrame:
    """Fewer shots first, otherwise in the order there was: suites that have none stay as they are."""
    if frame["shots"].isna().all():
        return frame
    return frame.iloc[frame["shots"].map(shots_rank).argsort(kind="stable")]


def _cells_of(runs: pd.DataFrame) -> ByCell:
    by_cell: ByCell = defaultdict(list)
    row = _row_class(list(runs.columns))
    for values in zip(*(_objects(runs[name]) for name in runs.columns), strict=True):
        run = row._make(values)
        by_cell[Key(f"{run.source}:{run.target}", str(run.method), str(run.variant))].append(run)
    return by_cell


def _row_class(columns: list[str]) -> Any:
    return namedtuple("Run", columns)


def _objects(column: pd.Series[Any]) -> NDArray[np.object_]:
    """The values of a column as Python has them: equal texts are one, of which a large table has millions."""
    if not isinstance(column.dtype, pd.StringDtype):
        return column.to_numpy(dtype=object)
    codes, texts = pd.factorize(column)
    return np.append(np.asarray(texts, dtype=object), np.nan)[codes]  # -1 stands for what is missing


def _by_backbone(by_cell: ByCell) -> list[ByCell]:
    """Cells that may share a table: on each pair, all of its rows have the same backbone.

    A suite may name another backbone for some of its pairs; a row of that suite is one row, though its cells have
    different networks. Rows that have different backbones on the same pair stand in different tables.
    """
    networks: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for key, runs in by_cell.items():
        networks[key.method, key.variant][key.pair] = runs[0].backbone
    tables: list[tuple[dict[str, str], set[tuple[str, str]]]] = []  # backbone by pair, and rows
    # Rows with the most pairs first: they decide which networks go together.
    for row, of_row in sorted(networks.items(), key=lambda item: -len(item[1])):
        for shared, rows in tables:
            if all(shared.get(pair, backbone) == backbone for pair, backbone in of_row.items()):
                shared.update(of_row)
                rows.add(row)
                break
        else:
            tables.append((dict(of_row), {row}))
    return [{key: runs for key, runs in by_cell.items() if (key.method, key.variant) in rows} for _, rows in tables]


def _table(
    by_cell: ByCell,
    pairs: list[str],
    labels: Mapping[str, str],
    methods: Sequence[str],
    seeds: Sequence[int],
    from_csv: frozenset[str],
) -> Table:
    runs = [run for of_cell in by_cell.values() for run in of_cell]
    if all(run.run_id in from_csv for run in runs):
        from_csv = frozenset()
    numbers = [run for run in runs if has_number(run)] or runs  # what failed says nothing about the others' numbers
    expected = tuple(sorted(set(seeds) or {run.seed for run in runs}))
    names = sorted({(key.method, key.variant) for key in by_cell}, key=lambda name: _place(name, methods))
    groups = groups_of(by_cell, names)
    names.sort(key=groups.__getitem__)
    cells = mark_cells(
        {key: _cell(of_cell, len(expected), from_csv) for key, of_cell in by_cell.items()}, by_cell, groups
    )
    shared = {variant for _, variant in names}
    variant = next(iter(shared)) if len(shared) == 1 else ""
    rows = []
    for method, own in names:
        label = labels.get(method) or ("train on target" if method == UPPER else method.replace("_", " "))
        rows.append(
            _row(
                Key("", method, own),
                label if own == variant or not own else f"{label} ({own})",
                {pair: cells.get(Key(pair, method, own), Cell(expected=len(expected))) for pair in pairs},
                [run for pair in pairs for run in by_cell.get(Key(pair, method, own), [])],
                _letter(groups[method, own]) if any(groups.values()) else "",
            )
        )
    rows = rank(rows, pairs, by_cell)
    first = runs[0]
    states = Counter(run.status for run in runs)
    backbones = {key.pair: of_cell[0].backbone for key, of_cell in by_cell.items()}
    return Table(
        suite=first.suite,
        suite_version=int(first.suite_version),
        track=first.track,
        shots=shots_of(first.shots),
        backbone=first.backbone if len(set(backbones.values())) == 1 else PER_PAIR,
        backbones=backbones,
        metric=first.metric,
        selector=first.selector,
        transductive=bool(first.transductive),
        precision=_listed(run.precision for run in runs),
        pairs=tuple(pairs),
        seeds=expected,
        variant=variant,
        rows=tuple(rows),
        test_error=_test_errors(cells),
        runs=len(runs),
        failed=states["failed"],
        collapsed=states["collapsed"],
        timeout=states["timeout"],
        left_out=0,
        device=_listed(run.env_device for run in numbers),
        origin="",
        notes=tuple(_notes(numbers)),
        from_csv=_count(runs, from_csv),
        ranking=rank_test(rows, pairs, by_cell),
    )


def _place(name: tuple[str, str], methods: Sequence[str]) -> tuple[int, int, str, str]:
    """The order of a row: bounds outside, methods as asked for, then alphabetically."""
    method, variant = name
    return bound_rank(method), methods.index(method) if method in methods else len(methods), method, variant


def _letter(group: int) -> str:
    """A to Z, AA to ZZ, ..."""
    return ascii_uppercase[group % 26] * (group // 26 + 1)


def _row(key: Key, label: str, cells: Mapping[str, Cell], runs: list[Any], group: str) -> Row:
    means = [cell.mean for cell in cells.values() if cell.mean is not None]
    return Row(
        method=key.method,
        variant=key.variant,
        label=label,
        distribution=_listed(run.plugin_distribution for run in runs),
        bound=key.method in BOUNDS,
        sees_target_labels=any(run.sees_target_labels for run in runs),
        source_free=any(run.source_free is True for run in runs),
        cells=cells,
        average=sum(means) / len(means) if all(cell.complete for cell in cells.values()) else None,
        rank=None,
        group=group,
        trained=_mean([run.trained_parameters / run.network_parameters for run in runs if _counted(run)]),
        stored=_whole([run.stored_parameters for run in runs if _counted(run)]),
    )


def _counted(run: Any) -> bool:
    return not pd.isna(run.trained_parameters) and not pd.isna(run.network_parameters) and run.network_parameters > 0


def _mean(values: Sequence[float]) -> float | None:
    return mean_of(values) if values else None


def _whole(values: Sequence[float]) -> int | None:
    return round(mean_of(values)) if values else None


def _cell(runs: list[Any], expected: int, from_csv: frozenset[str]) -> Cell:
    """A cell by itself; `mark_cells` adds the comparisons with others."""
    states = Counter(run.status for run in runs)
    scored = [run for run in runs if has_number(run)]
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
        timeout=states["timeout"], backbone=runs[0].backbone,
        tuned_on_target=any(run.chosen_by == "target_labels" for run in runs),
        data_notes=tuple(dict.fromkeys(note for run in runs for note in apart(run.data_notes))),
        runs=tuple(sorted(runs, key=lambda run: int(run.seed))), from_csv=_count(runs, from_csv),
    )  # fmt: skip
    if not scored:
        return cell
    accuracies = sample(scored)
    interval = mean_interval([*accuracies.by_seed.values()], floor=accuracies.floor, within=(0.0, 1.0))
    tested = max(run.test_rows for run in runs) if runs[0].metric == "accuracy" else 0
    return replace(
        cell,
        mean=interval.mean,
        std=interval.std,
        ci95=None if interval.low is None or interval.high is None else (interval.low, interval.high),
        test_error=test_set_error(interval.mean, tested) if tested else None,
        oracle=mean_of([run.accuracy_oracle for run in scored]),
        last=mean_of([run.accuracy_last for run in scored]),
    )


def _test_errors(cells: Mapping[Key, Cell]) -> dict[str, float]:
    errors: dict[str, float] = {}
    for key, cell in cells.items():
        if cell.test_error is not None:
            errors[key.pair] = max(errors.get(key.pair, 0.0), cell.test_error)
    return errors


def _notes(runs: list[Any]) -> Iterable[str]:
    """Notes on differences between runs that have numbers."""
    for column, what in (("env_torch", "torch"), ("env_device", "device"), ("env_dabench", "dabench")):
        values = sorted({getattr(run, column) for run in runs})
        if len(values) > 1:
            yield f"runs of more than one {what}: {', '.join(values)}"
    kinds = machines_note(runs)
    if kinds:
        yield kinds
    codes: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for run in runs:
        codes[run.method, run.variant].add((run.plugin_version, run.plugin_source_sha256))
    for (method, variant), of_row in sorted(codes.items()):
        if len(of_row) > 1:
            name = f"{method} ({variant})" if variant else method
            yield f"{name}: not all pairs were run with the same code of the plugin"


def _made_here(table: Table, regenerated: Collection[str]) -> Iterable[str]:
    names = dict.fromkeys(name for pair in table.pairs for name in pair.split(":") if name in regenerated)
    if names:
        yield f"made here by a recipe, not original data: {', '.join(names)}"


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values)))


def _count(runs: Iterable[Any], run_ids: Collection[str]) -> int:
    return sum(run.run_id in run_ids for run in runs)
