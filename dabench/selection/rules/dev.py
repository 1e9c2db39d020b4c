"""DEV: deep embedded validation."""

from __future__ import annotations

import math

import numpy as np

from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs

ROUNDING = 1e-6  # of the weights, relative to their mean


@by_outputs
def dev(outputs: Outputs) -> float:
    """-(mean(w l) + eta mean(w) - eta), eta = -Cov(w l, w) / Var(w) (You et al. 2019, ICML, PMLR 97:7124).

    Importance-weighted validation with a control variate: the mean weight is 1 in expectation, so what it deviates
    tells how far the weighted error is off. The weights are therefore not divided by their mean, as in `iwcv`. Where
    all are equal to rounding, there is nothing to correct: eta is 0. No score without source_val.
    """
    if not len(outputs.val_y):
        return math.nan
    weights = outputs.val_weights
    losses = weights * outputs.val_errors
    equal = np.std(weights) <= ROUNDING * weights.mean()
    eta = 0.0 if equal else -np.mean((losses - losses.mean()) * (weights - weights.mean())) / np.var(weights)
    return -float(losses.mean() + eta * weights.mean() - eta)
