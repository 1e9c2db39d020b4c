"""A pool for rules of the track active: embeddings of three classes, and a network that is wrong about some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench.methods.pool import Pool

CLASSES, WIDTH = 3, 6
ROWS, ASKED, VAL = 60, 12, 60


def made(seed: int = 0) -> tuple[Pool, NDArray[np.int64]]:
    """The pool, and the labels of its rows (60,), which no rule may see."""
    generator = np.random.Generator(np.random.PCG64(seed))
    centres = np.random.Generator(np.random.PCG64(9)).normal(size=(CLASSES, WIDTH))

    def part(rows: int, shift: float) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        y = np.arange(rows) % CLASSES
        embeddings = centres[y] + shift + generator.normal(size=(rows, WIDTH))
        # The network compares with centres of which it has one wrong.
        known = centres + 2 * np.eye(CLASSES, WIDTH)[[1, 2, 0]]
        logits = -((embeddings[:, None] - known) ** 2).sum(2) / WIDTH
        return logits.astype(np.float32), embeddings.astype(np.float32), y

    target, asked, val = part(ROWS, 1.0), part(ASKED, 1.0), part(VAL, 0.0)
    pool = Pool(
        logits=target[0],
        embeddings=target[1],
        asked_logits=asked[0],
        asked_embeddings=asked[1],
        asked_y=asked[2],
        val_logits=val[0],
        val_embeddings=val[1],
        val_y=val[2],
    )
    return pool, target[2]
