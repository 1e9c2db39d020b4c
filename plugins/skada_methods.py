"""Shallow methods of skada (Gnassounou et al., https://scikit-adaptation.github.io) with the suite's classifier.

`pip install dabench[skada]` brings them. Importing skada changes settings of scikit-learn for the whole process. It is
therefore imported, and used, where those settings are put back afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.spatial.distance import cdist

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float64]
Metric = Literal["sqeuclidean", "cosine", "cityblock"]

MOST_ROWS = 2000
SOURCE, TARGET, UNLABELLED = 1, -2, -1  # skada's marks of rows


@contextmanager
def library() -> Iterator[Any]:
    """Yield the module skada; scikit-learn's settings are the same before and after.

    Raises:
        ImportError: skada is not installed.
    """
    import sklearn

    with sklearn.config_context(enable_metadata_routing=True):
        try:
            import skada
        except ImportError as error:
            raise ImportError("the methods skada_* need skada: pip install 'dabench[skada]'") from error
        yield skada


class Adapted(FeatureMethod):
    """An adapter of skada, then the suite's classifier on the adapted source.

    Adapters change the rows of both domains, or weight those of the source. Of each domain at most 2,000 rows are
    adapted, spread evenly over each class of the source, and over the target: memory grows with their square.
    """

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """The adapter, for so many rows of both domains and so many columns."""
        raise NotImplementedError(f"{type(self).__name__} must define adapter(skada, rows, columns)")

    def unit(self, source: Floats, target: Floats) -> float:
        """The length that the adapter sees as 1; the classifier sees rows as they are."""
        return 1.0

    def scale(self, adapted: Floats) -> float:
        """The factor by which the classifier sees adapted rows (N, D) longer than the adapter gives them."""
        return self._unit

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Adapt both domains, and train the classifier on the source.

        Raises:
            ValueError: the weights of an adapter are not finite.
        """
        by_class = np.argsort(problem.source_y, kind="stable")
        rows = np.sort(by_class[_spread(len(by_class))])
        source, y = _dense(problem.source_x[rows]), problem.source_y[rows]
        target = _dense(problem.target_x[_spread(problem.target_x.shape[0])])
        domain = np.r_[np.full(len(source), SOURCE), np.full(len(target), TARGET)]
        self._unit = self.unit(source, target)
        with library() as skada:
            self._adapter = self.adapter(skada, len(domain), source.shape[1])
            labels = np.r_[y, np.full(len(target), UNLABELLED)]
            both = np.vstack([source, target]) / self._unit
            adapted = self._adapter.fit_transform(both, labels, sample_domain=domain)
        adapted, extra = adapted if isinstance(adapted, tuple) else (adapted, {})
        weight = extra["sample_weight"][domain == SOURCE] if "sample_weight" in extra else None
        if weight is not None and not np.all(np.isfinite(weight)):
            raise ValueError(
                f"skada's {type(self._adapter).__name__} gives weights that are not finite on {source.shape[1]} "
                "columns: densities are too small to be divided. Take features of fewer columns, or another method."
            )
        self._scale = self.scale(adapted)
        self._classifier = self.classifier()
        self._classifier.fit(adapted[domain == SOURCE] * self._scale, y, weight)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify adapted target features."""
        rows = _dense(x)
        with library():
            adapted = self._adapter.transform(rows / self._unit, sample_domain=np.full(len(rows), TARGET))
        adapted = adapted[0] if isinstance(adapted, tuple) else adapted
        scores: NDArray[np.float32] = self._classifier.decision_function(adapted * self._scale)
        return scores


class OtMapping(Adapted):
    """Map source rows by optimal transport (Courty et al. 2017)."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            metric: the cost of moving a row; costs are divided by their median.
        """

        metric: Metric = "sqeuclidean"

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Exact transport."""
        return skada.OTMappingAdapter(metric=self.options.metric, norm="median")


class EntropicOtMapping(Adapted):
    """Map source rows by transport with an entropy term (Courty et al. 2017)."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            metric: the cost of moving a row; costs are divided by their median.
            entropy: weight of the entropy term, in units of the median cost.
        """

        metric: Metric = "sqeuclidean"
        entropy: float = Field(0.1, gt=0)

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Sinkhorn's transport."""
        return skada.EntropicOTMappingAdapter(
            reg_e=self.options.entropy, metric=self.options.metric, norm="median", tol=1e-5, max_iter=10_000
        )


