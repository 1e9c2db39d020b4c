"""Every selector's number: worked out by hand, from another definition, or from scikit-learn."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

from dabench.plugin.registry import load_registry
from dabench.selection.outputs import Outputs
from dabench.selection.rule import ByScore, Candidate
from dabench.specs.spec import SelectorSpec

RANDOM = np.random.Generator(np.random.PCG64(0))
SPECS = load_registry().specs(SelectorSpec)
BY_OUTPUTS = sorted(name for name, spec in SPECS.items() if spec.needs_outputs)


def outputs(**changes: Any) -> Outputs:
    """Outputs of 40 source_val, 50 target and 60 source train examples in 3 classes, 4 wide."""
    arrays: dict[str, Any] = {
        "val_logits": RANDOM.normal(size=(40, 3)).astype(np.float32),
        "val_embeddings": RANDOM.normal(size=(40, 4)).astype(np.float32),
        "val_y": RANDOM.integers(0, 3, 40),
        "target_logits": RANDOM.normal(size=(50, 3)).astype(np.float32),
        "target_embeddings": RANDOM.normal(size=(50, 4)).astype(np.float32),
        "source_embeddings": RANDOM.normal(size=(60, 4)).astype(np.float32),
    }
    return Outputs(**(arrays | {name: np.asarray(value) for name, value in changes.items()}))


def logits(probabilities: Any) -> Any:
    """Scores whose softmax these are; 0 becomes all but 0."""
    return np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), 1e-300)).astype(np.float32)


def score(name: str, of: Outputs) -> float:
    rule = SPECS[name].load()
    assert isinstance(rule, ByScore)
    return rule.score(Candidate(1, {}, read=lambda: of))


def test_the_selectors_of_the_issue_are_there() -> None:
    wanted = {"last_step", "source_val", "iwcv", "dev", "entropy", "infomax", "snd", "bnm", "class_ami", "oracle"}
    assert set(SPECS) == wanted
    assert [name for name, spec in SPECS.items() if spec.uses_target_labels] == ["oracle"]


def test_entropy_by_hand() -> None:
    of = outputs(target_logits=logits([[0.5, 0.5, 0], [1, 0, 0]]))
    assert score("entropy", of) == pytest.approx(-math.log(2) / 2, abs=1e-6)
    assert score("entropy", outputs(target_logits=np.zeros((7, 3)))) == pytest.approx(-math.log(3))


def test_infomax_by_hand() -> None:
    sure_and_balanced = outputs(target_logits=logits(np.eye(3)))
    assert score("infomax", sure_and_balanced) == pytest.approx(math.log(3), abs=1e-6)
    collapsed = outputs(target_logits=logits([[1, 0, 0]] * 5))
    assert score("infomax", collapsed) == pytest.approx(0, abs=1e-6)
    half = outputs(target_logits=logits([[0.5, 0.5, 0], [1, 0, 0]]))
    mean = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert score("infomax", half) == pytest.approx(mean - math.log(2) / 2, abs=1e-6)


def test_infomax_of_certain_predictions_is_their_mutual_information_with_themselves() -> None:
    predicted = RANDOM.integers(0, 3, 30)
    of = outputs(target_logits=logits(np.eye(3)[predicted]))
    assert score("infomax", of) == pytest.approx(mutual_info_score(predicted, predicted), abs=1e-6)


def test_entropy_infomax_and_bnm_of_any_predictions_by_other_means() -> None:
    of = outputs()
    p = np.exp(of.target_logits.astype(float))
    p /= p.sum(axis=1, keepdims=True)
    mean_entropy = stats.entropy(p, axis=1).mean()
    assert score("entropy", of) == pytest.approx(-mean_entropy)
    assert score("infomax", of) == pytest.approx(np.mean([stats.entropy(row, p.mean(0)) for row in p]))
    assert score("bnm", of) == pytest.approx(np.sqrt(np.linalg.eigvalsh(p.T @ p)).sum() / np.sqrt(50 * 3))


def test_snd_by_hand() -> None:
    """Two sure examples of class 0 and one of class 1: similarities 1 and 0, one neighbour of the first is like it."""
    of = outputs(target_logits=logits([[1, 0, 0], [1, 0, 0], [0, 1, 0]]))
    like = 1 / (1 + math.exp(-1 / 0.05))
    first = -like * math.log(like) - (1 - like) * math.log(1 - like)
    assert score("snd", of) == pytest.approx((2 * first + math.log(2)) / 3, rel=1e-6)


def test_snd_is_the_same_in_parts_and_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    of = outputs()
    p = of.probabilities / np.linalg.norm(of.probabilities, axis=1, keepdims=True)
    entropies = []
    for i in range(len(p)):
        weights = np.exp(np.delete(p @ p[i], i) / 0.05)
        weights /= weights.sum()
        entropies.append(-(weights * np.log(weights)).sum())
    assert score("snd", of) == pytest.approx(np.mean(entropies))
    monkeypatch.setattr("dabench.selection.rules.snd.PART", 7)
    assert score("snd", of) == pytest.approx(np.mean(entropies))


def test_snd_of_equal_predictions_is_its_maximum() -> None:
    assert score("snd", outputs(target_logits=np.ones((9, 3)))) == pytest.approx(math.log(8))
    assert score("snd", outputs(target_logits=np.ones((1, 3)))) == 0


def test_bnm_by_hand() -> None:
    assert score("bnm", outputs(target_logits=logits(np.eye(3)))) == pytest.approx(1)  # singular values 1, 1, 1
    collapsed = outputs(target_logits=logits([[1, 0, 0]] * 12))  # one singular value sqrt(12)
    assert score("bnm", collapsed) == pytest.approx(math.sqrt(12) / math.sqrt(12 * 3))
    uniform = outputs(target_logits=np.zeros((12, 3)))  # one singular value sqrt(12 / 3)
    assert score("bnm", uniform) == pytest.approx(math.sqrt(12 / 3) / math.sqrt(12 * 3))


def test_class_ami_agrees_with_clusters_that_are_plain_to_see() -> None:
    which = np.repeat([0, 1, 2], [20, 17, 13])
    embeddings = 50 * np.eye(3, 4)[which] + RANDOM.normal(size=(50, 4))
    assert score("class_ami", outputs(target_logits=np.eye(3)[which], target_embeddings=embeddings)) == 1
    predicted = np.where(np.arange(50) % 5 == 0, 0, which)
    expected = adjusted_mutual_info_score(predicted, which)
    assert 0.3 < expected < 0.9
    half_right = outputs(target_logits=np.eye(3)[predicted], target_embeddings=embeddings)
    assert score("class_ami", half_right) == pytest.approx(expected)
    one_class = outputs(target_logits=np.eye(3)[np.zeros(50, int)], target_embeddings=embeddings)
    assert score("class_ami", one_class) == pytest.approx(0)


def test_class_ami_of_embeddings_that_are_all_the_same() -> None:
    """One cluster and one class agree, but that is no structure."""
    same = np.ones((50, 4))
    assert score("class_ami", outputs(target_embeddings=same)) == 0
    one_class = np.eye(3)[np.ones(50, int)]
    assert score("class_ami", outputs(target_embeddings=same, target_logits=one_class)) == 0
    noise = same + RANDOM.normal(scale=1e-3, size=(50, 4))
    assert score("class_ami", outputs(target_embeddings=noise, target_logits=one_class)) == pytest.approx(0, abs=1e-9)
    two = np.arange(50) % 2
    two_places = outputs(target_embeddings=np.eye(3, 4)[two], target_logits=np.eye(3)[two])
    assert score("class_ami", two_places) == 0  # two places are not three clusters


@pytest.mark.slow
def test_class_ami_is_the_information_above_that_of_shuffled_predictions() -> None:
    """Its expectation under chance is a mean over permutations here, and a sum in scikit-learn."""
    which = np.repeat([0, 1, 2], [20, 17, 13])
    predicted = np.where(np.arange(50) % 3 == 0, 1, which)
    embeddings = 50 * np.eye(3, 4)[which]
    shuffled = np.mean([mutual_info_score(RANDOM.permutation(predicted), which) for _ in range(1000)])
    entropies = [stats.entropy(np.bincount(labels)) for labels in (predicted, which)]
    expected = (mutual_info_score(predicted, which) - shuffled) / (np.mean(entropies) - shuffled)
    of = outputs(target_logits=np.eye(3)[predicted], target_embeddings=embeddings + RANDOM.normal(size=(50, 4)))
    assert score("class_ami", of) == pytest.approx(expected, abs=5e-3)


def weighted(monkeypatch: pytest.MonkeyPatch, weights: list[float], errors: list[int]) -> Outputs:
    """Outputs with these importance weights, that classify source_val wrongly where `errors` is 1."""
    monkeypatch.setattr(
        "dabench.selection.importance.importance_weights", lambda source, target, held_out: np.array(weights)
    )
    y = np.zeros(len(weights), int)
    return outputs(val_logits=np.eye(3)[errors], val_y=y, val_embeddings=np.zeros((len(weights), 4)))


def test_iwcv_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    assert score("iwcv", weighted(monkeypatch, [2, 1, 0.5, 0.5], [1, 0, 1, 0])) == pytest.approx(-2.5 / 4)
    assert score("iwcv", weighted(monkeypatch, [4, 2, 1, 1], [1, 0, 1, 0])) == pytest.approx(-5 / 8)


def test_iwcv_is_not_the_better_the_less_the_domains_resemble_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Domains that can be told apart have weights that are nearly all 0, and so is their sum of errors."""
    apart = weighted(monkeypatch, [2e-6, 1e-6, 1e-6, 4e-6], [1, 1, 0, 1])
    assert score("iwcv", apart) == pytest.approx(-7 / 8)
    none = weighted(monkeypatch, [0, 0, 0, 0], [1, 1, 0, 1])
    assert math.isnan(score("iwcv", none))


