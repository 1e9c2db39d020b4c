"""The classifier that is reported, where it is not the network's own: fitted on features of source train."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

from dabench.seeding import stream


class Readout:
    """A scikit-learn classifier whose scores always have a column per class, also for two classes or missing ones."""

    def __init__(self, kind: str, classes: int, seed: int) -> None:
        """Choose the classifier.

        Args:
            kind: `linear_svm` (liblinear), `rbf_svm` or `nearest_neighbour`. `network` stands for the linear SVM where
                there is no network: for feature methods.
            classes: number of classes C.
            seed: the run's seed; liblinear draws its coordinates from the stream `readout`.
        """
        self._kind, self._classes, self._seed = kind, classes, seed
        self._model: Any = None

    def fit(self, x: NDArray[np.float32], y: NDArray[np.int64]) -> Readout:
        """Fit on features (N, D) and labels (N,)."""
        match self._kind:
            case "rbf_svm":
                self._model = SVC(kernel="rbf", decision_function_shape="ovr")
            case "nearest_neighbour":
                self._model = KNeighborsClassifier(1)
            case _:
                self._model = LinearSVC(dual=True, max_iter=20_000, random_state=stream(self._seed, "readout") % 2**32)
        self._model.fit(x, y)
        return self

    def decision_function(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features (N, D) -> scores (N, C); a class that source train lacks is never predicted."""
        known = self._model.predict_proba(x) if self._kind == "nearest_neighbour" else self._model.decision_function(x)
        if known.ndim == 1:  # scikit-learn gives one column for two classes
            known = np.stack([-known, known], axis=1)
        scores = np.full((len(x), self._classes), -np.inf, dtype=np.float32)
        scores[:, self._model.classes_] = known
        return scores
