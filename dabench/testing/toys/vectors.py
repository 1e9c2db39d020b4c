"""Vectors for methods that train a network: a spurious column that is right in the source only.

It predicts the class of 98 of 100 source examples; in the target it says the same of all and only shows the domain.
The other columns say the class in both domains, but less clearly, so a network that sees no target leans on the
spurious one. Measured with default options and the seeds 0 to 2: source_only .64, DANN .92, Deep CORAL .90, MMD .88,
target_only .96.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone
from dabench.config.settings import Optimiser
from dabench.data.arrays import DomainArrays, Split
from dabench.specs.spec import BackboneSpec
from dabench.testing.toys.toy import Pair, Toy

COLUMNS = 5
WIDTH = 32


def shifted() -> Pair:
    """400 + 400 training vectors of two classes."""
    names = ("minus", "plus")
    source = DomainArrays(_split(1, target=False), _split(2, target=False), names)
    return Pair(source, DomainArrays(_split(3, target=True), _split(4, target=True), names))


def _split(seed: int, *, target: bool, rows: int = 400) -> Split:
    generator = np.random.Generator(np.random.PCG64(seed))
    y = np.arange(rows) % 2
    sign = 2.0 * y[:, None] - 1
    honest = 0.8 * sign + generator.normal(size=(rows, COLUMNS - 1))
    agrees = np.where(generator.random((rows, 1)) < 0.98, 1, -1)
    spurious = 1.5 * (np.ones((rows, 1)) if target else sign * agrees) + 0.3 * generator.normal(size=(rows, 1))
    return Split(np.concatenate([honest, spurious], axis=1).astype(np.float32), y)


class VectorNet(Backbone):
    """Two layers; the features of an example have mean 0 and deviation 1, without which DANN drives them apart."""

    class Options(Backbone.Options):
        """Options.

        Attributes:
            batch_norm: after the first layer.
            dropout: behind it.
        """

        batch_norm: bool = False
        dropout: float = Field(0.0, ge=0, lt=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        self.trunk = nn.Sequential(
            nn.Linear(input_shape[0], WIDTH),
            nn.BatchNorm1d(WIDTH) if options.batch_norm else nn.Identity(),
            nn.ReLU(),
            nn.Dropout(options.dropout),
            nn.LayerNorm(WIDTH, elementwise_affine=False),
        )
        self.feature_size = WIDTH
        self.hidden = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU())
        self.output = nn.Linear(WIDTH, classes)


TOY = Toy(
    name="vectors",
    shifted=shifted,
    shape=lambda features: (features or COLUMNS,),
    backbone=BackboneSpec(
        name="toy_vectors", entry_point="dabench.testing.toys.vectors:VectorNet", summary="of the conformance kit"
    ),
    network={"batch_norm": False, "dropout": 0.0},
    optimiser=Optimiser(lr=0.2, momentum=0.0),
    steps=200,
    batch=128,  # the central moments of fewer examples are mostly noise
)
