import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score

from dabench.execution.evaluation import Evaluation, Evaluator, is_collapsed, predictions_of
from dabench.methods.scores import predicted_classes
from dabench.runs.job import Predictions
from dabench.selection.rule import Candidate, last_step, oracle, source_val

Y = np.array([0, 0, 0, 0, 1, 1, 2, 2])
CLASSES = ("a", "b", "c")


def _scores(predicted: list[int]) -> np.ndarray:
    return np.eye(3, dtype=np.float32)[predicted]


def _evaluation(scores: np.ndarray, y: np.ndarray = Y, metric: str = "accuracy", *, logits: bool = True) -> Evaluation:
    return Evaluator(y, CLASSES, metric).evaluate(predictions_of(scores, logits=logits))


def test_measures() -> None:
    got = _evaluation(_scores([0, 0, 0, 1, 1, 1, 2, 0]))
    assert got.accuracy == 6 / 8
    assert got.per_class == {"a": 0.75, "b": 1.0, "c": 0.5}
    assert got.balanced_accuracy == 0.75
    assert got.macro_f1 == pytest.approx(np.mean([2 * 3 / (4 + 4), 2 * 2 / (3 + 2), 2 * 1 / (1 + 2)]))


def test_the_suites_metric_is_the_accuracy() -> None:
    scores = _scores([0, 0, 0, 0, 0, 0, 0, 0])
    assert _evaluation(scores).accuracy == 0.5
    assert _evaluation(scores, metric="balanced_accuracy").accuracy == pytest.approx(1 / 3)


@pytest.mark.parametrize("seed", range(5))
def test_measures_are_those_of_scikit_learn_to_the_bit(seed: int) -> None:
    generator = np.random.Generator(np.random.PCG64(seed))
    count, rows = 7, 501
    y = generator.integers(1, count, rows)  # class 0 does not occur
    predicted = np.where(generator.random(rows) < 0.6, y, generator.integers(0, count - 1, rows))
    classes = tuple(f"class {label}" for label in range(count))
    got = Evaluator(y, classes, "balanced_accuracy").evaluate(Predictions(predicted, None))
    recalls = recall_score(y, predicted, labels=np.unique(y), average=None)
    assert list(got.per_class.values()) == recalls.tolist()
    assert got.accuracy == got.balanced_accuracy == float(np.mean(recalls))
    assert got.macro_f1 == f1_score(y, predicted, average="macro")


@pytest.mark.parametrize("predicted", [[0] * 7, [0] * 7 + [3], [-1] + [0] * 7])
def test_predictions_of_other_examples_or_classes_are_refused(predicted: list[int]) -> None:
    with pytest.raises(ValueError, match="one for each of 8"):
        Evaluator(Y, CLASSES, "accuracy").evaluate(Predictions(np.array(predicted), None))


@pytest.mark.parametrize(
    ("predicted", "y", "expected"),
    [
        ([0] * 100, [0] * 50 + [1] * 50, True),
        ([0] * 95 + [1] * 5, [0] * 50 + [1] * 50, True),
        ([0] * 94 + [1] * 6, [0] * 50 + [1] * 50, False),
        ([0] * 100, [0] * 80 + [1] * 20, False),
        ([0] * 100, [0] * 79 + [1] * 21, True),
    ],
)
def test_collapsed(predicted: list[int], y: list[int], expected: bool) -> None:
    assert is_collapsed(np.array(predicted), np.array(y)) is expected


def test_rows_of_nans_count_as_class_0() -> None:
    scores = np.array([[np.nan, np.nan], [np.nan, 1.0], [0.0, 1.0]], np.float32)
    assert predicted_classes(scores).tolist() == [0, 1, 1]


def test_calibration_error_by_hand() -> None:
    logits = np.log(np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]], np.float32))
    # two bins: confidence .9 with accuracy 1/2, confidence .6 with accuracy 1; each holds half of the rows
    assert _evaluation(logits, np.array([0, 1, 1, 1])).ece == pytest.approx(0.5 * 0.4 + 0.5 * 0.4, abs=1e-6)


def test_scores_that_are_no_logits_have_no_calibration() -> None:
    assert _evaluation(_scores([0] * 8), logits=False).ece is None
    assert _evaluation(np.full((8, 3), np.nan, np.float32)).ece is None


def test_selectors() -> None:
    values = [(0.5, 0.1), (0.9, 0.7), (0.9, 0.6), (0.8, 0.65)]
    blind = [Candidate(step, {"source_val_accuracy": value}) for step, (value, _) in enumerate(values)]
    seeing = [Candidate(step, {"source_val_accuracy": v}, accuracy) for step, (v, accuracy) in enumerate(values)]
    assert last_step(blind) == 3
    assert source_val(blind) == 2  # the later of two equal ones
    assert oracle(seeing) == 1
    with pytest.raises(AssertionError, match="declares uses_target_labels"):
        oracle(blind)


@pytest.mark.slow
def test_recall_and_f1_are_those_of_scikit_learn_to_the_bit() -> None:
    generator = np.random.Generator(np.random.PCG64(3))
    for _ in range(300):
        classes, rows = generator.integers(1, 12), generator.integers(1, 400)
        y, predicted = generator.integers(0, classes, (2, rows))
        names = tuple(f"c{label:02}" for label in range(classes))
        found = Evaluator(y, names, "accuracy").evaluate(Predictions(predicted, None))
        expected = recall_score(y, predicted, labels=np.unique(y), average=None, zero_division=0.0)
        assert list(found.per_class.values()) == expected.tolist()
        assert found.macro_f1 == f1_score(y, predicted, average="macro", zero_division=0.0)
