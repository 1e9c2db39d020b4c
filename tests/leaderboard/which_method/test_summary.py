"""Numbers of a method over pairs, against numbers worked out by hand."""

from __future__ import annotations

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.which_method.blocks import blocks_of
from dabench.leaderboard.which_method.summary import Track, tracks_of
from dabench.runs.record import RunRecord
from tests.support.factories import make_frame, make_records


def tracks(*records: RunRecord) -> list[Track]:
    return tracks_of(blocks_of(build_tables(make_frame(*records))))


def pair(place: int, **methods: float) -> list[RunRecord]:
    """Three seeds on one pair: source only at .5, train on target at .9, and methods above source only by so much."""
    noise = (-0.01, 0.0, 0.01)
    levels = {"source_only": 0.5, "target_only": 0.9} | {name: 0.5 + gain for name, gain in methods.items()}
    # Wobbles of its own, so that gains have a spread.
    values = {name: [level + noise[(seed + len(name)) % 3] for seed in range(3)] for name, level in levels.items()}
    return make_records(values, pair=f"a{place}:b{place}")


def test_shares_points_and_costs_are_means_over_pairs() -> None:
    (track,) = tracks(*pair(0, dann=0.2, coral=0.1), *pair(1, dann=0.3))
    dann, coral = track.summaries
    assert (dann.method, dann.pairs, coral.method, coral.pairs) == ("dann", 2, "coral", 1)
    assert dann.gain is not None
    assert (dann.gain.mean, dann.gain.low, dann.gain.high) == pytest.approx((0.25, 0.2, 0.3))
    assert dann.covered is not None
    assert (dann.covered.mean, dann.covered.low, dann.covered.high) == pytest.approx((0.625, 0.5, 0.75))
    assert (dann.above, dann.below, dann.suites) == (2, 0, ("mini",))
    assert dann.seconds == pytest.approx(2 * 2.5)
    assert dann.seconds_per_point == pytest.approx(5.0 / 50)
    assert (dann.runs, dann.failed, dann.collapsed) == (6, 0, 0)


def test_a_loss_costs_no_seconds_per_point() -> None:
    (track,) = tracks(*pair(0, dann=-0.2))
    assert (track.summaries[0].below, track.summaries[0].seconds_per_point) == (1, None)


def test_failures_and_collapses_are_counted() -> None:
    records = make_records({"source_only": [0.5, 0.6], "dann": [0.7, None]})
    records[2] = records[2].model_copy(update={"status": "collapsed"})
    (track,) = tracks(*records)
    (dann,) = track.summaries
    assert (dann.runs, dann.failed, dann.collapsed) == (2, 1, 1)


@pytest.mark.slow
def test_ranks_are_over_pairs_that_have_all_methods() -> None:
    both = [record for place in range(6) for record in pair(place, dann=0.2, coral=0.1)]
    (track,) = tracks(*both, *pair(6, dann=0.2), *pair(7, dann=-0.2))
    first, second = track.comparisons
    assert dict(first.ranking.ranks) == {"dann": 1.0, "coral": 2.0, "source_only": 3.0}
    assert (first.ranking.pairs, dict(first.pairs)) == (6, {"mini": 6})
    assert dict(second.ranking.ranks) == {"dann": 1.125, "source_only": 1.875}
    assert second.ranking.pairs == 8


def test_five_pairs_are_too_few_for_ranks() -> None:
    (track,) = tracks(*[record for place in range(5) for record in pair(place, dann=0.2)])
    assert track.comparisons == ()


@pytest.mark.slow
def test_tracks_stand_apart() -> None:
    few = [record.model_copy(update={"track": "few_shot", "shots": 1}) for record in pair(0, prior=0.1)]
    assert [track.name for track in tracks(*pair(0, dann=0.1), *few)] == ["unsupervised", "few_shot"]
    assert tracks() == []
