"""Entropy of the predictions on the target."""

from __future__ import annotations

import numpy as np

from dabench.selection.entropies import row_entropies
from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs


@by_outputs
def entropy(outputs: Outputs) -> float:
    """-mean_i H(p_i): how sure the classifier is of the target (Morerio et al. 2018, arXiv:1711.10288).

    A model that calls everything one class with certainty has the best score there is; `ByOutputs` passes over it.
    """
    return -float(np.mean(row_entropies(outputs.probabilities)))
