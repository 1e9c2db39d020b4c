"""The classifiers that source-only may fit to features."""

from __future__ import annotations

from typing import Any

import numpy as np
from dabench_plugins.source_only import SourceOnlyFeatures

from dabench.execution.readout import Readout
from dabench.methods.problem import Problem


def test_source_onlys_rbf_svm_is_libsvms_default_kernel() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(80, 5)).astype(np.float32)
    y = (np.square(x[:, :2]).sum(1) > 1.4).astype(np.int64)  # no line parts a disc from what is around it
    problem = Problem("unsupervised", 2, x, y, x, None, lambda rows: rows)

    def accuracy(**options: Any) -> float:
        method = SourceOnlyFeatures(
            SourceOnlyFeatures.Options(**options), lambda kind="linear_svm": Readout(kind, 2, 0)
        )
        method.fit(problem)
        return float(np.mean(method.predict(x).argmax(1) == y))

    assert accuracy() < 0.8
    assert accuracy(classifier="rbf_svm_cv") > 0.9
