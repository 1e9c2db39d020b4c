"""Comparisons within a table: gaps, gains, best and tied, ranks.

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
from dabench.runs.record import SCORED
from dabench.specs.names import BOUNDS, LOWER
from dabench.stats.gap import Gap, gap_covered
from dabench.stats.ranks import DIGITS, Ranking, ranking
from dabench.stats.seeds import ROUNDING, Sample, against_best, equal, grain, holm, paired_gain, paired_p

NO_PAIRS = "no pairs"  # why there is no share

# Equal predictions over seeds are no proof that seeds change nothing unless a change would have been seen: where no
# prediction of (runs - 1) * test examples differs, seeds change at most 3 % of them (95 %, "rule of three").
ENOUGH_PREDICTIONS = 100
FEW_ROWS = 100  # the test set that is assumed where a record does not say how large it was


class Key(NamedTuple):
    """A cell."""

    pair: str
    method: str
    variant: str


Runs = Mapping[Key, Sequence[Any]]  # rows of the frame of runs, by cell
Alike = tuple[str, str]  # equal for cells that may be compared
Name = tuple[str, str]  # method and variant: a row


def mark_cells(cells: Mapping[Key, Cell], by_cell: Runs, groups: Mapping[Name, int]) -> dict[Key, Cell]:
    """Set gap, gain, the two tests and their marks on every cell that has an accuracy.

    Args:
        cells: each by itself.
        by_cell: their runs.
        groups: as `groups_of` makes them: cells are compared within a group alone.
    """
    bounds = _bounds(by_cell)
    samples = {key: sample(by_cell[key]) for key, cell in cells.items() if cell.mean is not None}
    compared = {key: replace(cells[key], gap=_gap(key, by_cell[key], bounds)) for key in samples}
    for keys in _rivals(samples, groups).values():
        below = {key: _bound(LOWER, key, by_cell[key], bounds) for key in keys}
        lower = {key: sample(partners(by_cell[key], below[key])) for key in keys}
        tests = {key: paired_p(samples[key], lower[key]) for key in keys}
        corrected = holm({key: p for key, p in tests.items() if p is not None})
        for key in keys:
            compared[key] = replace(
                compared[key],
                gain=paired_gain(samples[key], lower[key]),
                p_gain=tests[key],
                p_source_only=corrected.get(key),
                unlike=_unlike(key, by_cell[key], bounds),
            )
        compared |= _against_best(keys, compared, samples, by_cell)
    return {key: compared.get(key, cell) for key, cell in cells.items()}


def _against_best(
    keys: Sequence[Key], cells: Mapping[Key, Cell], samples: Mapping[Key, Sample], by_cell: Runs
) -> dict[Key, Cell]:
    """The cells of one pair and group, with what makes them best or tied.

    Where a run failed, the mean is over the seeds that went well, and fewer seeds than others have are more often
    lucky: such a method is no candidate for the best. Nor is one with a collapsed run. The best of the candidates must
    have beaten something: source only, or another candidate where source only has no pairs of its runs. There is no
    best where runs of a seed of two candidates are no pairs.
    """
    complete = [key for key in keys if cells[key].complete]
    most = max((cells[key].n for key in complete), default=0)
    fewer = {key for key in complete if cells[key].n < most}
    candidates = [key for key in complete if key not in fewer and not cells[key].collapsed]
    top = max(candidates, key=lambda key: samples[key].mean, default=None)
    if top is None:
        beaten = False
    else:
        gain = cells[top].gain
        beaten = len(candidates) > 1 if gain is None else gain.mean > ROUNDING
    like = are_pairs(run for key in candidates for run in by_cell[key])
    against = against_best({key: samples[key] for key in candidates}) if beaten and like else {}
    found = {}
    for key in keys:
        test = against.get(key)
        found[key] = replace(
            cells[key],
            p_best=None if test is None else test.p,
            behind_best=None if test is None else test.behind,
            best=top is not None and key in against and equal(samples[key].mean, samples[top].mean),
            tied=test is not None and test.tied,
            fewer_seeds=key in fewer,
            not_above=key in candidates and like and not beaten and cells[key].gain is not None,
            unlike=cells[key].unlike or (key in candidates and not like),
        )
    return found


def sample(runs: Iterable[Any]) -> Sample:
    """The accuracies of the runs that have one, collapsed ones included, with the noise that they have at least."""
    scored = [run for run in runs if run.status in SCORED]
    by_seed = {run.seed: run.accuracy_selected for run in scored}
    rows = min((run.test_rows for run in scored if run.test_rows), default=FEW_ROWS)
    return Sample(by_seed, 0.0 if _same_predictions(scored, rows) else grain(rows))


def _same_predictions(runs: Sequence[Any], rows: int) -> bool:
    """Whether no seed changes a prediction, on enough test examples to say so. A collapse is a coincidence."""
    predictions = {run.predictions_sha256 for run in runs}
    known = len(predictions) == 1 and isinstance(predictions.pop(), str)
    enough = (len(runs) - 1) * rows >= ENOUGH_PREDICTIONS
    return known and enough and all(run.status == "ok" for run in runs)


def alike(runs: Sequence[Any]) -> Alike:
    """A key that is equal for cells that can be compared. `results.folder.current` leaves one in each cell."""
    return runs[0].comparison_sha256, runs[0].data_sha256


def groups_of(by_cell: Runs, names: Sequence[Name]) -> dict[Name, int]:
    """The group of each row, from 0: on every pair, the cells of a group differ by method alone.

    Rows with the most pairs come first; each joins the group with which it shares the most pairs, if it can be compared
    on all of those, and else begins another one. Groups are numbered in the order of `names`.
    """
    rows: dict[Name, dict[str, Alike]] = {name: {} for name in names}
    for key, runs in by_cell.items():
        rows[key.method, key.variant][key.pair] = alike(runs)
    groups: list[dict[str, Alike]] = []
    members: list[list[Name]] = []
    for name in sorted(rows, key=lambda name: -len(rows[name])):
        own = rows[name]
        shared = [
            sum(group.get(pair) == like for pair, like in own.items())
            if all(group.get(pair, like) == like for pair, like in own.items())
            else -1
            for group in groups
        ]
        if max(shared, default=-1) < 0:
            groups.append({})
            members.append([])
            shared.append(0)
        place = shared.index(max(shared))
        groups[place] |= own
        members[place].append(name)
    order = {name: place for place, name in enumerate(names)}
    members.sort(key=lambda of_group: min(order[name] for name in of_group))
    return {name: number for number, of_group in enumerate(members) for name in of_group}


def _rivals(keys: Iterable[Key], groups: Mapping[Name, int]) -> dict[tuple[str, int], list[Key]]:
    found: dict[tuple[str, int], list[Key]] = defaultdict(list)
    for key in keys:
        if key.method not in BOUNDS:
            found[key.pair, groups[key.method, key.variant]].append(key)
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
    whole = gap_covered(sample(runs), source_only=sample(lower), target_only=sample(upper))
    lower, upper = partners(runs, lower), partners(runs, upper)
    paired = gap_covered(sample(runs), source_only=sample(lower), target_only=sample(upper))
    if whole.n and not paired.n:
        return Gap(None, None, None, 0, NO_PAIRS)
    return paired if whole.n else whole


def _unlike(key: Key, runs: Sequence[Any], bounds: Bounds) -> bool:
    """Whether a run of a bound is no pair of the method's run of that seed."""
    return not all(are_pairs([*_bound(method, key, runs, bounds), *runs]) for method in BOUNDS)


def rank(rows: Sequence[Row], pairs: Sequence[str], by_cell: Runs) -> list[Row]:
    """Set the mean rank over pairs; equal means share the mean of their ranks (as in Friedman's test).

    Where there are groups of settings, a row that has nothing to be compared with on some pair has none.
    """
    ranks: dict[tuple[str, str], list[float]] = defaultdict(list)
    for pair in pairs:
        groups: dict[Alike, list[Row]] = defaultdict(list)
        for row in _entrants(rows):
            groups[alike(by_cell[Key(pair, row.method, row.variant)])].append(row)
        for group in (rivals for rivals in groups.values() if len(rivals) > 1 or not rivals[0].group):
            if not _are_pairs(group, pair, by_cell):
                continue
            means = pd.Series([row.cells[pair].mean for row in group]).round(DIGITS)
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
