"""Points of a search space."""

from __future__ import annotations

import pytest

from dabench.errors import UsageError
from dabench.specs.spec import MethodSpec, Range
from dabench.tuning.search import draw, grid, parse_space


def test_a_grid_has_all_combinations() -> None:
    points = grid({"weight": Range(0.01, 1, log=True, points=3), "kind": ("a", "b")})
    assert points == [{"weight": w, "kind": k} for w in (0.01, 0.1, 1.0) for k in ("a", "b")]
    assert grid({"x": Range(0, 1, points=5)}) == [{"x": x} for x in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert grid({"n": Range(1, 3, integer=True, points=9)}) == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_draws_are_different_within_the_ends_and_the_same_every_time() -> None:
    space = {"weight": Range(0.1, 10, log=True), "n": Range(1, 4, integer=True), "kind": ("a", "b")}
    points = draw(space, 60, seed=0)
    assert len({tuple(point.items()) for point in points}) == 60
    assert all(0.1 <= point["weight"] <= 10 and point["n"] in (1, 2, 3, 4) for point in points)
    below = sum(point["weight"] < 1 for point in points)
    assert 20 < below < 40  # half of a logarithmic range
    assert {type(point["n"]) for point in points} == {int}
    assert draw(space, 7, seed=0) == points[:7]
    assert draw(space, 7, seed=1) != points[:7]


def test_more_draws_than_points_are_an_error() -> None:
    assert sorted(point["x"] for point in draw({"x": (1, 2, 3)}, 3, seed=0)) == [1, 2, 3]
    with pytest.raises(UsageError, match="only 3 points to draw, not 4: take --search grid"):
        draw({"x": (1, 2, 3)}, 4, seed=0)


def test_a_space_from_the_command_line() -> None:
    assert parse_space(["weight=0.1, 1", "batch-norm=true,false", "kind=a"]) == {
        "weight": [0.1, 1],
        "batch_norm": [True, False],
        "kind": ["a"],
    }


@pytest.mark.parametrize("text", ["weight", "weight=", "=1", "weight=1,,2", "weight=[1"])
def test_a_space_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="--space"):
        parse_space([text])


def test_an_option_named_twice() -> None:
    with pytest.raises(UsageError, match="names x_y twice"):
        parse_space(["x-y=1", "x_y=2"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Range(1, 1),
        lambda: Range(0, 1, log=True),
        lambda: Range(0, 1, points=1),
        lambda: MethodSpec(name="m", entry_point="a:B", summary="", search={"x": ()}),
        lambda: MethodSpec(name="m", entry_point="a:B", summary="", search={"x": "abc"}),
    ],
)
def test_a_declared_space_that_is_none(make) -> None:
    with pytest.raises(ValueError, match=r"is needed|some values or a Range"):
        make()


def test_declared_options_exist_and_take_every_value() -> None:
    from dabench.config.options import validated
    from dabench.plugin.registry import load_registry

    found = 0
    for name, registered in load_registry().all(MethodSpec).items():
        for point in grid(registered.spec.search):
            validated(registered.load(), point, name)
            found += bool(point)
    assert found > 10
