"""The methods of skada: their predictions, and that other methods do not notice them."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import sklearn
from dabench_plugins import skada_methods, skada_specs
from dabench_plugins.skada_methods import Adapted, KernelMeanMatching, OtMapping

from dabench.data.arrays import csr
from dabench.execution.readout import Readout
from dabench.methods.problem import Problem

# skada 0.6 has an escape that Python warns of when it compiles the file; scikit-learn warns of its weights.
pytestmark = [
    pytest.mark.skipif(find_spec("skada") is None, reason="skada is not installed: pip install 'dabench[skada]'"),
    pytest.mark.filterwarnings("ignore:invalid escape sequence"),
    pytest.mark.filterwarnings("ignore:The number of unique classes is greater than 50%"),
]

CLASSES = {spec.name: getattr(skada_methods, spec.entry_point.partition(":")[2]) for spec in skada_specs.specs()}


def _shifted(rows: int = 120, columns: int = 5, classes: int = 3) -> tuple[Any, np.ndarray]:
    """Classes apart from each other; the target is the source, stretched and moved towards a neighbouring class."""
    draws = np.random.default_rng(0)
    y = np.arange(rows) % classes
    source = (3 * np.eye(columns)[y] + draws.normal(scale=0.5, size=(rows, columns))).astype(np.float32)
    target = (0.8 * source + 1.2 * np.eye(columns)[0] + draws.normal(scale=0.1, size=source.shape)).astype(np.float32)
    return Problem("unsupervised", classes, source, y, target, None, lambda x: x), y


def _fitted(method: type[Adapted], problem: Any, kind: str = "linear_svm", **options: Any) -> Adapted:
    fitted = method(method.Options(**options), lambda name=kind: Readout(name, problem.classes, 0))
    fitted.fit(problem)
    return fitted


def test_twelve_methods_are_announced() -> None:
    assert len(CLASSES) == 12


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSES)
def test_a_method_classifies_and_leaves_the_settings_of_scikit_learn(name: str) -> None:
    problem, y = _shifted()
    before = sklearn.get_config()
    method = _fitted(CLASSES[name], problem)
    scores = method.predict(problem.target_x)
    assert sklearn.get_config() == before
    assert scores.shape == (len(y), 3)
    assert np.mean(scores.argmax(axis=1) == y) > 0.8
    assert np.array_equal(scores, _fitted(CLASSES[name], problem).predict(problem.target_x))  # nothing is drawn anew


def test_transport_moves_the_source_onto_the_target() -> None:
    problem, y = _shifted()
    unadapted = Readout("nearest_neighbour", 3, 0).fit(problem.source_x, y)
    before = np.mean(unadapted.decision_function(problem.target_x).argmax(axis=1) == y)
    moved = _fitted(OtMapping, problem, "nearest_neighbour").predict(problem.target_x)
    assert np.mean(moved.argmax(axis=1) == y) >= max(before, 0.95)


@pytest.mark.slow
def test_an_import_in_a_fresh_process_leaves_the_settings() -> None:
    code = (
        "import sklearn\nfrom dabench_plugins.skada_methods import library\n"
        "with library() as skada:\n    inside = sklearn.get_config()['enable_metadata_routing']\n"
        "print(skada.__name__, inside, sklearn.get_config()['enable_metadata_routing'])"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["skada", "True", "False"]


def test_weights_need_a_classifier_that_takes_them() -> None:
    problem, _ = _shifted()
    with pytest.raises(ValueError, match="nearest_neighbour takes no weights of examples: take linear_svm"):
        _fitted(KernelMeanMatching, problem, "nearest_neighbour")


def test_components_of_joint_matching_are_as_long_as_a_classifier_expects() -> None:
    problem, _ = _shifted()
    seen = []

    class Seen:
        def fit(self, x: np.ndarray, y: np.ndarray, weight: None) -> None:
            seen.append(x)

    options = skada_methods.TransferJointMatching.Options()
    skada_methods.TransferJointMatching(options, Seen).fit(problem)
    assert 0.5 < seen[0].std() < 2  # skada's own are at 0.05


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:invalid value encountered in divide:RuntimeWarning")
def test_densities_that_vanish_are_named() -> None:
    problem, _ = _shifted(columns=1600)
    with pytest.raises(ValueError, match="GaussianReweightAdapter gives weights that are not finite on 1600 columns"):
        _fitted(skada_methods.GaussianWeights, problem)


def test_rows_beyond_the_limit_are_left_out_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, y = _shifted(rows=300)
    monkeypatch.setattr(skada_methods, "MOST_ROWS", 30)
    method = _fitted(OtMapping, problem)
    assert len(method._adapter.ot_transport_.xs_) == 30
    assert np.mean(method.predict(problem.target_x).argmax(axis=1) == y) > 0.8


def test_sparse_rows_are_made_dense() -> None:
    problem, _ = _shifted()
    sparse = Problem(
        "unsupervised", 3, csr(problem.source_x), problem.source_y, csr(problem.target_x), None, lambda x: x
    )
    whole = _fitted(OtMapping, problem).predict(problem.target_x)
    assert np.allclose(_fitted(OtMapping, sparse).predict(csr(problem.target_x)), whole)


def test_without_skada_no_method_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skada_specs, "find_spec", lambda name: None)
    assert list(skada_specs.specs()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["skada_ot", "skada_entropic_ot", "skada_class_ot"])
def test_transport_does_not_depend_on_the_unit_of_the_features(name: str) -> None:
    problem, _ = _shifted()
    scaled = Problem(
        "unsupervised", 3, problem.source_x * 64, problem.source_y, problem.target_x * 64, None, lambda x: x
    )
    plain = _fitted(CLASSES[name], problem, "nearest_neighbour").predict(problem.target_x)
    other = _fitted(CLASSES[name], scaled, "nearest_neighbour").predict(scaled.target_x)
    assert np.array_equal(plain.argmax(axis=1), other.argmax(axis=1))
