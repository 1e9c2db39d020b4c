"""Rules that ask for labels of examples that differ from each other and from those that have some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench import Pool, top

Rows = NDArray[np.int64]
Array = NDArray[np.float64]


def random(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """Any rows: what all other rules are compared with."""
    return generator.permutation(len(pool))[:count]


def k_center(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """Greedily the row that is farthest from those with a label, and from those just chosen (Sener & Savarese 2018).

    Held-out source examples count as labelled, as the source is.
    """
    rows = pool.embeddings.astype(np.float64)
    centres = np.concatenate([pool.val_embeddings, pool.asked_embeddings]).astype(np.float64)
    nearest = np.full(len(rows), np.inf)
    for start in range(0, len(centres), 256):
        nearest = np.minimum(nearest, squared_distances(rows, centres[start : start + 256]).min(1))
    chosen: list[int] = []
    while len(chosen) < count:
        row = int(generator.integers(len(rows))) if np.isinf(nearest).all() else int(nearest.argmax())
        chosen.append(row)
        nearest = np.minimum(nearest, squared_distances(rows, rows[row : row + 1])[:, 0])
        nearest[chosen] = -1
    return np.array(chosen)


def cluster(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """The most central row, the least central and any of each of `count` / 3 clusters by cosine (Munro 2021, ch. 4)."""
    rows = unit(pool.embeddings)
    label, centres = k_means(rows, max(1, -(-count // 3)), np.ones(len(rows)), generator)
    near = (rows * centres[label]).sum(1)
    members = [generator.permutation(np.flatnonzero(label == number)) for number in range(len(centres))]
    orders = [
        list(dict.fromkeys([own[near[own].argmax()], own[near[own].argmin()], *own])) for own in members if len(own)
    ]
    wanted = [order[place] for place in range(len(rows)) for order in orders if place < len(order)]
    return np.array(wanted[:count])


def representative(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """One by one the row that is most like the target's mean and least like the mean of what has a label, by cosine.

    Before the first label of the target that is the mean of held-out source examples (Munro 2021, chapter 4).
    """
    rows = unit(pool.embeddings)
    of_pool = unit(pool.embeddings.mean(0, keepdims=True))[0]
    known = np.concatenate([pool.val_embeddings, pool.asked_embeddings]).astype(np.float64)
    total, free = known.sum(0), np.ones(len(rows), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < count:
        of_known = unit(total[None])[0]
        scores = np.where(free, rows @ of_pool - rows @ of_known, -np.inf)
        row = int(scores.argmax())
        chosen.append(row)
        free[row] = False
        total = total + pool.embeddings[row]
    return np.array(chosen)


def clue(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """The row nearest to the centre of each of `count` clusters, in which uncertain rows weigh more.

    k-means of the embedding, weighted by the entropy of the prediction (Prabhu et al. 2021, eq. 5).
    """
    rows = pool.embeddings.astype(np.float64)
    _, centres = k_means(rows, count, pool.entropy + 1e-8, generator)
    order = np.argsort(squared_distances(centres, rows), axis=1, kind="stable")
    wanted = order.T.ravel()  # the nearest of every centre, then the second nearest
    return np.array(list(dict.fromkeys(map(int, wanted[: count * (count + 1)])))[:count])


def badge(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """Rows whose gradients are large and differ: k-means++ of that of the last layer (Ash et al. 2020, algorithm 1).

    The gradient is (p - onehot of the prediction) times the embedding; distances are computed from the two factors. The
    first is the longest.
    """
    shift = pool.probabilities - np.eye(pool.logits.shape[1])[pool.logits.argmax(1)]
    rows = pool.embeddings.astype(np.float64)
    length = (shift**2).sum(1) * (rows**2).sum(1)
    chosen = [int(length.argmax())]
    nearest = np.full(len(rows), np.inf)
    while len(chosen) < count:
        last = chosen[-1]
        products = (shift @ shift[last]) * (rows @ rows[last])
        nearest = np.minimum(nearest, np.maximum(length + length[last] - 2 * products, 0))
        nearest[chosen] = 0
        free = np.setdiff1d(np.arange(len(rows)), chosen)
        weights = nearest[free]
        share = weights / weights.sum() if weights.sum() > 0 else None  # all alike: any of them
        chosen.append(int(generator.choice(free, p=share)))
    return np.array(chosen)


def aada(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """Any of the top rows by entropy times the odds of being the target's (Su et al. 2020, eq. 4).

    The odds are those of a logistic regression between held-out source examples and the pool. Of the top 2 %, or three
    times as many rows as are asked for.
    """
    from sklearn.linear_model import LogisticRegression

    odds = np.ones(len(pool))
    if len(pool.val_embeddings):
        x = np.concatenate([pool.val_embeddings, pool.embeddings]).astype(np.float64)
        of_target = np.arange(len(x)) >= len(pool.val_embeddings)
        scale = np.maximum(x.std(0), 1e-6)
        judge = LogisticRegression(class_weight="balanced", max_iter=1000).fit((x - x.mean(0)) / scale, of_target)
        odds = np.exp(np.clip(judge.decision_function((pool.embeddings - x.mean(0)) / scale), -30, 30))
    best = top(odds * pool.entropy, max(round(0.02 * len(pool)), min(3 * count, len(pool))))
    return generator.permutation(best)[:count]


def k_means(rows: Array, clusters: int, weights: Array, generator: np.random.Generator) -> tuple[Rows, Array]:
    """Lloyd's algorithm from a k-means++ start by scikit-learn: the cluster of each row (N,) and the centres (K, H)."""
    from sklearn.cluster import KMeans

    seed = int(generator.integers(2**31))
    distinct = len(np.unique(rows, axis=0))
    found = KMeans(min(clusters, distinct), n_init=1, random_state=seed).fit(rows, sample_weight=weights)
    return found.labels_.astype(np.int64), found.cluster_centers_


def squared_distances(a: Array, b: Array) -> Array:
    """Squared Euclidean distances of rows (N, H) and (M, H): (N, M)."""
    found = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)
    return np.asarray(np.maximum(found, 0))


def unit(x: NDArray[np.floating]) -> Array:
    """Rows (N, H) scaled to length 1; a row of zeros stays."""
    rows = np.asarray(x, dtype=np.float64)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
