"""Estimators of scikit-learn's kind as methods, and what they are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import LinearSVC

from dabench import FeatureMethod
from dabench.data.arrays import csr
from dabench.methods.problem import Problem


def _problem(classes: int = 3) -> Any:
    draws = np.random.default_rng(0)
    y = np.arange(60) % classes
    source = (4 * np.eye(4)[y] + draws.normal(scale=0.3, size=(60, 4))).astype(np.float32)
    return Problem("unsupervised", classes, source, y, source[:30] + 0.1, None, lambda x: x)


class Spy:
    """An estimator that keeps the arguments of its fit; predicts the class 1."""

    def fit(self, *given: Any, **named: Any) -> Spy:
        self.given, self.named = given, named
        return self

    def predict(self, x: Any) -> Any:
        return np.ones(len(x))


def _method(made: type[FeatureMethod], **options: Any) -> Any:
    return made(made.Options(**options), lambda: None)


def test_rows_of_both_domains_are_marked() -> None:
    spy, problem = Spy(), _problem()
    method = _method(FeatureMethod.from_estimator(lambda options: spy))
    method.fit(problem)
    (x, y), domain = spy.given, spy.named["sample_domain"]
    assert np.array_equal(x[domain == 1], problem.source_x)
    assert np.array_equal(x[domain == -2], problem.target_x)
    assert np.array_equal(y[domain == 1], problem.source_y)
    assert set(y[domain == -2]) == {-1}
    assert method.predict(problem.target_x)[0].tolist() == [-np.inf, 1, -np.inf]


def test_domains_can_be_given_apart() -> None:
    spy, problem = Spy(), _problem()
    _method(FeatureMethod.from_estimator(lambda options: spy, fit="source_target")).fit(problem)
    assert [len(part) for part in spy.given] == [60, 60, 30]
    assert spy.named == {}


def test_semi_supervised_estimators_see_unlabelled_rows() -> None:
    problem = _problem()
    estimator = SelfTrainingClassifier(LogisticRegression())
    method = _method(FeatureMethod.from_estimator(lambda options: estimator, fit="unlabelled"))
    method.fit(problem)
    assert estimator.transduction_[60:].tolist() == problem.source_y[:30].tolist()  # the target has labels by now
    assert np.array_equal(method.predict(problem.target_x).argmax(axis=1), problem.source_y[:30])


class _Chosen(FeatureMethod.Options):
    neighbours: int = 1


class _OnSource:
    """A classifier that looks at the source alone."""

    def __init__(self, classifier: Any) -> None:
        self.classifier = classifier

    def fit(self, source: Any, y: Any, target: Any) -> None:
        self.classifier.fit(source, y)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.classifier, name)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("classifier", [LinearSVC(), LogisticRegression(), KNeighborsClassifier(1)])
def test_scores_have_a_column_per_class(classifier: Any, classes: int) -> None:
    problem = _problem(classes)
    method = _method(FeatureMethod.from_estimator(lambda options: _OnSource(classifier), fit="source_target"))
    method.fit(problem)
    for x in (problem.target_x, csr(problem.target_x)):
        scores = method.predict(x)
        assert scores.shape == (30, classes)
        assert np.array_equal(scores.argmax(axis=1), problem.source_y[:30])


def test_options_reach_the_estimator() -> None:
    made = FeatureMethod.from_estimator(
        lambda options: _OnSource(KNeighborsClassifier(options.neighbours)), fit="source_target", options=_Chosen
    )
    method = _method(made, neighbours=5)
    method.fit(_problem())
    assert method._estimator.classifier.n_neighbors == 5


def test_another_way_to_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="fit is 'sample_domain', 'source_target' or 'unlabelled', not 'both'"):
        FeatureMethod.from_estimator(lambda options: Spy(), fit="both")  # type: ignore[arg-type]
