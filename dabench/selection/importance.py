"""Importance weights: how much likelier an example is in the target than in the source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDS = 2
LEAST = 1e-6  # a probability, so that no weight is infinite


def importance_weights(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """w(x) = (n_source / n_target) p(target | x) / p(source | x) of every source row (Bickel et al. 2007, ICML).

    The probabilities are those of a logistic regression that tells the two domains apart, each half of the rows judged
    by the one that was fitted on the other half: a classifier that has seen a row is too sure of it.

    Args:
        source: embeddings (V, H).
        target: embeddings (T, H).

    Returns:
        Weights (V,); ones where a domain has too few rows to be split.
    """
    if min(len(source), len(target)) < FOLDS:
        return np.ones(len(source))
    x = np.concatenate([source, target]).astype(np.float64)
    is_target = np.repeat([0, 1], [len(source), len(target)])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    p = cross_val_predict(model, x, is_target, cv=folds, method="predict_proba")[: len(source)]
    return np.asarray(len(source) / len(target) * p[:, 1] / np.maximum(p[:, 0], LEAST))
