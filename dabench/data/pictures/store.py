"""Pictures of a domain, decoded on all cores into a file for each split, which is mapped into memory.

Such a file is temporary: it is gone with the array that is mapped from it, unless `prepared.write_copy` has taken it
over.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dabench.data.folder import data_dir
from dabench.data.pictures.decode import Depth, Done, Look, Task, decode_all
from dabench.files import temporary_file
from dabench.parallel.pool import spread

CHUNK = 64  # pictures that a process decodes at a time


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
    """Decode the pictures of every split into a temporary file of the data folder.

    Args:
        splits: the files of the pictures, one at least for each split.
        look: the form to which they are brought.
        title: of the domain, for the progress bar.
        workers: processes; one per core if None.
    """
    ready = (data_dir() / "ready").resolve()
    ready.mkdir(parents=True, exist_ok=True)
    images: dict[str, np.memmap[Any, np.dtype[np.uint8]]] = {}
    tasks: list[Task] = []
    for split, paths in splits.items():
        out = temporary_file(ready)
        shape = (len(paths), 3, look.size, look.size)
        images[split] = array = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=shape)
        weakref.finalize(array, out.unlink, missing_ok=True)
        firsts = range(0, len(paths), CHUNK)
        tasks += [Task(tuple(paths[row : row + CHUNK]), out, array.offset, row, look) for row in firsts]
    many = len(tasks) > len(splits)  # a process takes longer to start than so few pictures to decode
    done = list(spread(decode_all, tasks, title=f"decoding {title}", workers=workers if many else 1))
    found = {}
    for split, array in images.items():
        count = -(-len(array) // CHUNK)
        found[split], done = _decoded(array, done[:count]), done[count:]
    return found


def _decoded(images: NDArray[np.uint8], done: Sequence[Done]) -> Decoded:
    """The good pictures of a split, moved together."""
    bad = [item for part in done for item in part.bad]
    good = np.setdiff1d(np.arange(len(images)), [row for row, _ in bad])
    for place, row in enumerate(good[len(bad) and bad[0][0] :], len(bad) and bad[0][0]):
        images[place] = images[row]  # close the gaps
    return Decoded(images[: len(good)], good, bad, Depth.of_all([part.depth for part in done]))