def test_dev_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """w l = (2, 0, .5, 0), mean .625; w has mean 1 and variance .375; Cov(w l, w) = 4.25 / 4 - .625 = .4375."""
    same = weighted(monkeypatch, [2, 1, 0.5, 0.5], [1, 0, 1, 0])
    assert score("dev", same) == pytest.approx(-0.625)  # the mean weight is 1: nothing to correct
    off = weighted(monkeypatch, [4, 2, 1, 1], [1, 0, 1, 0])  # all weights doubled: mean 2, variance 1.5, Cov 1.75
    assert score("dev", off) == pytest.approx(-(1.25 - 1.75 / 1.5 * (2 - 1)))


def test_dev_takes_the_noise_of_the_weights_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is wrong, so the risk is 1 whatever the weights, though the mean of w l is 2."""
    assert score("dev", weighted(monkeypatch, [4, 2, 1, 1], [1, 1, 1, 1])) == pytest.approx(-1)


def test_dev_is_what_the_regression_of_weighted_errors_on_weights_says_at_weight_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control variate with the best eta is that regression: an independent way to the same number."""
    weights, errors = RANDOM.gamma(2, 0.4, 200), RANDOM.integers(0, 2, 200)
    slope, intercept = np.polyfit(weights, weights * errors, 1)
    assert score("dev", weighted(monkeypatch, list(weights), list(errors))) == pytest.approx(-(slope + intercept))


