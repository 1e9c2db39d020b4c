import numpy as np
import pytest

from dabench.execution.readout import C_RANGE, Readout


@pytest.mark.parametrize(
    "kind", ["network", "linear_svm", "linear_svm_cv", "libsvm_cv", "rbf_svm", "rbf_svm_cv", "nearest_neighbour"]
)
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_scores_have_a_column_per_class(kind: str, classes: int) -> None:
    generator = np.random.default_rng(0)
    y = np.arange(60) % min(classes, 3)  # of five classes the source has three
    x = (generator.normal(size=(60, 4)) + 4 * np.eye(4)[y]).astype(np.float32)
    scores = Readout(kind, classes, seed=0).fit(x, y).decision_function(x)
    assert scores.shape == (60, classes)
    assert scores.dtype == np.float32
    assert (scores.argmax(axis=1) == y).mean() > 0.9


def test_kernels_may_stand_for_features() -> None:
    generator = np.random.default_rng(0)
    y = np.arange(60) % 3
    x, z = ((generator.normal(size=(60, 4)) + 4 * np.eye(4)[y]).astype(np.float32) for _ in range(2))
    scores = Readout("kernel_svm_cv", 5, seed=0).fit(x @ x.T, y).decision_function(z @ x.T)
    assert scores.shape == (60, 5)
    assert (scores.argmax(axis=1) == y).mean() > 0.9


@pytest.mark.parametrize(("kind", "largest"), [("rbf_svm_cv", 100), ("kernel_svm_cv", 10_000), ("libsvm_cv", 1)])
def test_c_is_chosen_from_the_range_of_its_kind(kind: str, largest: float, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []
    monkeypatch.setattr(
        "dabench.execution.readout.cross_val_score",
        lambda model, x, y, cv, params: tried.append(model.C) or np.array([model.C]),
    )
    y = np.arange(20) % 2
    x = np.eye(20, dtype=np.float32)
    chosen = Readout(kind, 2, 0).fit(x, y)._model.C
    assert chosen == pytest.approx(largest)
    assert sorted(tried) == tried


def test_nearest_neighbour_is_just_that() -> None:
    x = np.array([[0.0], [10.0]], np.float32)
    scores = Readout("nearest_neighbour", 2, 0).fit(x, np.array([1, 0])).decision_function(np.array([[4.0], [6.0]]))
    assert scores.argmax(axis=1).tolist() == [1, 0]


@pytest.mark.parametrize("kind", ["linear_svm_cv", "libsvm_cv"])
def test_c_is_the_smallest_of_those_that_do_best_on_held_out_folds(kind: str) -> None:
    generator = np.random.default_rng(0)
    y = np.arange(80) % 2
    x = (generator.normal(size=(80, 3)) + 20 * np.eye(3)[y]).astype(np.float32)  # so far apart that a small C will do
    readout = Readout(kind, 2, seed=0).fit(x, y)
    assert max(C_RANGE) > readout._model.C
    assert readout._model.C in C_RANGE


@pytest.mark.parametrize("kind", ["linear_svm_cv", "libsvm_cv", "rbf_svm_cv", "kernel_svm_cv"])
@pytest.mark.parametrize(("y", "chosen"), [([0, 1, 2], False), ([0, 0, 0, 1], False), ([0, 0, 1, 1, 2], True)])
def test_classes_with_one_example_have_no_say_in_c(kind: str, y: list[int], chosen: bool) -> None:
    x = np.eye(len(y), dtype=np.float32)
    readout = Readout(kind, 3, seed=0).fit(x, np.array(y))
    assert readout.decision_function(x).shape == (len(y), 3)
    assert (readout._model.C != 1.0) == chosen


@pytest.mark.parametrize("kind", ["linear_svm", "linear_svm_cv", "rbf_svm"])
def test_an_example_of_no_weight_has_no_say(kind: str) -> None:
    generator = np.random.default_rng(0)
    y = np.arange(60) % 2
    x = (generator.normal(size=(60, 4)) + 4 * np.eye(4)[y]).astype(np.float32)
    misled = np.concatenate([y, 1 - y])
    weight = np.repeat([1.0, 1e-9], 60)
    scores = Readout(kind, 2, seed=0).fit(np.concatenate([x, x]), misled, weight).decision_function(x)
    assert (scores.argmax(axis=1) == y).mean() > 0.95


def test_the_nearest_neighbour_takes_no_weights() -> None:
    with pytest.raises(ValueError, match="takes no weights of examples"):
        Readout("nearest_neighbour", 2, seed=0).fit(np.eye(2, dtype=np.float32), np.arange(2), np.ones(2))


def test_many_rows_are_fitted_in_the_primal_to_the_same_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    y = np.arange(600) % 3
    x = (generator.normal(size=(600, 6)) + np.eye(6)[y]).astype(np.float32)
    dual = Readout("linear_svm", 3, seed=0).fit(x, y)
    monkeypatch.setattr("dabench.execution.readout.MANY", 600)
    primal = Readout("linear_svm", 3, seed=0).fit(x, y)
    assert (dual._model.dual, primal._model.dual) == (True, False)
    np.testing.assert_allclose(primal.decision_function(x), dual.decision_function(x), atol=0.01)
