"""Points of a search space: options that a method might run with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import yaml

from dabench.config import safe_yaml as yamlsafe
from dabench.errors import UsageError
from dabench.seeding import numpy_generator
from dabench.specs.names import canonical
from dabench.specs.spec import Range

Point = dict[str, Any]
Space = Mapping[str, Sequence[Any] | Range]

DIGITS = 3  # of a number drawn from a range: as a person would write it
TRIES = 100  # draws for each new point before the space counts as used up


def parse_space(assignments: Sequence[str]) -> Space:
    """A space from `option=value,value` texts; values are YAML scalars.

    Raises:
        UsageError: not of that form, or one option twice.
    """
    space: dict[str, list[Any]] = {}
    for assignment in assignments:
        option, equals, text = assignment.partition("=")
        option = canonical(option)
        parts = [part.strip() for part in text.split(",")]
        if not equals or not option or not all(parts):
            raise UsageError(f"--space {assignment!r} is not of the form option=value,value,...")
        if option in space:
            raise UsageError(f"--space names {option} twice")
        try:
            space[option] = [yamlsafe.load(part) for part in parts]
        except (yaml.YAMLError, ValueError) as error:
            raise UsageError(f"--space {assignment!r}: the values are not valid YAML") from error
    return space


def grid(space: Space) -> list[Point]:
    """All combinations of the options' values; those of a `Range` are its `points`."""
    columns = [_values(dimension) for dimension in space.values()]
    return [dict(zip(space, values, strict=True)) for values in product(*columns)]


def draw(space: Space, count: int, seed: int) -> list[Point]:
    """Different points, drawn at random: the first of them are the same for every `count`.

    Raises:
        UsageError: there are fewer in the space.
    """
    points: list[Point] = []
    for point in _draws(space, seed, tries=TRIES * count):
        if point not in points:
            points.append(point)
        if len(points) == count:
            return points
    raise UsageError(
        f"the space has only {len(points)} points to draw, not {count}: take --search grid, or fewer trials"
    )


def _draws(space: Space, seed: int, tries: int) -> Iterator[Point]:
    for number in range(tries):
        generator = numpy_generator(seed, "search", number)
        yield {name: _drawn(dimension, generator) for name, dimension in space.items()}


def _values(dimension: Sequence[Any] | Range) -> list[Any]:
    if not isinstance(dimension, Range):
        return list(dimension)
    shares = [index / (dimension.points - 1) for index in range(dimension.points)]
    return list(dict.fromkeys(_at(dimension, share) for share in shares))


def _drawn(dimension: Sequence[Any] | Range, generator: np.random.Generator) -> Any:
    if isinstance(dimension, Range):
        return _at(dimension, float(generator.random()))
    return dimension[int(generator.integers(len(dimension)))]


def _at(dimension: Range, share: float) -> int | float:
    """The value at a share of the way from the lower end to the upper one."""
    low, high = (math.log(end) if dimension.log else end for end in (dimension.low, dimension.high))
    value = low + share * (high - low)
    value = math.exp(value) if dimension.log else value
    return round(value) if dimension.integer else float(f"{value:.{DIGITS}g}")
