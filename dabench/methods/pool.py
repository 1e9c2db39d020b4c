"""The examples among which a rule of the track active asks for labels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Pool:
    """The outputs of the network of the round before, by which a rule chooses. No label of an unasked row is here.

    Attributes:
        logits: of the unlabelled rows (N, C). Of a feature method, or with another readout than the network, they are
            margins, and no rule that needs probabilities gets them.
        embeddings: their last hidden layer (N, H).
        asked_logits: of the rows that were asked for before (A, C); A may be 0.
        asked_embeddings: likewise (A, H).
        asked_y: their labels, int64 (A,).
        val_logits: of held-out source examples (V, C); V may be 0.
        val_embeddings: likewise (V, H).
        val_y: their labels, int64 (V,).
    """

    logits: Array
    embeddings: Array
    asked_logits: Array
    asked_embeddings: Array
    asked_y: NDArray[np.int64]
    val_logits: Array
    val_embeddings: Array
    val_y: NDArray[np.int64]

    def __len__(self) -> int:
        """N."""
        return len(self.logits)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """The softmax of `logits` (N, C)."""
        return np.asarray(softmax(self.logits.astype(np.float64), axis=1))

    @cached_property
    def entropy(self) -> NDArray[np.float64]:
        """The entropy of `probabilities` in nats (N,)."""
        logs = np.log(np.maximum(self.probabilities, np.finfo(np.float64).tiny))
        return np.asarray(-(self.probabilities * logs).sum(1))


def top(scores: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """The rows with the highest scores (N,), the highest first; of equal ones the first: int64 (count,)."""
    return np.argsort(-scores, kind="stable")[:count]
