"""The classifier that is reported, where it is not the network's own: fitted on features of source train."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

from dabench.seeding import stream

# Ten values on a logarithmic scale, as for the SVM of Ganin et al. (2016), 5.1.2; two folds, as in the script of CORAL,
# which for the kernels takes powers of ten: from 10^-3 to 10^2 for RBF, and to 10^4 for its own.
C_RANGE: tuple[float, ...] = tuple(10.0 ** (-5 + 5 * index / 9) for index in range(10))
C_RANGES = {
    "rbf_svm_cv": tuple(10.0**power for power in range(-3, 3)),
    "kernel_svm_cv": tuple(10.0**power for power in range(-3, 5)),
}
FOLDS = 2
MANY = 20_000  # dense rows from which on liblinear solves the primal: the same optimum, in seconds and not in minutes


class Readout:
    """A scikit-learn classifier whose scores always have a column per class, also for two classes or missing ones.

    Features are dense arrays or `csr_array`s.
    """

    def __init__(self, kind: str, classes: int, seed: int) -> None:
        """Choose the classifier.

        Args:
            kind: `linear_svm` (liblinear: squared hinge loss, one class against the rest, C = 1), `linear_svm_cv` (its
                C chosen by cross-validation on what it is fitted on), `libsvm_cv` (hinge loss, one class against one,
                C chosen likewise), `rbf_svm` or `nearest_neighbour`. `network` stands for `linear_svm` where there is
                no network: for feature methods. Methods may also ask for `rbf_svm_cv` (libsvm's RBF kernel, its width
                1 / D, C chosen likewise) and `kernel_svm_cv`, which takes kernels for features: (N, N) to fit, and
                (M, N) to predict.
            classes: number of classes C.
            seed: the run's seed; liblinear draws its coordinates, and the folds are drawn, from the stream `readout`.
        """
        self._kind, self._classes, self._seed = kind, classes, seed
        self._model: Any = None

    def fit(self, x: NDArray[np.float32], y: NDArray[np.int64], weight: NDArray[np.float64] | None = None) -> Readout:
        """Fit on features (N, D) and labels (N,).

        Args:
            x: features.
            y: labels.
            weight: by how much each example counts (N,); 1 if None.

        Raises:
            ValueError: weights for the nearest neighbour, which has no use for them.
        """
        if weight is not None and self._kind == "nearest_neighbour":
            raise ValueError("the readout nearest_neighbour takes no weights of examples: take linear_svm, say")
        weights = {} if weight is None else {"sample_weight": weight}
        key = stream(self._seed, "readout") % 2**32
        match self._kind:
            case "rbf_svm":
                self._model = SVC(kernel="rbf", decision_function_shape="ovr")
            case "nearest_neighbour":
                self._model = KNeighborsClassifier(1)
            case "libsvm_cv":
                self._model = SVC(kernel="linear", decision_function_shape="ovr")
            case "rbf_svm_cv":
                self._model = SVC(kernel="rbf", gamma="auto", decision_function_shape="ovr")
            case "kernel_svm_cv":
                self._model = SVC(kernel="precomputed", decision_function_shape="ovr")
            case _:
                self._model = LinearSVC(dual=not _many(x), max_iter=20_000, random_state=key)
        if self._kind.endswith("_cv"):
            self._model.set_params(C=_best_c(self._model, x, y, key, C_RANGES.get(self._kind, C_RANGE), weights))
        self._model.fit(x, y, **weights)
        return self

    def decision_function(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features (N, D) -> float32 scores (N, C); a class that source train lacks is never predicted."""
        known = self._model.predict_proba(x) if self._kind == "nearest_neighbour" else self._model.decision_function(x)
        if known.ndim == 1:  # scikit-learn gives one column for two classes
            known = np.stack([-known, known], axis=1)
        scores = np.full((x.shape[0], self._classes), -np.inf, dtype=np.float32)
        scores[:, self._model.classes_] = known
        return scores


def _many(x: NDArray[np.float32]) -> bool:
    return isinstance(x, np.ndarray) and len(x) >= MANY and len(x) > 10 * x.shape[1]


def _best_c(
    model: LinearSVC | SVC,
    x: NDArray[np.float32],
    y: NDArray[np.int64],
    key: int,
    choices: tuple[float, ...],
    weights: dict[str, NDArray[np.float64]],
) -> float:
    """The C that classifies held-out folds best; the smallest of several equal ones, which regularises most.

    Classes with too few examples to hold one out do not take part; where fewer than two are left, C is 1, as without a
    choice.
    """
    often = np.bincount(y)[y] >= FOLDS
    if len(np.unique(y[often])) < 2:
        return 1.0
    if not often.all():
        x = x[often][:, often] if isinstance(model, SVC) and model.kernel == "precomputed" else x[often]
        y, weights = y[often], {name: weight[often] for name, weight in weights.items()}
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=key)
    accuracies = [
        float(cross_val_score(clone(model).set_params(C=c), x, y, cv=folds, params=weights).mean()) for c in choices
    ]
    return choices[accuracies.index(max(accuracies))]
