"""Vectors for feature methods: a spurious column that is right in the source and large noise in the target.

A linear classifier that sees no target leans on it. Measured: source_only .57, CORAL .73, subspace alignment with three
dimensions .94, target_only .95.
"""

from __future__ import annotations

import numpy as np

from dabench.config.settings import Optimiser
from dabench.data.arrays import DomainArrays, Split
from dabench.specs.spec import BackboneSpec
from dabench.testing.toys.toy import Pair, Toy

COLUMNS = 9
SCALE = 3  # CORAL adds 1 to the variances: they are larger than that


def shifted() -> Pair:
    """300 + 300 training vectors of two classes."""
    names = ("minus", "plus")
    source = DomainArrays(_split(1, target=False), _split(2, target=False), names)
    return Pair(source, DomainArrays(_split(3, target=True), _split(4, target=True, rows=1000), names))


def _split(seed: int, *, target: bool, rows: int = 300) -> Split:
    generator = np.random.Generator(np.random.PCG64(seed))
    y = np.arange(rows) % 2
    sign = 2.0 * y[:, None] - 1
    honest = 0.6 * sign + generator.normal(size=(rows, COLUMNS - 1))
    noise = generator.normal(size=(rows, 1))
    spurious = 4 * noise if target else 1.5 * sign + 0.3 * noise
    return Split((SCALE * np.concatenate([honest, spurious], axis=1)).astype(np.float32), y)


TOY = Toy(
    name="features",
    shifted=shifted,
    shape=lambda features: (features or COLUMNS,),
    backbone=BackboneSpec(
        name="identity", entry_point="dabench.backbones.identity:Identity", summary="no network", trains=False
    ),
    network={},
    optimiser=Optimiser(),
    steps=0,
    share=0.2,  # a linear classifier gains a little by any change of the spurious column, also by a wrong one
)
