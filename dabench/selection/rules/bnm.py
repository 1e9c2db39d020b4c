"""BNM: nuclear norm of the matrix of predictions."""

from __future__ import annotations

import numpy as np

from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs


@by_outputs
def bnm(outputs: Outputs) -> float:
    """||P||_* / sqrt(T min(T, C)), P the target's predictions (T, C) (Cui et al. 2020, arXiv:2003.12237; as a selector:
    Musgrave et al. 2022, arXiv:2208.07360).

    High where predictions are both sure and spread over the classes; the denominator is the largest possible norm.
    """
    p = outputs.probabilities
    return float(np.linalg.norm(p, "nuc") / np.sqrt(len(p) * min(p.shape)))
