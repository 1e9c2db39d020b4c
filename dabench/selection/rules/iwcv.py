"""IWCV: importance-weighted validation."""

from __future__ import annotations

import math

from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs


@by_outputs
def iwcv(outputs: Outputs) -> float:
    """-sum_i w_i l_i / sum_i w_i, l_i the 0/1 error on source_val, w_i its importance weight (Sugiyama et al. 2007,
    JMLR 8).

    The weights are divided by their mean. Otherwise the score would be best where no source example resembles the
    target: then all weights are nearly 0. Right where the target has the source's label given the embedding, and every
    kind of target example occurs in the source. No score without source_val.
    """
    total = outputs.val_weights.sum()
    return -float(outputs.val_weights @ outputs.val_errors / total) if total > 0 else math.nan
