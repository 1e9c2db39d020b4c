from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold

from dabench.execution.readout import C_RANGE, C_RANGES, FOLDS, Readout
from dabench.seeding import stream


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

    def accuracy(self: Readout, model: Any, *data: Any) -> float:
        tried.append(model.C)
        return tried[-1]

    monkeypatch.setattr(Readout, "_accuracy", accuracy)
    y = np.arange(20) % 2
    x = np.eye(20, dtype=np.float32)
    chosen = Readout(kind, 2, 0).fit(x, y)._model.C
    assert chosen == pytest.approx(largest)
    assert sorted(tried) == tried


def noisy_digits(seed: int) -> tuple[Any, Any]:
    """300 handwritten digits under so much noise that machines of one class against one disagree, and their labels."""
    bunch = load_digits()
    return bunch.data[:300] / 16 + 1.5 * np.random.default_rng(seed).normal(size=(300, 64)), bunch.target[:300]


def by_scores(model: Any, x: Any) -> Any:
    return model.decision_function(x).argmax(axis=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "noise"), [("linear_svm_cv", 1), ("libsvm_cv", 1), ("rbf_svm_cv", 1), ("kernel_svm_cv", 2)]
)
def test_c_is_best_by_the_scores_that_are_reported(kind: str, noise: int) -> None:
    """On this noise votes would choose another C for each of libsvm's machines."""
    x, y = noisy_digits(noise)
    kernel = kind == "kernel_svm_cv"
    readout = Readout(kind, 10, seed=0).fit(x @ x.T if kernel else x, y)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=stream(0, "readout") % 2**32)
    choices = C_RANGES.get(kind, C_RANGE)
    accuracies = []
    for c in choices:
        right = []
        for train, held in folds.split(x, y):
            model = clone(readout._model).set_params(C=c)
            seen, asked = (x[train] @ x[train].T, x[held] @ x[train].T) if kernel else (x[train], x[held])
            right.append(np.mean(by_scores(model.fit(seen, y[train]), asked) == y[held]))
        accuracies.append(np.mean(right))
    assert choices[int(np.argmax(accuracies))] == readout._model.C


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["libsvm_cv", "rbf_svm", "rbf_svm_cv"])
def test_votes_of_one_class_against_one_are_another_classifier(kind: str) -> None:
    """So a C that is best by `predict`, which counts votes, need not be the best for what is reported."""
    x, y = noisy_digits(0)
    readout = Readout(kind, 10, seed=0).fit(x[:150], y[:150])
    reported, votes = readout.decision_function(x[150:]).argmax(axis=1), readout._model.predict(x[150:])
    assert np.array_equal(reported, by_scores(readout._model, x[150:]))
    assert np.mean(reported != votes) > 0.01


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


WEIGHTED = ["network", "linear_svm", "linear_svm_cv", "libsvm_cv", "rbf_svm", "rbf_svm_cv", "kernel_svm_cv"]


@pytest.mark.parametrize("kind", ["linear_svm", "linear_svm_cv", "rbf_svm"])
def test_an_example_of_next_to_no_weight_has_no_say(kind: str) -> None:
    generator = np.random.default_rng(0)
    y = np.arange(60) % 2
    x = (generator.normal(size=(60, 4)) + 4 * np.eye(4)[y]).astype(np.float32)
    misled = np.concatenate([y, 1 - y])
    weight = np.repeat([1.0, 1e-9], 60)
    scores = Readout(kind, 2, seed=0).fit(np.concatenate([x, x]), misled, weight).decision_function(x)
    assert (scores.argmax(axis=1) == y).mean() > 0.95