class ClassOtMapping(Adapted):
    """Map source rows by transport that keeps rows of a class together (Courty et al. 2017)."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            entropy: weight of the entropy term, in units of the median cost.
            by_class: weight of the term that lets a target row receive from one class only, in the same units.
        """

        entropy: float = Field(0.1, gt=0)
        by_class: float = Field(0.1, gt=0)

    def unit(self, source: Floats, target: Floats) -> float:
        """The root of the median cost: skada's `norm` of this adapter is that of the class term, not of the costs."""
        return float(np.sqrt(np.median(cdist(source, target, "sqeuclidean")))) or 1.0

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Transport with a class term."""
        return skada.ClassRegularizerOTMappingAdapter(
            reg_e=self.options.entropy, reg_cl=self.options.by_class, tol=1e-5, max_inner_iter=5_000
        )


class LinearOtMapping(Adapted):
    """Map source rows by the linear transport between two normal distributions (Flamary et al. 2019)."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            ridge: added to the diagonal of both covariances.
        """

        ridge: float = Field(0.1, gt=0)

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Linear transport."""
        return skada.LinearOTMappingAdapter(reg=self.options.ridge)


class TransferComponents(Adapted):
    """Project both domains on components of a kernel in which their means agree (Pan et al. 2011)."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            components: how many, at most one less than there are rows; with a linear kernel at most D.
            kernel: `linear`, or `rbf` of width 1 / D.
            mu: weight of the size of the projection.
        """

        components: int = Field(100, ge=1)
        kernel: Literal["linear", "rbf"] = "linear"
        mu: float = Field(0.1, gt=0)

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Transfer component analysis."""
        options = self.options
        return skada.TransferComponentAnalysisAdapter(
            kernel=options.kernel,
            n_components=min(options.components, rows - 1, *([columns] if options.kernel == "linear" else [])),
            mu=options.mu,
        )


class TransferJointMatching(Adapted):
    """Project as transfer components do, and down-weight source rows unlike the target (Long et al. 2014)."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            components: how many, at most one less than there are rows. The kernel is rbf, of width 1 / D.
            tradeoff: weight of the size of the projection.
        """

        components: int = Field(20, ge=1)
        tradeoff: float = Field(0.01, gt=0)

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Transfer joint matching."""
        count = min(self.options.components, rows - 1)
        return skada.TransferJointMatchingAdapter(n_components=count, tradeoff=self.options.tradeoff)

    def scale(self, adapted: Floats) -> float:
        """One over the deviation of all components, which are so short that an SVM with C up to 1 fits nothing."""
        return float(1 / (adapted.std() or 1.0))


class KernelMeanMatching(Adapted):
    """Weight source rows so that the means of both domains in a kernel's space agree (Huang et al. 2007)."""

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Kernel mean matching, with weights up to 1,000."""
        return skada.KMMReweightAdapter()


class Kliep(Adapted):
    """Weight source rows by density ratios that minimise the Kullback-Leibler divergence (Sugiyama et al. 2007)."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            centers: kernels of the model of the ratio; the kernel's width is 1 / D.
        """

        centers: int = Field(100, ge=1)

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Density ratios."""
        return skada.KLIEPReweightAdapter(gamma=1 / columns, n_centers=self.options.centers, random_state=0)


class DiscriminatorWeights(Adapted):
    """Weight source rows by a classifier that tells the domains apart (Shimodaira 2000)."""

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Weights from a logistic regression."""
        return skada.DiscriminatorReweightAdapter()


class GaussianWeights(Adapted):
    """Weight source rows by the ratio of two normal densities (Shimodaira 2000)."""

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Weights from normal densities."""
        return skada.GaussianReweightAdapter()


class DensityWeights(Adapted):
    """Weight source rows by the ratio of two kernel density estimates."""

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Weights from densities."""
        return skada.DensityReweightAdapter()


class NearestNeighbourWeights(Adapted):
    """Weight source rows by how many target rows are nearest to them (Loog 2012)."""

    def adapter(self, skada: Any, rows: int, columns: int) -> Any:
        """Weights from neighbours."""
        return skada.NearestNeighborReweightAdapter()


def _spread(rows: int) -> NDArray[np.int64]:
    """Some rows, evenly spread over all."""
    return np.linspace(0, rows - 1, min(rows, MOST_ROWS)).astype(np.int64)


def _dense(x: Any) -> Floats:
    return np.asarray(x.toarray() if hasattr(x, "toarray") else x, dtype=np.float64)
