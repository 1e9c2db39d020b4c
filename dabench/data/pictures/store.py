"""Pictures of a domain, decoded on all cores into one file for its splits in turn, which is mapped into memory.

Such a file is temporary: it is gone with the arrays that are mapped from it, unless `prepared.write_copy` has taken it
over.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dabench.data.folder import data_dir
from dabench.data.pictures.decode import Depth, Look, Task, decode_all
from dabench.files import temporary_file
from dabench.parallel.pool import spread

CHUNK = 64  # pictures that a thread decodes at a time


class Decoded(NamedTuple):
    """Pictures of a split.

    Attributes:
        images: the good ones, uint8 (G, 3, S, S).
        good: which of the files they are (G,).
        bad: the others, with the reason.
        depth: how many bits the pictures of 16 bits use.
    """

    images: NDArray[np.uint8]
    good: NDArray[np.int64]
    bad: list[tuple[int, str]]
    depth: Depth


def decode_splits(
    splits: Mapping[str, Sequence[Path]], look: Look, title: str, workers: int | None = None
) -> dict[str, Decoded]:
    """Decode the pictures of every split into one temporary file of the data folder.

    Args:
        splits: the files of the pictures, one at least for each split.
        look: the form to which they are brought.
        title: of the domain, for the progress bar.
        workers: threads; one per core if None.
    """
    ready = (data_dir() / "ready").resolve()
    ready.mkdir(parents=True, exist_ok=True)
    out = temporary_file(ready)
    shape = (sum(map(len, splits.values())), 3, look.size, look.size)
    images = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=shape)
    weakref.finalize(images, out.unlink, missing_ok=True)
    begins = dict(zip(splits, accumulate(map(len, splits.values()), initial=0), strict=False))
    tasks = [
        Task(tuple(paths[row : row + CHUNK]), out, images.offset, begins[split] + row, look)
        for split, paths in splits.items()
        for row in range(0, len(paths), CHUNK)
    ]
    # Pillow leaves the interpreter to other threads while it decodes and scales. It warns of large pictures, whose size
    # is compared with `max_megapixels`, and of damage that does not touch the pixels, such as that of EXIF data.
    with warnings.catch_warnings(action="ignore"):
        done = list(spread(decode_all, tasks, title=f"decoding {title}", workers=workers, threads=True))
    found, place = {}, 0
    for split, paths in splits.items():
        parts = [part for task, part in zip(tasks, done, strict=True) if 0 <= task.first - begins[split] < len(paths)]
        bad = [(row - begins[split], reason) for part in parts for row, reason in part.bad]
        good = np.setdiff1d(np.arange(len(paths)), [row for row, _ in bad])
        for there, row in enumerate(good + begins[split], place):
            if there != row:
                images[there] = images[row]  # close the gaps
        own = images[place : place + len(good)]
        found[split] = Decoded(own, good, bad, Depth.of_all([part.depth for part in parts]))
        place += len(good)
    return found
