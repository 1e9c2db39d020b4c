"""Curves of the track active: accuracy over the labels that were asked for, and what a table says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dabench.leaderboard.machines import has_number
from dabench.leaderboard.table import Curve, Row, Table
from dabench.results.cells import rows_of
from dabench.specs.names import BOUNDS, LOWER
from dabench.stats.seeds import mean_interval

RANDOM = "random"
Name = tuple[str, str]  # method and variant
Points = dict[int, dict[int, float]]  # labels asked for -> seed -> accuracy


def with_bounds(frame: pd.DataFrame) -> pd.DataFrame:
    """The runs, with the bounds of the track active once for each number of labels: they belong to every table."""
    bounds = frame[(frame["track"] == "active") & frame["shots"].isna()]
    asked = frame.loc[(frame["track"] == "active") & frame["shots"].notna(), "shots"].unique()
    if bounds.empty or not len(asked):
        return frame
    return pd.concat([frame.drop(bounds.index), *(bounds.assign(shots=number) for number in asked)], ignore_index=True)


def last_rounds(tables: Sequence[Table]) -> list[Table]:
    """The tables without those of the track active that are of an earlier round than the last."""
    last = max((table.shots for table in tables if table.track == "active" and isinstance(table.shots, int)), default=0)
    return [table for table in tables if table.track != "active" or table.shots == last]


def with_curves(tables: Sequence[Table], frame: pd.DataFrame) -> list[Table]:
    """The tables of the track active with the curves of their rows.

    Args:
        tables: made of these runs.
        frame: runs of all rounds.
    """
    return [_with_curves(table, frame) if table.track == "active" else table for table in tables]


def _with_curves(table: Table, frame: pd.DataFrame) -> Table:
    points = _points(frame)
    found = {(row.method, row.variant): _curve(row, table.pairs, points) for row in table.rows if not row.bound}
    return replace(table, rows=tuple(_row(row, found) for row in table.rows))


def _row(row: Row, found: Mapping[Name, Curve]) -> Row:
    return replace(row, curve=found.get((row.method, row.variant)))


def _points(frame: pd.DataFrame) -> dict[tuple[str, str, str], Points]:
    """Accuracies by pair, method and variant; with no labels they are those of source_only."""
    points: dict[tuple[str, str, str], Points] = defaultdict(lambda: defaultdict(dict))
    for row in rows_of(frame):
        labels = 0 if row["method"] in BOUNDS else int(row["shots"])
        if row["accuracy_selected"] is not None and has_number(_Run(row["status"], row["accuracy_selected"])):
            key = f"{row['source']}:{row['target']}", row["method"], row["variant"]
            points[key][labels][row["seed"]] = row["accuracy_selected"]
    return points


@dataclass(frozen=True)
class _Run:
    status: str
    accuracy_selected: float


def _curve(row: Row, pairs: Sequence[str], points: Mapping[tuple[str, str, str], Points]) -> Curve:
    own = [_with_start(points, pair, row.method, row.variant) for pair in pairs]
    peers = [_with_start(points, pair, row.method, _random_of(row.variant)) for pair in pairs]
    areas, others = _areas(own), _areas(peers)
    if not areas:
        return Curve(None, None, None)
    area = float(np.mean(list(areas.values())))
    common = sorted(areas.keys() & others.keys())
    gain = None
    if common and row.variant != _random_of(row.variant):
        gain = mean_interval([areas[seed] - others[seed] for seed in common])
    return Curve(area, gain, _needed(own, peers) if others else None)


def _random_of(variant: str) -> str:
    """The variant with the rule `random`: the rule is its first part."""
    return ",".join([RANDOM, *variant.split(",")[1:]])


def _with_start(points: Mapping[tuple[str, str, str], Points], pair: str, method: str, variant: str) -> Points:
    curve = points.get((pair, method, variant), {})
    return {0: points.get((pair, LOWER, ""), {}).get(0, {}), **curve} if curve else {}


def _areas(curves: Sequence[Points]) -> dict[int, float]:
    """The area of each seed, in the mean of the pairs; of seeds that have every round of every pair."""
    if not all(curves):
        return {}
    seeds = set.intersection(*(set(by_seed) for curve in curves for by_seed in curve.values()))
    return {seed: float(np.mean([_area(curve, seed) for curve in curves])) for seed in sorted(seeds)}


def _area(curve: Points, seed: int) -> float:
    labels = sorted(curve)
    heights = [curve[number][seed] for number in labels]
    return float(np.trapezoid(heights, labels) / labels[-1])


def _needed(own: Sequence[Points], peers: Sequence[Points]) -> int | None:
    """The first number of labels with which every pair is where random ends."""
    for number in sorted(own[0]):
        if all(
            number in curve and curve[number] and _mean(curve[number]) >= _mean(peer[max(peer)])
            for curve, peer in zip(own, peers, strict=True)
        ):
            return number
    return None


def _mean(by_seed: Mapping[int, float]) -> float:
    return float(np.mean(list(by_seed.values())))
