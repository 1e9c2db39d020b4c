"""Self-taught learning (Raina, Battle, Lee, Packer & Ng 2007)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import issparse

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float32]

ROWS = 5000  # that a dictionary is learned from at most, spread evenly over all


class SelfTaught(FeatureMethod):
    """Learn without labels a dictionary in which few words make a vector, and classify the source by its words.

    A vector, scaled to length 1, becomes the weights of its words, found by the lasso. Of each word there are two
    columns, one for weights above 0 and one for those below.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            atoms: words in the dictionary.
            sparsity: weight of the absolute values of the weights (beta of the paper).
            learned_from: whose vectors the dictionary is learned from.
        """

        atoms: int = Field(64, ge=1)
        sparsity: float = Field(0.1, gt=0)
        learned_from: Literal["target", "both"] = "target"

    def fit(self, problem: Problem[Floats, NDArray[np.int64]]) -> None:
        """Learn the dictionary, then the suite's classifier on the source's words.

        Raises:
            ValueError: the vectors are sparse.
        """
        from sklearn.decomposition import MiniBatchDictionaryLearning

        if issparse(problem.source_x) or issparse(problem.target_x):
            raise ValueError(
                "self_taught learns words of dense vectors, and these are sparse: take a backbone that makes them "
                "dense, or another method"
            )
        x = problem.target_x
        if self.options.learned_from == "both":
            x = np.concatenate([problem.source_x, x])
        some = np.linspace(0, len(x) - 1, min(len(x), ROWS)).round().astype(np.int64)
        self._dictionary: Any = MiniBatchDictionaryLearning(
            self.options.atoms,
            alpha=self.options.sparsity,
            transform_algorithm="lasso_lars",
            transform_alpha=self.options.sparsity,
            max_iter=20,
            random_state=0,
        ).fit(of_length_one(x[some]))
        self._classifier = self.classifier()
        self._classifier.fit(self.words(problem.source_x), problem.source_y)

    def predict(self, x: Floats) -> Floats:
        scores: Floats = self._classifier.decision_function(self.words(x))
        return scores

    def words(self, x: Floats) -> Floats:
        """Vectors (N, D) -> weights of their words, those above 0 and those below (N, 2 atoms)."""
        weights = self._dictionary.transform(of_length_one(x))
        return np.concatenate([np.maximum(weights, 0), np.maximum(-weights, 0)], axis=1).astype(np.float32)


def of_length_one(x: Floats) -> NDArray[np.float64]:
    """Rows (N, D) of length 1; rows of zeros stay."""
    wide = x.astype(np.float64)
    length = np.linalg.norm(wide, axis=1, keepdims=True)
    scaled: NDArray[np.float64] = wide / np.where(length > 0, length, 1)
    return scaled
