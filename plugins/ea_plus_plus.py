"""EA++: EasyAdapt with unlabelled target examples (Daumé, Kumar & Saha 2010)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_array, issparse

from dabench import FeatureMethod, Problem

from .feda import augmented
from .rows import below, beside
from .squared_hinge import SquaredHinge


class EaPlusPlus(FeatureMethod):
    """FEDA, and on the unlabelled target the weights of source and target are to agree.

    An unlabelled example becomes <0, x, -x> and counts once as of a class and once as not of it, which is cheapest
    where w_s.x = w_t.x.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            weight: how much an unlabelled example counts, compared with a labelled one.
            most: unlabelled examples that are used, evenly spread over target train.
        """

        weight: float = Field(1.0, ge=0)
        most: int = Field(2000, ge=1)

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Train on the source, the labelled and the unlabelled target examples."""
        x, y = problem.labelled
        count = problem.target_x.shape[0]
        unlabelled = problem.target_x[np.linspace(0, count - 1, min(count, self.options.most)).astype(np.int64)]
        nothing = csr_array(unlabelled.shape, dtype=np.float32) if issparse(unlabelled) else np.zeros_like(unlabelled)
        self._machines = SquaredHinge(problem.classes).fit(
            below(augmented(problem.source_x, 0), augmented(x, 1)),
            np.concatenate([problem.source_y, y]),
            fence=beside(nothing, unlabelled, -unlabelled),
            fence_weight=self.options.weight,
        )

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify target features in the augmented space."""
        return np.asarray(self._machines.decision_function(augmented(x, 1)), dtype=np.float32)
