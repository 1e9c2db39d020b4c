"""The search by TPE: the same points for the same seed, also in two goes, and trials that are pruned."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from dabench.errors import UsageError
from dabench.plugin.registry import Registry
from dabench.specs.spec import Range
from dabench.tuning.search import Point
from dabench.tuning.tpe import Found, search
from dabench.tuning.tune import Trial

pytest.importorskip("optuna")

SPACE = {"weight": Range(0.01, 10, log=True), "layers": Range(1, 4, integer=True), "kind": ["a", "b"]}
SEEDS = (100, 101, 102)


class Bench:
    """Judges points by a formula, and counts."""

    def __init__(self, collapsed: float = 1e9) -> None:
        self.asked: list[tuple[Point, int]] = []
        self._collapsed = collapsed

    def __call__(self, point: Point, seeds: Sequence[int]) -> Trial:
        self.asked.append((point, len(seeds)))
        score = -abs(point["weight"] - 1) + 0.1 * (point["kind"] == "a")
        collapsed = {"s:t": 1} if point["weight"] > self._collapsed else {}
        return Trial(
            options=point, score=score, by_pair={"s:t": score}, runs=1, failed=0, unscored=0, collapsed=collapsed
        )


def found(trials: int, seed: int = 0, bench: Bench | None = None, seeds: Sequence[int] = SEEDS) -> Found:
    return search(SPACE, trials, seed, seeds, bench or Bench())


def test_a_search_in_two_goes_is_the_search_in_one() -> None:
    first, whole = found(6, seeds=SEEDS[:1]), found(14, seeds=SEEDS[:1])
    assert whole.points[: len(first.points)] == first.points
    assert len(whole.points) == 14
    assert found(6, seed=1, seeds=SEEDS[:1]).points != first.points


def test_points_lie_in_the_space_and_are_written_as_people_do() -> None:
    for point in found(10).points:
        assert 0.01 <= point["weight"] <= 10
        assert point["weight"] == float(f"{point['weight']:.3g}")
        assert point["layers"] in (1, 2, 3, 4)
        assert point["kind"] in ("a", "b")


@pytest.mark.slow
def test_it_draws_nearer_to_what_was_good() -> None:
    points = found(40, seeds=SEEDS[:1]).points
    early, late = ([abs(point["weight"] - 1) for point in part] for part in (points[:10], points[30:]))
    assert sum(late) / len(late) < sum(early) / len(early)


def test_a_trial_below_the_median_is_spared_its_other_seeds() -> None:
    bench = Bench()
    result = found(20, bench=bench)
    assert result.pruned
    assert all(count < len(SEEDS) for _, count in result.pruned)
    for point, count in result.pruned:
        assert [seeds for asked, seeds in bench.asked if asked == point] == list(range(1, count + 1))
        assert point not in result.points
    assert len(bench.asked) < 20 * len(SEEDS)
    assert not found(4).pruned  # too few to say


@pytest.mark.slow
def test_collapsed_trials_count_as_the_worst_and_failed_ones_not_at_all() -> None:
    free, shy = (found(40, bench=Bench(limit), seeds=SEEDS[:1]).points[30:] for limit in (1e9, 0.5))
    beyond = [sum(point["weight"] > 0.5 for point in points) for points in (free, shy)]
    assert beyond[1] < beyond[0]

    def fails(point: Point, seeds: Sequence[int]) -> Trial:
        return Trial(options=point, score=None, by_pair={}, runs=1, failed=1, unscored=0, collapsed={})

    assert len(search(SPACE, 5, 0, SEEDS, fails).points) == 5


def test_without_optuna_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(UsageError, match=r"--search tpe needs optuna: pip install 'dabench\[tune\]'"):
        found(1)


@pytest.mark.slow
def test_the_command_goes_on_from_its_records(registry: Registry, dabench_here) -> None:
    line = ["tune", "dann", "--suite", "toy", "--pairs", "toy_a:toy_b", "--steps", "3", "--seeds", "100,101"]
    line += ["--score", "source_val", "--search", "tpe", "--launcher", "inline", "--json"]
    first = dabench_here(*line, "--trials", "2")
    assert first.returncode == 0, first.stderr
    more = dabench_here(*line, "--trials", "4")
    assert more.returncode == 0, more.stderr
    tried = [[trial["options"] for trial in json.loads(done.stdout)["trials"]] for done in (first, more)]
    assert all(options in tried[1] for options in tried[0])
    assert len(tried[1]) == 5  # the suite's own options, too
    again = dabench_here(*line, "--trials", "4")
    assert again.stdout == more.stdout
    assert "10 runs, 10 of them done before" in again.stderr
    assert "--trials" in dabench_here(*line).stderr
