"""What the runs of a table say about each other: gaps, gains, best and tied, ranks.

Two cells are compared only where they differ by method alone: same pair, same data, same settings but for the method's
own (`comparison_sha256`). Of two such cells only runs on the same kind of machine are pairs (see `machines`); where the
runs of a seed are not, no method is called best and nothing is ranked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from dabench.leaderboard.machines import are_pairs, partners
from dabench.leaderboard.table import Cell, Row
from dabench.stats.ranks import Ranking, ranking
from dabench.stats.seeds import ALPHA, Gap, against_best, gap_covered, holm, paired_gain, paired_p

BOUNDS = ("source_only", "target_only")
NO_PAIRS = "no pairs"  # why there is no share


class Key(NamedTuple):
    """A cell."""

    pair: str
    method: str
    variant: str


Runs = Mapping[Key, Sequence[Any]]  # rows of the frame of runs, by cell
Alike = tuple[str, str]  # equal for cells that may be compared


def compare(cells: Mapping[Key, Cell], by_cell: Runs) -> dict[Key, Cell]:
    """Set gap, gain, the two tests and their marks on every cell that has an accuracy."""
    bounds = _bounds(by_cell)
    seeds = {key: accuracies(by_cell[key]) for key, cell in cells.items() if cell.mean is not None}
    compared = {key: replace(cells[key], gap=_gap(key, by_cell[key], bounds)) for key in seeds}
    for keys in _rivals(seeds, by_cell).values():
        # Where a run failed, the mean is over the seeds that went well, and fewer seeds than others have are more often
        # lucky: such a method is no candidate for the best.
        complete = [key for key in keys if cells[key].complete]
        most = max((cells[key].n for key in complete), default=0)
        whole = [key for key in complete if cells[key].n == most]
        like = are_pairs(run for key in whole for run in by_cell[key])
        against = against_best({key: seeds[key] for key in whole}) if like else {}
        below = {key: _bound("source_only", key, by_cell[key], bounds) for key in keys}
        lower = {key: accuracies(partners(by_cell[key], below[key])) for key in keys}
        tests = {key: paired_p(seeds[key], lower[key]) for key in keys}
        corrected = holm({key: p for key, p in tests.items() if p is not None})
        top = max((cells[key].mean or 0.0 for key in whole), default=None)
        for key in keys:
            p = against.get(key)
            compared[key] = replace(
                compared[key],
                gain=paired_gain(seeds[key], lower[key]),
                p_source_only=corrected.get(key),
                p_best=p,
                best=key in against and cells[key].mean == top,
                tied=p is not None and p >= ALPHA,
                fewer_seeds=key in complete and key not in whole,
                unlike=_unlike(key, by_cell[key], bounds) or (key in whole and not like),
            )
    return {key: compared.get(key, cell) for key, cell in cells.items()}


def accuracies(runs: Iterable[Any]) -> dict[int, float]:
    """Accuracy by seed of the runs that have one, collapsed ones included."""
    return {run.seed: run.accuracy_selected for run in runs if run.status in ("ok", "collapsed")}


def alike(runs: Sequence[Any]) -> Alike:
    """What a cell can be compared with. `results.folder.current` leaves one in each cell."""
    return runs[0].comparison_sha256, runs[0].data_sha256


def _rivals(keys: Iterable[Key], by_cell: Runs) -> dict[tuple[str, Alike], list[Key]]:
    found: dict[tuple[str, Alike], list[Key]] = defaultdict(list)
    for key in keys:
        if key.method not in BOUNDS:
            found[key.pair, alike(by_cell[key])].append(key)
    return found


# pair, bound, what it can be compared with -> variant -> runs
Bounds = dict[tuple[str, str, Alike], dict[str, Sequence[Any]]]


def _bounds(by_cell: Runs) -> Bounds:
    found: Bounds = defaultdict(dict)
    for key, runs in by_cell.items():
        if key.method in BOUNDS:
            found[key.pair, key.method, alike(runs)][key.variant] = runs
    return found


def _bound(method: str, key: Key, runs: Sequence[Any], bounds: Bounds) -> Sequence[Any]:
    """The bound of the same variant if there is one (a budget, say), else the plain one (a method's own option)."""
    same = bounds.get((key.pair, method, alike(runs)), {})
    variant = min(same, key=lambda name: (name != key.variant, name), default="")
    return same.get(variant, ())


def _gap(key: Key, runs: Sequence[Any], bounds: Bounds) -> Gap:
    if key.method in BOUNDS:
        return Gap(None, None, None, 0, "bound")
    lower, upper = (_bound(method, key, runs, bounds) for method in BOUNDS)
    whole = gap_covered(accuracies(runs), source_only=accuracies(lower), target_only=accuracies(upper))
    lower, upper = partners(runs, lower), partners(runs, upper)
    paired = gap_covered(accuracies(runs), source_only=accuracies(lower), target_only=accuracies(upper))
    if whole.n and not paired.n:
        return Gap(None, None, None, 0, NO_PAIRS)
    return paired if whole.n else whole


def _unlike(key: Key, runs: Sequence[Any], bounds: Bounds) -> bool:
    """Whether a run of a bound is no pair of the method's run of that seed."""
    return not all(are_pairs([*_bound(method, key, runs, bounds), *runs]) for method in BOUNDS)


def rank(rows: Sequence[Row], pairs: Sequence[str], by_cell: Runs) -> list[Row]:
    """Set the mean rank over pairs; equal means share the mean of their ranks (as in Friedman's test)."""
    ranks: dict[tuple[str, str], list[float]] = defaultdict(list)
    for pair in pairs:
        groups: dict[Alike, list[Row]] = defaultdict(list)
        for row in _entrants(rows):
            groups[alike(by_cell[Key(pair, row.method, row.variant)])].append(row)
        for group in groups.values():
            if not _are_pairs(group, pair, by_cell):
                continue
            means = pd.Series([row.cells[pair].mean for row in group])
            for row, place in zip(group, means.rank(ascending=False), strict=True):
                ranks[row.method, row.variant].append(float(place))
    found = {name: sum(values) / len(values) for name, values in ranks.items() if len(values) == len(pairs)}
    return [replace(row, rank=found.get((row.method, row.variant))) for row in rows]


def rank_test(rows: Sequence[Row], pairs: Sequence[str], by_cell: Runs) -> Ranking | None:
    """Friedman's test and Nemenyi's critical difference among the most rows that may be compared on every pair."""
    groups: dict[tuple[Alike, ...], list[Row]] = defaultdict(list)
    for row in _entrants(rows):
        groups[tuple(alike(by_cell[Key(pair, row.method, row.variant)]) for pair in pairs)].append(row)
    most = max(groups.values(), key=len, default=[])
    if not all(_are_pairs(most, pair, by_cell) for pair in pairs):
        return None
    return ranking({row.label: [row.cells[pair].mean or 0.0 for pair in pairs] for row in most})


def _entrants(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row.bound and row.average is not None]


def _are_pairs(rows: Sequence[Row], pair: str, by_cell: Runs) -> bool:
    return are_pairs(run for row in rows for run in by_cell[Key(pair, row.method, row.variant)])
