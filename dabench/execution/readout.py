"""The classifier that is reported, where it is not the network's own: fitted on features of source train.

One rule predicts, where C is chosen and where a run is judged: the class with the highest score of `decision_function`.
For libsvm's machines of one class against one, with three classes or more, scikit-learn's `predict` is another rule: it
gives a tie of votes to the class that comes first, and the scores give it to the class whose machines are surer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

from dabench.methods.scores import Scores, predicted_classes
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

Floats = NDArray[np.float32] | NDArray[np.float64]


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

        C is chosen on the classes of two examples and more. Where fewer than two classes have so many, it is 1.
        """
        self._kind, self._classes, self._seed = kind, classes, seed
        self._model: Any = None
        self._counts: NDArray[np.bool_] | None = None  # the examples of a kernel that were fitted on; None for all

    def fit(self, x: Floats, y: NDArray[np.int64], weight: ArrayLike | None = None) -> Readout:
        """Fit on features (N, D) and labels (N,). Where all examples are of one class, that one is always predicted.

        Args:
            x: features.
            y: labels.
            weight: by how much each example counts (N,); 1 if None. One of weight 0 is as good as absent.

        Raises:
            ValueError: no example, weights that are no weights, or weights for the nearest neighbour, which has no use
                for them.
        """
        self._counts = None
        weights = None if weight is None else _weights(weight, len(y))
        if weights is not None:
            if self._kind == "nearest_neighbour":
                raise ValueError("the readout nearest_neighbour takes no weights of examples: take linear_svm, say")
            if not weights.all():
                counts = weights > 0
                x, y, weights = self._taken(x, counts), y[counts], weights[counts]
                self._counts = counts if self._kind == "kernel_svm_cv" else None
        if not len(y):
            raise ValueError("a readout needs examples to fit, and got none")
        key = stream(self._seed, "readout") % 2**32
        self._model = self._unfitted(x, key) if len(np.unique(y)) > 1 else DummyClassifier()
        if self._kind.endswith("_cv") and not isinstance(self._model, DummyClassifier):
            self._model.set_params(C=self._best_c(x, y, weights, key))
        _fit(self._model, x, y, weights)
        return self

    def decision_function(self, x: Floats) -> Scores:
        """Features (N, D) -> float32 scores (N, C); a class that source train lacks is never predicted."""
        return self._scores(self._model, x if self._counts is None else x[:, self._counts])

    def _unfitted(self, x: Floats, key: int) -> Any:
        match self._kind:
            case "rbf_svm":
                return SVC(kernel="rbf", decision_function_shape="ovr")
            case "nearest_neighbour":
                return KNeighborsClassifier(1)
            case "libsvm_cv":
                return SVC(kernel="linear", decision_function_shape="ovr")
            case "rbf_svm_cv":
                return SVC(kernel="rbf", gamma="auto", decision_function_shape="ovr")
            case "kernel_svm_cv":
                return SVC(kernel="precomputed", decision_function_shape="ovr")
            case _:
                return LinearSVC(dual=not _many(x), max_iter=20_000, random_state=key)

    def _scores(self, model: Any, x: Floats) -> Scores:
        known = model.decision_function(x) if hasattr(model, "decision_function") else model.predict_proba(x)
        if known.ndim == 1:  # scikit-learn gives one column for two classes
            known = np.stack([-known, known], axis=1)
        scores = np.full((x.shape[0], self._classes), -np.inf, dtype=np.float32)
        scores[:, model.classes_] = known
        return scores

    def _best_c(self, x: Floats, y: NDArray[np.int64], weight: NDArray[np.float64] | None, key: int) -> float:
        """The C that classifies held-out folds best; the smallest of several equal ones, which regularises most.

        An example counts by its weight, also where it is held out.
        """
        often = np.bincount(y)[y] >= FOLDS
        if len(np.unique(y[often])) < 2:
            return 1.0
        if not often.all():
            x, y, weight = self._taken(x, often), y[often], None if weight is None else weight[often]
        choices = C_RANGES.get(self._kind, C_RANGE)
        folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=key).split(np.zeros(len(y)), y))
        accuracies = [
            float(np.mean([self._accuracy(clone(self._model).set_params(C=c), x, y, weight, fold) for fold in folds]))
            for c in choices
        ]
        return choices[accuracies.index(max(accuracies))]

    def _accuracy(
        self,
        model: Any,
        x: Floats,
        y: NDArray[np.int64],
        weight: NDArray[np.float64] | None,
        fold: tuple[NDArray[np.int64], NDArray[np.int64]],
    ) -> float:
        """The share of held-out examples that a model predicts rightly which is fitted on the others."""
        fitted_on, held = fold
        _fit(model, self._taken(x, fitted_on), y[fitted_on], None if weight is None else weight[fitted_on])
        right = predicted_classes(self._scores(model, self._taken(x, held, fitted_on))) == y[held]
        return float(np.average(right, weights=None if weight is None else weight[held]))

    def _taken(self, x: Floats, rows: NDArray[Any], columns: NDArray[Any] | None = None) -> Any:
        """Some examples; of a kernel with what it says of them and of those in `columns`, themselves if None."""
        return x[rows][:, rows if columns is None else columns] if self._kind == "kernel_svm_cv" else x[rows]


def _fit(model: Any, x: Floats, y: NDArray[np.int64], weight: NDArray[np.float64] | None) -> None:
    if weight is None:
        model.fit(x, y)
    else:
        model.fit(x, y, sample_weight=weight)


def _weights(weight: ArrayLike, rows: int) -> NDArray[np.float64]:
    """Weights of examples as they are computed with (N,).

    Raises:
        ValueError: they are not one number per example, from 0 on, and one of them above.
    """
    weights = np.asarray(weight, dtype=np.float64)
    if weights.shape != (rows,):
        raise ValueError(f"weights of {rows} examples have the shape ({rows},), and these have {weights.shape}")
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise ValueError(
            f"weights of examples are finite and at least 0: got {weights[wrong[0]]:g} for the example {wrong[0]}. "
            "Give 0 to an example that is not to count."
        )
    if rows and not weights.any():
        raise ValueError("all weights of examples are 0, so nothing is left to fit: leave some above 0")
    return weights


def _many(x: Floats) -> bool:
    return isinstance(x, np.ndarray) and len(x) >= MANY and len(x) > 10 * x.shape[1]
