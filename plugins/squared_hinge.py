"""Linear machines for what liblinear cannot do: a prior of the weights, and examples that are to be on the fence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import issparse

from .rows import beside

Floats = NDArray[np.float64]


class SquaredHinge:
    """Linear machines as of liblinear, one for each class against the rest: |w|^2 / 2 + sum of squared hinge losses.

    The last weight is the bias. A column that is 0 everywhere has the weight 0 and takes no time.
    """

    def __init__(self, classes: int) -> None:
        self._classes = classes

    def fit(
        self,
        x: Any,
        y: NDArray[np.int64],
        *,
        c: float = 1.0,
        prior: Floats | None = None,
        fence: Any = None,
        fence_weight: float = 1.0,
    ) -> SquaredHinge:
        """Find the weights (D + 1, C), of all machines at once.

        Args:
            x: features (N, D).
            y: labels (N,).
            c: how much the losses weigh.
            prior: scores (N, C) to start from; to them is added what the weights give. For a linear classifier with
                these scores its weights are the mean of a Gaussian prior, and ours the distance from it.
            fence: features (M, D) of examples that count once as of the class and once as not of it; without bias.
            fence_weight: how much each of them counts, compared with one of x.
        """
        columns = _columns(x) if fence is None else np.union1d(_columns(x), _columns(fence))
        # In double precision at once: a product of float32 with float64 would convert all of x every time.
        narrow = beside(x[:, columns], np.ones((x.shape[0], 1), np.float32)).astype(np.float64)
        unsure = None if fence is None else beside(fence[:, columns], np.zeros((fence.shape[0], 1), np.float32))
        sign = np.where(y[:, None] == np.arange(self._classes), 1.0, -1.0)
        start = np.zeros_like(sign) if prior is None else prior
        found = minimize(
            _objective,
            np.zeros((len(columns) + 1) * self._classes),
            (narrow, sign, start, c, None if unsure is None else unsure.astype(np.float64), fence_weight),
            "L-BFGS-B",
            jac=True,
            options={"maxiter": 500, "maxcor": 5, "ftol": 1e-7, "gtol": 1e-4},
        )
        best = found.x.reshape(-1, self._classes)
        self._weights = np.zeros((x.shape[1] + 1, self._classes))
        self._weights[columns], self._weights[-1] = best[:-1], best[-1]
        return self

    def decision_function(self, x: Any) -> Floats:
        """Features (N, D) -> scores (N, C); without the prior's."""
        return np.asarray(x @ self._weights[:-1] + self._weights[-1])


def _columns(x: Any) -> NDArray[np.int64]:
    """The columns that are not 0 everywhere."""
    return np.unique(x.indices) if issparse(x) else np.flatnonzero(np.any(x != 0, axis=0))


def _objective(
    weights: Floats, x: Any, sign: Floats, start: Floats, c: float, fence: Any, fence_weight: float
) -> tuple[float, Floats]:
    """The sum over all machines that is minimised, and its gradient."""
    machines = weights.reshape(-1, sign.shape[1])
    short = np.maximum(0, 1 - sign * (start + x @ machines))
    value = 0.5 * weights @ weights + c * np.sum(short**2)
    gradient = machines - 2 * c * (x.T @ (sign * short))
    if fence is not None:
        scores = fence @ machines
        above, below = np.maximum(0, 1 - scores), np.maximum(0, 1 + scores)
        value += c * fence_weight * np.sum(above**2 + below**2)
        gradient += 2 * c * fence_weight * (fence.T @ (below - above))
    return float(value), np.ravel(gradient)
