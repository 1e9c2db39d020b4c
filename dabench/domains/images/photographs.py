"""Patches of photographs. Quick to import, because worker processes do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True)
class Cuts:
    """Parts to cut from one photograph, which is decoded once for all of them.

    Attributes:
        photo: an image file.
        draws: one random number from 0 to 2**63 - 1 for each patch, int64 (N,): where it lies.
        size: of a patch's side in pixels.
    """

    photo: Path
    draws: NDArray[np.int64]
    size: int


def cut(cuts: Cuts) -> NDArray[np.uint8]:
    """Returns the patches (N, 3, size, size), each from anywhere in the photograph."""
    with Image.open(cuts.photo) as image:
        pixels = np.asarray(image.convert("RGB"))
    windows = sliding_window_view(pixels, (cuts.size, cuts.size), axis=(0, 1))  # (rows, columns, 3, size, size)
    rows, columns = windows.shape[:2]
    patches: NDArray[np.uint8] = windows[cuts.draws % rows, cuts.draws // rows % columns]
    return patches
