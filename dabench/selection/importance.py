"""Importance weights: how much likelier an example is in the target than in the source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

FOLDS = 5
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # C of the logistic regression: the smaller, the closer to equal weights
LEAST = 1e-6  # a probability, so that no weight is infinite


def importance_weights(
    source: NDArray[np.float32], target: NDArray[np.float32], held_out: NDArray[np.float32]
) -> NDArray[np.float64]:
    """w(x) = (N_s / N_t) p(target | x) / p(source | x), the ratio of the densities p_t(x) / p_s(x) (Bickel et al. 2007,
    ICML; You et al. 2019, ICML, PMLR 97:7124).

    The probabilities are those of a logistic regression that tells source train from target train. Columns are
    standardised over both. The penalty is the one of `STRENGTHS` with the best cross-validated likelihood, as You et
    al. choose their classifier's by validation. The held-out rows are not among those that it is fitted on.

    The mean over held-out source rows is 1 in expectation. It is not set to 1 here.

    Args:
        source: embeddings of source train (N_s, H).
        target: embeddings of target train (N_t, H).
        held_out: embeddings of the source examples to weight (V, H).

    Returns:
        Weights (V,); ones where a domain has fewer rows than there are folds.
    """
    if min(len(source), len(target)) < FOLDS or not len(held_out):
        return np.ones(len(held_out))
    both = np.concatenate([source, target]).astype(np.float64)
    is_target = np.repeat([0, 1], [len(source), len(target)])
    scaler = StandardScaler().fit(both)
    p = _domain_classifier(scaler.transform(both), is_target).predict_proba(scaler.transform(held_out))
    return np.asarray(len(source) / len(target) * p[:, 1] / np.maximum(p[:, 0], LEAST))


def _domain_classifier(x: NDArray[np.float64], is_target: NDArray[np.int64]) -> LogisticRegression:
    """A logistic regression of rows (N, H), with the penalty whose cross-validated likelihood is best."""
    losses = dict.fromkeys(STRENGTHS, 0.0)
    for fitted, held in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(x, is_target):
        model = LogisticRegression(max_iter=1000, tol=1e-6, warm_start=True)  # from the one of the stronger penalty
        for strength in STRENGTHS:
            model.set_params(C=strength).fit(x[fitted], is_target[fitted])
            losses[strength] += log_loss(is_target[held], model.predict_proba(x[held]), labels=[0, 1])
    best = min(losses, key=lambda strength: losses[strength])
    return LogisticRegression(C=best, max_iter=1000, tol=1e-6).fit(x, is_target)
