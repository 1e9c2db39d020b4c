"""The numbers of each method over the blocks of a track, and their ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dabench.leaderboard.table import Cell
from dabench.leaderboard.which_method.blocks import Block
from dabench.specs.names import BOUNDS, LOWER
from dabench.stats.designs import complete_designs
from dabench.stats.ranks import LEAST_PAIRS, Ranking, ranking
from dabench.stats.seeds import ALPHA, mean_of

SHOWN = 3  # designs of a track: the largest ones


@dataclass(frozen=True)
class Spread:
    """The mean of a number over pairs, with the smallest and the largest."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Summary:
    """One method over the pairs of a track.

    Attributes:
        method: its name.
        suites: those that measured it.
        pairs: how many.
        covered: share of the gap between the bounds, over the pairs where it has a value; a fraction.
        gain: accuracy minus that of source only, over the pairs that have both; a fraction.
        above, below: pairs on which it is told apart from source only, by tests corrected for the methods of a pair.
        seconds: of training, the sum over pairs of the mean over seeds.
        seconds_per_point: those seconds by the points that were gained on all pairs; None without a gain.
        on_target: pairs for which its options were chosen with target labels.
        source_free: its last stage used no source.
        runs, failed, timeout, collapsed: how many runs there are, and how many of them ended so.
    """

    method: str
    suites: tuple[str, ...]
    pairs: int
    covered: Spread | None
    gain: Spread | None
    above: int
    below: int
    seconds: float
    seconds_per_point: float | None
    on_target: int
    source_free: bool
    runs: int
    failed: int
    timeout: int
    collapsed: int


@dataclass(frozen=True)
class Comparison:
    """Methods that were all measured on the same pairs, source only among them.

    Attributes:
        ranking: their mean ranks, with the critical difference.
        pairs: the number of pairs of each suite.
    """

    ranking: Ranking
    pairs: Mapping[str, int]

    def named(self, titles: Mapping[str, str]) -> Ranking:
        """The ranking with titles for the names of methods."""
        ranks = {titles.get(name) or name.replace("_", " "): rank for name, rank in self.ranking.ranks.items()}
        return replace(self.ranking, ranks=ranks)


@dataclass(frozen=True)
class Track:
    """All methods of a track.

    Attributes:
        name: of the track.
        blocks: its pairs, some under several settings.
        summaries: those that were measured on most pairs first, then those that cover most.
        comparisons: the largest sets of pairs with the same methods, at most `SHOWN`.
    """

    name: str
    blocks: tuple[Block, ...]
    summaries: tuple[Summary, ...]
    comparisons: tuple[Comparison, ...]


def tracks_of(blocks: Iterable[Block]) -> list[Track]:
    """The tracks, in the order in which they occur."""
    by_track: dict[str, list[Block]] = {}
    for block in blocks:
        by_track.setdefault(block.track, []).append(block)
    return [
        Track(name, tuple(found), tuple(_summaries(found)), tuple(_comparisons(found)))
        for name, found in by_track.items()
    ]


def _summaries(blocks: Sequence[Block]) -> list[Summary]:
    names = dict.fromkeys(name for block in blocks for name in block.cells if name not in BOUNDS)
    found = [_summary(name, [block for block in blocks if name in block.cells]) for name in names]
    return sorted(found, key=lambda one: (-one.pairs, -(one.covered.mean if one.covered else -9.0), one.method))


def _summary(method: str, blocks: Sequence[Block]) -> Summary:
    cells = {id(block): block.cells[method] for block in blocks}
    every = [cell for of_block in cells.values() for cell in of_block]
    runs = [run for cell in every for run in cell.runs]
    gains = [gain for of_block in cells.values() if (gain := _gain(of_block)) is not None]
    tests = [_told_apart(of_block) for of_block in cells.values()]
    seconds = [mean_of([float(run.train_s) for cell in of_block for run in cell.runs]) for of_block in cells.values()]
    gained = [second for second, of_block in zip(seconds, cells.values(), strict=True) if _gain(of_block) is not None]
    points = 100 * sum(gains)
    return Summary(
        method=method,
        suites=tuple(dict.fromkeys(block.suite for block in blocks)),
        pairs=len(blocks),
        covered=_spread(share for of_block in cells.values() if (share := _covered(of_block)) is not None),
        gain=_spread(gains),
        above=tests.count(1),
        below=tests.count(-1),
        seconds=sum(seconds),
        seconds_per_point=sum(gained) / points if points > 0 else None,
        on_target=sum(any(cell.tuned_on_target for cell in of_block) for of_block in cells.values()),
        source_free=any(run.source_free is True for run in runs),
        runs=len(runs),
        failed=sum(cell.failed for cell in every),
        timeout=sum(cell.timeout for cell in every),
        collapsed=sum(cell.collapsed for cell in every),
    )


def _covered(cells: Sequence[Cell]) -> float | None:
    values = [cell.gap.value for cell in cells if cell.gap.value is not None]
    return mean_of(values) if values else None


def _gain(cells: Sequence[Cell]) -> float | None:
    values = [cell.gain.mean for cell in cells if cell.gain is not None]
    return mean_of(values) if values else None


def _told_apart(cells: Sequence[Cell]) -> int:
    """1 above source only, -1 below it, 0 not told apart; with several numbers of shots, in every one of them."""
    signs = {
        0 if cell.p_source_only is None or cell.p_source_only >= ALPHA or cell.gain is None
        else 1 if cell.gain.mean > 0 else -1
        for cell in cells
    }  # fmt: skip
    return signs.pop() if len(signs) == 1 else 0


def _spread(values: Iterable[float]) -> Spread | None:
    found = list(values)
    return Spread(mean_of(found), min(found), max(found), len(found)) if found else None


def _comparisons(blocks: Sequence[Block]) -> list[Comparison]:
    entrants = {place: block.entrants for place, block in enumerate(blocks)}
    measured = {place: set(found) for place, found in entrants.items() if LOWER in found}
    found = []
    for design in complete_designs(measured, least_blocks=LEAST_PAIRS)[:SHOWN]:
        ranked = ranking({name: [entrants[place][name] for place in design.blocks] for name in design.methods})
        if ranked is not None:
            suites = [blocks[place].suite for place in design.blocks]
            found.append(Comparison(ranked, {suite: suites.count(suite) for suite in dict.fromkeys(suites)}))
    return found