@pytest.mark.parametrize("classes", [2, 3, 4])
@pytest.mark.parametrize(
    ("kind", "sparse"),
    [*((kind, False) for kind in WEIGHTED), *((kind, True) for kind in WEIGHTED if kind != "kernel_svm_cv")],
)
def test_examples_of_weight_0_are_as_good_as_absent(kind: str, classes: int, sparse: bool) -> None:
    """All of the last class, some of the others: right is what comes out without them, to the bit."""
    generator = np.random.default_rng(0)
    y = np.arange(90) % classes
    x = generator.normal(size=(90, 4)) + 2 * np.eye(4)[y]
    weight = np.where(y == classes - 1, 0.0, np.where(np.arange(90) < 20, 0.0, 2.0))
    kept, form = weight > 0, csr_array if sparse else np.asarray
    if kind == "kernel_svm_cv":
        all_rows, only, asked, asked_only = x @ x.T, x[kept] @ x[kept].T, x @ x.T, x @ x[kept].T
    else:
        all_rows, only, asked, asked_only = x, x[kept], x, x
    with_zeros = Readout(kind, classes, seed=0).fit(form(all_rows), y, weight).decision_function(form(asked))
    without = Readout(kind, classes, seed=0).fit(form(only), y[kept], weight[kept]).decision_function(form(asked_only))
    np.testing.assert_allclose(with_zeros, without, rtol=1e-5, atol=1e-6)
    others = y < classes - 1
    assert np.isneginf(with_zeros[:, -1]).all(), "a class without weight is unknown"
    assert (with_zeros.argmax(axis=1) == y)[others].mean() > 0.8


@pytest.mark.parametrize("weight", [[0, 1] * 10, tuple([0.0, 1.0] * 10), np.array([False, True] * 10)])
def test_weights_may_have_any_form_that_numpy_reads(weight: Any) -> None:
    y = np.arange(20) % 4
    scores = Readout("linear_svm", 4, seed=0).fit(np.eye(20), y, weight).decision_function(np.eye(20))
    assert np.isneginf(scores[:, [0, 2]]).all()


def test_held_out_examples_count_by_their_weights() -> None:
    """C is chosen by them: the last held-out example is wrong, and of a tenth of the weight."""
    y = np.array([0, 1, 0, 1, 0])
    x = np.eye(2)[[0, 1, 0, 1, 1]]
    readout = Readout("libsvm_cv", 2, seed=0).fit(x[:4], y[:4])
    fold = np.arange(2), np.arange(2, 5)
    assert readout._accuracy(clone(readout._model), x, y, None, fold) == pytest.approx(2 / 3)
    weight = np.array([1.0, 1.0, 0.6, 0.3, 0.1])
    assert readout._accuracy(clone(readout._model), x, y, weight, fold) == pytest.approx(0.9)


@pytest.mark.parametrize("kind", [*WEIGHTED, "nearest_neighbour"])
@pytest.mark.parametrize("weighted", [False, True])
def test_where_all_examples_are_of_one_class_that_one_is_predicted(kind: str, weighted: bool) -> None:
    if weighted and kind == "nearest_neighbour":
        return
    y = np.array([1, 1, 1, 1, 0, 2])
    weight = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    x = np.eye(6, dtype=np.float32)
    if weighted:
        readout = Readout(kind, 3, seed=0).fit(x, y, weight)
    else:
        readout = Readout(kind, 3, seed=0).fit(x[:4, :4] if kind == "kernel_svm_cv" else x[:4], y[:4])
    scores = readout.decision_function(x[:, :4] if kind == "kernel_svm_cv" and not weighted else x)
    assert scores.argmax(axis=1).tolist() == [1] * 6
    assert np.isneginf(scores[:, [0, 2]]).all()


@pytest.mark.parametrize("kind", WEIGHTED)
@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.array([1.0, -0.5, 1.0, 1.0]), r"at least 0: got -0.5 for the example 1"),
        (np.array([1.0, 1.0, np.nan, 1.0]), r"finite .* got nan for the example 2"),
        (np.array([np.inf, 1.0, 1.0, 1.0]), r"finite .* got inf for the example 0"),
        (np.zeros(4), "all weights of examples are 0"),
        (np.ones(3), r"weights of 4 examples have the shape \(4,\), and these have \(3,\)"),
        (np.ones((4, 1)), r"these have \(4, 1\)"),
    ],
)
def test_weights_that_are_none_are_refused(kind: str, weight: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Readout(kind, 2, seed=0).fit(np.eye(4), np.array([0, 1, 0, 1]), weight)


def test_no_example_is_refused() -> None:
    with pytest.raises(ValueError, match="needs examples to fit"):
        Readout("linear_svm", 2, seed=0).fit(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))


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
