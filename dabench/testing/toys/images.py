"""Images for methods that augment or need batch norm: the same shapes with less contrast.

Strokes along a row, along a column or along the diagonal, anywhere in the image; bright on dark in the source. In the
target every image has a contrast of its own, less than the source's: statistics over the whole target, as batch norm
takes them, fit none of them exactly, so that they leave something to gain. Measured with default options and the seeds
0 to 2: source_only .65, AdaBN .90, UDA .97, mean teacher 1.00, which has .89 without the target, target_only 1.00.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone
from dabench.config.settings import Optimiser
from dabench.data.arrays import DomainArrays, Split
from dabench.specs.spec import BackboneSpec
from dabench.testing.toys.toy import Pair, Toy

CLASSES = ("row", "column", "diagonal")
SIZE = 12
GREY, NOISE = 120, 12
SOURCE, TARGET = (160, 200), (30, 100)  # from the darkest to the brightest, in grey levels


def shifted() -> Pair:
    """300 + 300 training images (3, 12, 12) of three classes."""
    source = DomainArrays(_split(1, SOURCE), _split(2, SOURCE), CLASSES)
    return Pair(source, DomainArrays(_split(3, TARGET), _split(4, TARGET, rows=600), CLASSES))


def _split(seed: int, contrasts: tuple[int, int], rows: int = 300) -> Split:
    generator = np.random.Generator(np.random.PCG64(seed))
    y = np.arange(rows) % len(CLASSES)
    strokes = np.stack([_stroke(CLASSES[label], *generator.integers(2, SIZE - 3, 2)) for label in y])
    contrast = generator.uniform(*contrasts, (rows, 1, 1, 1))
    x = GREY + contrast * (strokes[:, None] - 0.5) + generator.normal(0, NOISE, (rows, 3, SIZE, SIZE))
    return Split(np.clip(x, 0, 255).astype(np.uint8), y)


def _stroke(kind: str, row: int, column: int) -> NDArray[np.float64]:
    """A stroke five pixels long and two wide around (row, column)."""
    image = np.zeros((SIZE, SIZE))
    for step in range(-2, 3):
        down, right = (0 if kind == "row" else step), (0 if kind == "column" else step)
        wide = (1, 0) if kind in ("row", "diagonal") else (0, 1)
        image[row + down, column + right] = 1
        image[row + down + wide[0], column + right + wide[1]] = 1
    return image


class ImageNet(Backbone):
    """Two convolutions, the largest response of each channel, one hidden layer."""

    class Options(Backbone.Options):
        """Options.

        Attributes:
            batch_norm: after each convolution.
            dropout: of whole channels, behind the second.
        """

        batch_norm: bool = False
        dropout: float = Field(0.0, ge=0, lt=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        self.trunk = nn.Sequential(
            nn.Conv2d(input_shape[0], 16, 3, padding=1),
            nn.BatchNorm2d(16) if options.batch_norm else nn.Identity(),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32) if options.batch_norm else nn.Identity(),
            nn.ReLU(),
            nn.Dropout2d(options.dropout),
            nn.AdaptiveMaxPool2d(1),
        )
        self.feature_size = 32
        self.hidden = nn.Sequential(nn.Linear(32, 32), nn.ReLU())
        self.output = nn.Linear(32, classes)


TOY = Toy(
    name="images",
    shifted=shifted,
    shape=lambda features: (features or 3, SIZE, SIZE),
    images=True,
    backbone=BackboneSpec(
        name="toy_images", entry_point="dabench.testing.toys.images:ImageNet", summary="of the conformance kit"
    ),
    network={"batch_norm": True, "dropout": 0.0},
    optimiser=Optimiser(lr=0.02, momentum=0.9),
    steps=100,
)
