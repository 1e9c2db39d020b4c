"""Rules that learn what the network gets wrong: active transfer learning and ATLAS (Munro 2021, chapter 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench import Pool, top

from .ask_uncertain import least_confidence

Rows = NDArray[np.int64]
Array = NDArray[np.float64]
FEWEST = 10  # errors; with fewer, nothing is learned of them
AT_A_TIME = 10  # rows that ATLAS takes before it learns anew


def active_transfer(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """The rows that a new layer on the embedding says are predicted wrongly.

    It learns from held-out source examples and from the rows that were asked for before. Where fewer than ten of them
    are wrong, these are no example of an error: then it is least confidence.
    """
    known = learned_from(pool)
    if known is None:
        return least_confidence(pool, count, generator)
    return top(wrong(*known, pool.embeddings), count)


def atlas(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """Active transfer learning that takes ten rows at a time, and expects that they will be right once labelled.

    So each ten are learned as right before the next are chosen, and these are other ones: adaptive sampling.
    """
    known = learned_from(pool)
    if known is None:
        return least_confidence(pool, count, generator)
    x, is_wrong = known
    free = np.arange(len(pool))
    chosen: list[int] = []
    while len(chosen) < count:
        scores = wrong(x, is_wrong, pool.embeddings[free])
        taken = free[top(scores, min(AT_A_TIME, count - len(chosen)))]
        chosen += taken.tolist()
        free = np.setdiff1d(free, taken)
        x = np.concatenate([x, pool.embeddings[taken]])
        is_wrong = np.append(is_wrong, np.zeros(len(taken), dtype=bool))
    return np.array(chosen)


def learned_from(pool: Pool) -> tuple[NDArray[np.float32], NDArray[np.bool_]] | None:
    """Embeddings (L, H) and whether each is predicted wrongly (L,); None where too few are, or none is right."""
    x = np.concatenate([pool.val_embeddings, pool.asked_embeddings])
    predicted = np.concatenate([pool.val_logits, pool.asked_logits]).argmax(1) if len(x) else np.zeros(0)
    is_wrong = predicted != np.concatenate([pool.val_y, pool.asked_y])
    return (x, is_wrong) if FEWEST <= is_wrong.sum() < len(is_wrong) else None


def wrong(x: NDArray[np.float32], is_wrong: NDArray[np.bool_], rows: NDArray[np.float32]) -> Array:
    """The log-odds that rows (N, H) are predicted wrongly (N,), by a logistic layer whose two classes weigh alike."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-6)
    layer = LogisticRegression(class_weight="balanced", max_iter=1000).fit((x - mean) / scale, is_wrong)
    return np.asarray(layer.decision_function((rows - mean) / scale), dtype=np.float64)
