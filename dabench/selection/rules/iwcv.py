"""IWCV: importance-weighted validation."""

from __future__ import annotations

import math

import numpy as np

from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs


@by_outputs
def iwcv(outputs: Outputs) -> float:
    """-mean_i w_i l_i, l_i the 0/1 error on source_val, w_i its importance weight (Sugiyama et al. 2007, JMLR 8).

    Right where the target has the source's label given the embedding, and every kind of target example occurs in the
    source. No score without source_val.
    """
    if not len(outputs.val_y):
        return math.nan
    return -float(np.mean(outputs.val_weights * outputs.val_errors))
