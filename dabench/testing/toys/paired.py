"""Vectors for methods of the track paired: two sensors that mix the same hidden causes in different ways.

The class is the sign of a product of two causes, which no linear rule finds. The samples of two of twenty people, ten
each, are simultaneous and labelled. A network for the source's sensor says nothing about the target's, and misleads who
starts from it with these labels alone. Measured with default options and the seeds 0 to 2: source_only .46,
fine_tune .77 at the source's rate, feature_matching .91, target_k .94.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.testing.toys import vectors
from dabench.testing.toys.toy import SOURCE_ROWS, TEST_ROWS, Pair, Toy

COLUMNS = 4
PEOPLE, WINDOWS = 20, 10
SOURCE, TARGET = 0, 1


def shifted() -> Pair:
    """200 training vectors of two classes, as each of the sensors has them."""
    names = ("minus", "plus")
    people = np.repeat(np.arange(PEOPLE), WINDOWS)
    splits = [
        (_split(1, PEOPLE * WINDOWS, sensor, people), _split(2, 400, sensor, None)) for sensor in (SOURCE, TARGET)
    ]
    source, target = (DomainArrays(train, test, names) for train, test in splits)
    return Pair(source, target)


def _split(seed: int, rows: int, sensor: int, people: NDArray[np.int64] | None) -> Split:
    generator = np.random.Generator(np.random.PCG64(seed))
    causes = generator.normal(size=(rows, COLUMNS))
    y = np.arange(rows) % 2
    sign = 2 * generator.integers(0, 2, rows) - 1
    causes[:, 0] = 0.4 * causes[:, 0] + sign
    causes[:, 1] = 0.4 * causes[:, 1] + sign * (2 * y - 1)
    turn, _ = np.linalg.qr(np.random.Generator(np.random.PCG64(100 + sensor)).normal(size=(COLUMNS, COLUMNS)))
    noise = np.random.Generator(np.random.PCG64([seed, sensor])).normal(size=causes.shape)
    return Split((causes @ turn + 0.1 * noise).astype(np.float32), y, people)


@dataclass(frozen=True, kw_only=True, eq=False)
class PairedToy(Toy):
    """A toy whose domains are views of one recording: row i of one belongs to row i of the other."""

    def plain(
        self, *, classes: int = 3, features: int | None = None, target_rows: int | None = None, sparse: bool = False
    ) -> Pair:
        """A small pair of any size; `target_rows` are those of both domains, and none is sparse."""
        return self.views(self.shape(features), self.shape(features), classes, target_rows)

    def views(
        self, source: tuple[int, ...], target: tuple[int, ...], classes: int = 3, rows: int | None = None
    ) -> Pair:
        """A small pair with examples of these shapes: a blob for each class, shifted."""
        names = tuple(f"class {label}" for label in range(classes))
        count = rows or max(SOURCE_ROWS, 3 * classes)

        def split(rows: int, seed: int, shape: tuple[int, ...], shift: float) -> Split:
            generator = np.random.Generator(np.random.PCG64(seed))
            y = np.arange(rows) % classes
            centres = np.random.Generator(np.random.PCG64(0)).normal(size=(classes, *shape))
            return Split((centres[y] + shift + generator.normal(size=(rows, *shape))).astype(np.float32), y)

        return Pair(
            DomainArrays(split(count, 1, source, 0.0), split(TEST_ROWS, 2, source, 0.0), names),
            DomainArrays(split(count, 3, target, 0.5), split(TEST_ROWS, 4, target, 0.5), names),
        )


TOY = PairedToy(
    name="paired",
    track="paired",
    shots=2,
    shifted=shifted,
    shape=lambda features: (features or COLUMNS,),
    backbone=vectors.TOY.backbone,
    network={"batch_norm": False, "dropout": 0.0},
    optimiser=vectors.TOY.optimiser,
    steps=300,
    share=0.7,  # below it is what the few labels give by themselves
)
