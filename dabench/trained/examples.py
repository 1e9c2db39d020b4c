"""Examples to predict, from a folder of pictures or a table, without labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import to_numeric

from dabench.domains.own.layout import PICTURES
from dabench.domains.own.table_files import read_table
from dabench.errors import DataError, shortened

MEGAPIXELS = 32.0


@dataclass(frozen=True)
class Found:
    """Examples.

    Attributes:
        x: (N, ...).
        names: of the rows: of files, or numbers.
        left_out: what could not be read, one phrase each.
    """

    x: Any
    names: list[str]
    left_out: list[str]


def read_examples(path: Path, shape: tuple[int, ...]) -> Found:
    """Read examples.

    Args:
        path: a folder of pictures, at any depth, or a table in .csv, .npz or .parquet.
        shape: of an example that the model takes.

    Raises:
        DataError: there are none, or they have another form.
    """
    if path.is_dir():
        return _pictures(path, shape)
    if not path.is_file():
        raise DataError(f"there is no folder, file or domain {path}")
    file = read_table(path)
    if file.examples is not None:
        return Found(file.examples, [str(row) for row in range(len(file.examples))], [])
    numbers = file.frame.apply(to_numeric, errors="coerce")
    texts = [str(name) for name in numbers.columns if numbers[name].isna().any()]
    if texts or file.frame.shape[1] != (shape[0] if len(shape) == 1 else -1):
        why = (
            f"cells of {shortened(texts)} are empty or no numbers"
            if texts
            else f"it has {file.frame.shape[1]} columns of numbers"
        )
        raise DataError(f"{path}: {why}; the model takes {shape[0]} columns, those it was trained on, in their order")
    return Found(numbers.to_numpy(dtype=np.float64), [str(row) for row in range(len(numbers))], [])


def _pictures(folder: Path, shape: tuple[int, ...]) -> Found:
    from dabench.data.pictures.decode import Look
    from dabench.data.pictures.store import decode_splits

    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES and path.is_file())
    if not files:
        raise DataError(f"{folder} holds no pictures ({', '.join(sorted(PICTURES))})")
    if len(shape) != 3 or shape[1] != shape[2] or shape[0] not in (1, 3):
        raise DataError(f"the model takes examples of the shape {shape}, and these are pictures")
    look = Look(size=shape[1], fit="crop", max_megapixels=MEGAPIXELS)
    decoded = decode_splits({"new": files}, look, folder.name, workers=1)["new"]
    x = np.array(decoded.images)
    bad = [f"{files[row].relative_to(folder)}: {reason}" for row, reason in decoded.bad]
    if not len(x):
        raise DataError(f"{folder}: no picture can be read: {shortened(bad)}")
    if shape[0] == 1:
        x = _grey(x)[:, None]
    return Found(x, [str(files[row].relative_to(folder)) for row in decoded.good], bad)


def _grey(x: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The luminance (N, H, W) of images (N, 3, H, W), by the weights of ITU-R BT.601."""
    return np.round(np.tensordot(x.astype(np.float64), (0.299, 0.587, 0.114), axes=([1], [0]))).astype(np.uint8)
