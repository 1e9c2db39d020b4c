"""Files that are mapped into memory: pages that were read are given back, so that gigabytes do not pile up."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.data.folder import data_dir

PART = 1 << 26  # bytes that are read at a time


def in_parts(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The rows of an array (N, ...) in order, some at a time; the pages of those that were read are given back."""
    rows = max(1, PART // max(1, array[:1].nbytes))
    for first in range(0, len(array), rows):
        yield array[first : first + rows]
        give_back(array)


def give_back(array: NDArray[Any]) -> None:
    """Tell the system that the pages of a mapped file are not needed for now; reading brings them back.

    Nothing is done for other arrays, and for a private mapping (mode `c`) of a file that is not one of dabench's own
    copies: what somebody has written to it would be lost.
    """
    mapping: Any = array
    while isinstance(mapping, np.ndarray) and mapping.base is not None:
        if isinstance(mapping, np.memmap) and mapping.mode == "c" and not _is_copy(mapping):
            return
        mapping = mapping.base
    if isinstance(mapping, mmap.mmap) and hasattr(mapping, "madvise"):  # not on Windows
        mapping.madvise(mmap.MADV_DONTNEED)


def neighbours(first: Any, second: Any) -> NDArray[Any] | None:
    """The rows of two arrays as one, without a copy, where they follow each other in one mapped file; else None."""
    whole: Any = getattr(first, "base", None)
    if whole is not getattr(second, "base", None) or not isinstance(whole, np.memmap):
        return None
    if not whole.flags.c_contiguous or not whole.shape[1:] == first.shape[1:] == second.shape[1:]:
        return None
    if not first.flags.c_contiguous or _address(first) + first.nbytes != _address(second):
        return None
    begin = (_address(first) - _address(whole)) // max(1, whole[:1].nbytes)
    found: NDArray[Any] = whole[begin : begin + len(first) + len(second)]
    return found


def _address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _is_copy(array: np.memmap[Any, Any]) -> bool:
    return array.filename is not None and (data_dir() / "ready").resolve() in Path(array.filename).parents
