"""The parts of a toy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dabench.config.settings import Optimiser
from dabench.data.arrays import DomainArrays, Split, csr
from dabench.specs.spec import BackboneSpec

SOURCE_ROWS, TARGET_ROWS, TEST_ROWS = 60, 45, 30
SECOND = "second"  # the name of the second labels of plain pairs


@dataclass(frozen=True)
class Pair:
    """Two domains."""

    source: DomainArrays
    target: DomainArrays


@dataclass(frozen=True, kw_only=True, eq=False)
class Toy:
    """A kind of examples, with a pair on which adapting pays.

    Attributes:
        name: as in `MethodSpec.toy`.
        shifted: makes the pair on which source_only does badly and a method that adapts does well.
        shape: of one example with so many features; the usual number if None.
        images: examples are uint8.
        backbone: the network; its options are `batch_norm` and `dropout`. The identity for feature methods.
        network: the backbone's options on the shifted pair.
        optimiser: for every run.
        steps: on the shifted pair; 0 where nothing is trained.
        batch: examples from each domain in a step there.
        share: of the way from source_only to target_only that a method must cover there, see `checks.adapts`.
        track: that its methods are judged in.
        shots: of that track, see `config.suite.Suite`; None in the track unsupervised.
    """

    name: str
    shifted: Callable[[], Pair]
    shape: Callable[[int | None], tuple[int, ...]]
    images: bool = False
    backbone: BackboneSpec
    network: dict[str, bool | float]
    optimiser: Optimiser
    steps: int
    batch: int = 32
    share: float = 0.1
    track: str = "unsupervised"
    shots: int | None = None

    def plain(
        self, *, classes: int = 3, features: int | None = None, target_rows: int | None = None, sparse: bool = False
    ) -> Pair:
        """A small pair of any size, for checks that ask nothing of its accuracy: a blob for each class, shifted."""
        shape = self.shape(features)

        def split(rows: int, seed: int, shift: float) -> Split:
            generator = np.random.Generator(np.random.PCG64(seed))
            y = np.arange(rows) % classes
            centres = np.random.Generator(np.random.PCG64(0)).normal(size=(classes, *shape))
            x: NDArray[np.float64] = centres[y] + shift + generator.normal(size=(rows, *shape))
            if self.images:
                return Split(np.clip(128 + 40 * x, 0, 255).astype(np.uint8), y)
            if sparse:
                return Split(csr(np.maximum(x, 0)), y)
            return Split(x.astype(np.float32), y)

        names = tuple(f"class {label}" for label in range(classes))
        rows = max(SOURCE_ROWS, 3 * classes), target_rows or max(TARGET_ROWS, 3 * classes)
        second = [{SECOND: np.arange(count) // classes % 2} for count in rows]
        source = DomainArrays(split(rows[0], 1, 0.0), split(TEST_ROWS, 2, 0.0), names, aux=second[0])
        return Pair(source, DomainArrays(split(rows[1], 3, 0.5), split(TEST_ROWS, 4, 0.5), names, aux=second[1]))
