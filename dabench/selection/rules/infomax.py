"""Information maximisation: sure of every target example, but not of one class."""

from __future__ import annotations

import numpy as np

from dabench.selection.entropies import row_entropies
from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs


@by_outputs
def infomax(outputs: Outputs) -> float:
    """H(mean_i p_i) - mean_i H(p_i): mutual information of example and predicted class (Krause et al. 2010, NIPS).

    Between 0 and log C. The first term favours equally frequent classes, which the target may not have.
    """
    p = outputs.probabilities
    return float(row_entropies(p.mean(axis=0, keepdims=True))[0] - np.mean(row_entropies(p)))
