"""Vectors as features: the kinds of `input.normalise` where there is no network.

`unit`: as they are. `mean`, `standardise`: per column, over what is trained on of the source, applied to both domains.
`l1_zscore_per_domain`: every row is divided by its sum of absolute values, then every column of a domain gets mean 0
and standard deviation 1 over that domain (as in the official script of CORAL, Sun et al. 2016); over the source with
its held-out part, and over target train, which is the whole target in a transductive suite.
`tfidf`: counts of terms, weighted by the inverse document frequency in source and target train, rows of length 1.
Statistics are never fitted on target test, and none uses a label. All is fitted and applied in float64, and becomes
float32 afterwards: a column of large values that differ little would lose its differences before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse, vstack

from dabench.data.arrays import csr
from dabench.errors import DataError

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfTransformer

Transform = Callable[[Any], Any]
Vectors = NDArray[np.float32] | NDArray[np.float64]


def transforms(kind: str, *, source: Any, whole_source: Any, target: Any) -> tuple[Transform, Transform]:
    """Fit a kind.

    Args:
        kind: see above.
        source: vectors (N, D) that are trained on, an array or a `csr_array`.
        whole_source: the same with source_val.
        target: target train (M, D).

    Returns:
        What turns source vectors into features, and what does so with target vectors.

    Raises:
        DataError: the kind does not fit the data.
    """
    if source.ndim != 2 or source.dtype not in (np.float32, np.float64):
        raise DataError(
            f"without a network examples must be float32 or float64 vectors (N, D), not {source.dtype} {source.shape}"
        )
    if kind == "unit":
        return _same, _same
    if kind == "tfidf":
        if not issparse(source):
            raise DataError("input.normalise 'tfidf' needs sparse counts of terms; these vectors are dense")
        from sklearn.feature_extraction.text import TfidfTransformer  # a second, and 100 MB in every worker

        weights = TfidfTransformer().fit(vstack([source, target]))
        return (_tfidf(weights),) * 2
    if issparse(source):
        raise DataError(f"input.normalise {kind!r} would fill up sparse vectors; 'unit' and 'tfidf' keep them sparse")
    if kind == "l1_zscore_per_domain":
        return _l1_zscore(whole_source), _l1_zscore(target)
    return (_per_column(source, scale=kind == "standardise"),) * 2


def _same(x: Any) -> Any:
    return x


def _tfidf(weights: TfidfTransformer) -> Transform:
    return lambda x: csr(weights.transform(x))


def _per_column(fitted_on: Vectors, *, scale: bool) -> Transform:
    wide = fitted_on.astype(np.float64)
    mean, std = wide.mean(axis=0), wide.std(axis=0)
    # A column that never changes is 0 afterwards, as in MATLAB's zscore; rounding may leave it a deviation.
    varies = (wide.max(axis=0) > wide.min(axis=0)) & (std > 0)
    divisor = np.where(varies, std, 1.0) if scale else 1.0
    return lambda x: ((x - mean) / divisor).astype(np.float32)


def _l1_zscore(domain: Vectors) -> Transform:
    zscore = _per_column(_l1(domain), scale=True)
    return lambda x: zscore(_l1(x))


def _l1(x: Vectors) -> NDArray[np.float64]:
    sums = np.abs(x).sum(axis=1, keepdims=True, dtype=np.float64)
    return np.asarray(x / np.where(sums > 0, sums, 1))
