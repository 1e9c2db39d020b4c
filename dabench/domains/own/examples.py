"""Arrays of images and of windows of signals in .npz files, in the layout that networks take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.errors import DataError

CHANNELS = (1, 3)


def as_examples(arrays: Sequence[NDArray[Any]], where: str) -> NDArray[Any]:
    """Images as (N, C, H, W), windows as float32 (N, C, T).

    Four dimensions are images: (N, H, W, C) with 1 or 3 channels, or else (N, C, H, W). Whole numbers from 0 to 255
    become uint8, others float32. Three dimensions are grey images (N, H, W) where they are uint8, else windows
    (N, C, T).

    Args:
        arrays: of a domain, or those of its train and its test.
        where: their file, for messages.

    Raises:
        DataError: their shapes do not fit, or their values are no numbers, or are not finite.
    """
    if len({array.shape[1:] for array in arrays}) > 1:
        raise DataError(
            f"{where}: train and test hold arrays of other shapes: {', '.join(str(a.shape) for a in arrays)}"
        )
    x: NDArray[Any] = np.concatenate(arrays)
    if x.dtype.kind not in "iuf":
        raise DataError(f"{where}: images and windows are whole numbers or float32, not {x.dtype}")
    wrong = np.flatnonzero(~np.isfinite(x).reshape(len(x), -1).all(axis=1))
    if len(wrong):
        raise DataError(
            f"{where}: {len(wrong):,} examples have values that are not finite, the first is row {wrong[0]}"
        )
    if x.ndim == 3 and x.dtype != np.uint8:
        return np.ascontiguousarray(x, dtype=np.float32)
    if x.ndim == 3:
        return x[:, None]
    if x.ndim != 4 or not {x.shape[1], x.shape[3]} & set(CHANNELS):
        raise DataError(
            f"{where}: examples of the shape {x.shape} are neither images (N, H, W, C) or (N, C, H, W) with 1 or 3 "
            "channels, nor windows (N, C, T)"
        )
    if x.shape[3] in CHANNELS:
        x = x.transpose(0, 3, 1, 2)
    if x.dtype.kind in "iu" and (x.min() < 0 or x.max() > 255):
        raise DataError(f"{where}: images of whole numbers have values from 0 to 255, not {x.min()} to {x.max()}")
    return np.ascontiguousarray(x, dtype=np.float32 if x.dtype.kind == "f" else np.uint8)