def test_dev_varies_less_than_the_weighted_error_and_is_as_right() -> None:
    """Errors where the target is: the risk of the target is P(x > 1) of N(1, 1), 1/2; source N(0, 1)."""
    plain, corrected = [], []
    for seed in range(200):
        x = np.random.Generator(np.random.PCG64(seed)).normal(size=300)
        weights, errors = np.exp(x - 0.5), (x > 1).astype(float)
        of = outputs(val_logits=np.eye(3)[errors.astype(int)], val_y=np.zeros(300, int))
        vars(of)["val_weights"] = weights  # a cached property
        plain.append(-np.mean(weights * errors))
        corrected.append(score("dev", of))
    assert np.mean(corrected) == pytest.approx(-0.5, abs=0.02)
    assert np.std(corrected) < 0.6 * np.std(plain)


def test_dev_does_not_blow_up_rounding_of_equal_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are equal but for their last bits, and 1 but for the tolerance of the solver."""
    jitter = [0, 1e-15, -1e-15, 2e-15]
    of = weighted(monkeypatch, [1.0001 + part for part in jitter], [1, 1, 0, 1])
    assert score("dev", of) == pytest.approx(-0.75, abs=1e-3)


def test_equal_weights_give_the_plain_error(monkeypatch: pytest.MonkeyPatch) -> None:
    of = weighted(monkeypatch, [1, 1, 1, 1], [1, 0, 0, 0])
    assert score("iwcv", of) == score("dev", of) == pytest.approx(-0.25)


def test_without_source_val_there_is_no_score() -> None:
    empty = outputs(val_logits=np.zeros((0, 3)), val_embeddings=np.zeros((0, 4)), val_y=np.zeros(0, int))
    assert math.isnan(score("iwcv", empty))
    assert math.isnan(score("dev", empty))


@pytest.mark.parametrize("name", BY_OUTPUTS)
def test_a_nan_among_the_outputs_is_no_score(name: str) -> None:
    of = outputs()
    of.target_logits[3, 1] = np.nan
    assert math.isnan(score(name, of))


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_OUTPUTS)
def test_one_class_and_extreme_scores_are_scored_without_a_warning(name: str) -> None:
    extreme = np.full((50, 3), -65504.0)
    extreme[:, 1] = 65504
    assert math.isfinite(score(name, outputs(target_logits=extreme, val_logits=extreme[:40])))


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_OUTPUTS)
def test_a_score_is_the_same_twice(name: str) -> None:
    of = outputs()
    again = replace(of)
    assert "probabilities" not in vars(again)
    assert score(name, of) == score(name, again)


@pytest.mark.parametrize("name", BY_OUTPUTS)
def test_a_selector_gets_no_target_labels(name: str) -> None:
    """Nothing that it reads has a field for them, and the order of the target's rows means nothing to it."""
    assert not SPECS[name].uses_target_labels
    of = outputs()
    order = RANDOM.permutation(50)
    turned = replace(of, target_logits=of.target_logits[order], target_embeddings=of.target_embeddings[order])
    if name not in ("iwcv", "dev", "class_ami"):  # these draw folds and centres by row
        assert score(name, turned) == pytest.approx(score(name, of))
