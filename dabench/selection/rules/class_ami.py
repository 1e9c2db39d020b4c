"""Class AMI: do the predicted classes agree with the clusters of the embeddings?"""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score

from dabench.methods.scores import predicted_classes
from dabench.selection.outputs import Outputs
from dabench.selection.rule import by_outputs

RESTARTS = 5


@by_outputs
def class_ami(outputs: Outputs) -> float:
    """AMI(argmax_k p_ik, k-means cluster of the embedding of i), i over the target, with C clusters (Musgrave et al.
    2022, arXiv:2208.07360).

    1 where they agree, about 0 where they have nothing to do with each other, or all is one class. 0 where fewer than C
    embeddings differ, because they have no C clusters: scikit-learn's AMI of a single class and a single cluster is 1.
    """
    embeddings = outputs.target_embeddings.astype(np.float64)
    if len(np.unique(embeddings, axis=0)) < outputs.classes:
        return 0.0
    clusters = KMeans(outputs.classes, n_init=RESTARTS, random_state=0).fit_predict(embeddings)
    return float(adjusted_mutual_info_score(predicted_classes(outputs.target_logits), clusters))
