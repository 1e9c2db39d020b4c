"""SND: soft neighbourhood density."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from dabench.selection.entropies import row_entropies
from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs

TEMPERATURE = 0.05
PART = 512  # rows at a time: all similarities of 5,000 examples are 200 MB


@by_outputs
def snd(outputs: Outputs) -> float:
    """mean_i H(softmax_j(s_ij / 0.05)), j != i, s_ij the cosine similarity of p_i and p_j (Saito et al. 2021,
    arXiv:2108.10860, eq. 1-3): the more neighbours a target example has, the better. At most log(T - 1).

    A model that gives every example the same prediction has the best score there is. `ByOutputs` passes over it, but
    not over one whose predictions differ by noise alone. 0 for a single example.
    """
    p = outputs.probabilities
    if len(p) < 2:
        return 0.0
    unit = p / np.linalg.norm(p, axis=1, keepdims=True)
    total = 0.0
    for first in range(0, len(unit), PART):
        similarities = unit[first : first + PART] @ unit.T / TEMPERATURE
        own = np.arange(len(similarities))
        similarities[own, first + own] = -np.inf  # an example is not its own neighbour
        total += float(row_entropies(softmax(similarities, axis=1)).sum())
    return total / len(unit)
