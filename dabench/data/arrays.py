"""What a domain's loader returns: two labelled splits as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dabench.errors import DataError


@dataclass(frozen=True)
class Split:
    """Examples and their labels.

    Attributes:
        x: uint8 images (N, C, H, W) or float32 (N, ...).
        y: int64 (N,), from 0 to the number of classes - 1.
    """

    x: NDArray[np.uint8] | NDArray[np.float32]
    y: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.x.dtype not in (np.uint8, np.float32):
            raise DataError(f"x must be uint8 or float32, not {self.x.dtype}")
        if self.x.dtype == np.uint8 and self.x.ndim != 4:
            raise DataError(f"uint8 examples are images (N, C, H, W), not {self.x.shape}")
        if self.y.dtype != np.int64 or self.y.shape != (len(self.x),):
            raise DataError(f"y must be int64 of shape ({len(self.x)},), not {self.y.dtype} {self.y.shape}")
        if len(self.x) == 0:
            raise DataError("a split without examples")


@dataclass(frozen=True)
class DomainArrays:
    """A domain: a train and a test split that share no example, and the names of the classes."""

    train: Split
    test: Split
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        for name, split in (("train", self.train), ("test", self.test)):
            if split.y.min() < 0 or split.y.max() >= len(self.classes):
                raise DataError(f"{name} labels lie outside 0..{len(self.classes) - 1}")
        if self.train.x.shape[1:] != self.test.x.shape[1:] or self.train.x.dtype != self.test.x.dtype:
            raise DataError("train and test differ in shape or type")
