"""SHOT against its formulae."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dabench_plugins.shot import Shot, imbalance, nearest_centres
from scipy.special import softmax
from torch.nn.functional import cross_entropy

from dabench import Problem
from tests.support.small_runs import batch_of, built, dim_and_noisy, problem_of, stripes, trained

(X, Y), (TARGET, _) = stripes(96, 0), stripes(80, 1)
PROBLEM: Problem[torch.Tensor, torch.Tensor] = problem_of(X, Y, dim_and_noisy(TARGET))


def by_hand(hidden: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Eq. 4 to 6, one step after the other."""
    rows = np.concatenate([hidden, np.ones((len(hidden), 1))], axis=1)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    belongs = p
    for _ in range(2):
        centres = [(belongs[:, k, None] * rows).sum(axis=0) / belongs[:, k].sum() for k in range(p.shape[1])]
        cosines = [[row @ centre / np.linalg.norm(centre) for centre in centres] for row in rows]
        near = np.argmax(cosines, axis=1)
        belongs = np.eye(p.shape[1])[near]
    return near


def test_pseudo_labels_are_those_of_the_nearest_centres() -> None:
    generator = np.random.default_rng(0)
    y = np.arange(30) % 3
    hidden = 3 * np.eye(3)[y] @ generator.normal(size=(3, 5)) + generator.normal(size=(30, 5))
    p = softmax(1.5 * np.eye(3)[y] + generator.normal(size=(30, 3)), axis=1)
    got = nearest_centres(torch.tensor(hidden), torch.tensor(p)).numpy()
    assert (got == by_hand(hidden, p)).all()
    assert (got != p.argmax(axis=1)).any()


def test_a_class_that_no_row_is_predicted_to_have_gets_none() -> None:
    hidden = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1]])
    p = torch.tensor([[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.4, 0.3, 0.3]])
    assert nearest_centres(hidden, p).tolist() == [0, 1, 0]


def test_imbalance_is_least_for_equally_frequent_classes() -> None:
    assert imbalance(torch.zeros(5, 4)).item() == pytest.approx(-np.log(4), rel=1e-6)
    assert imbalance(50 * torch.eye(4)).item() == pytest.approx(-np.log(4), rel=1e-6)
    one_class = torch.tensor([[300.0, 0.0]] * 3, requires_grad=True)
    imbalance(one_class).backward()
    assert one_class.grad is not None
    assert torch.isfinite(one_class.grad).all()


def test_the_losses_of_the_target_are_those_of_the_paper() -> None:
    method = built(Shot, PROBLEM, plain=True, pseudo=0.3, information=2.0)
    batch = batch_of(PROBLEM, method)
    p = method.predict(batch.target_x).softmax(1).detach().double().numpy()
    entropy = -(p * np.log(p)).sum(axis=1).mean()
    share = p.mean(axis=0)
    losses = method.target_losses(batch)
    assert losses["information"].item() == pytest.approx(
        2 * (entropy + (share * np.log(share)).sum()), rel=1e-3, abs=1e-6
    )
    x = PROBLEM.prepare(PROBLEM.target_x)
    labels = nearest_centres(method.embed(x), method.predict(x).softmax(1))
    assert torch.equal(method.pseudo_labels, labels)
    expected = 0.3 * cross_entropy(method.predict(batch.target_x), labels[:16])
    assert losses["pseudo"].item() == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.slow
def test_the_classifier_is_frozen_while_what_is_below_it_adapts() -> None:
    ends = [trained(Shot, PROBLEM, steps=steps, share=share) for steps, share in ((40, 0.5), (80, 0.75))]
    first, second = ends
    for name, same in (("output", True), ("hidden", False), ("trunk", False)):
        pairs = zip(getattr(first.network, name).parameters(), getattr(second.network, name).parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs) == same, name


def test_without_pseudo_labels_none_are_made() -> None:
    method = trained(Shot, PROBLEM, steps=10, pseudo=0.0)
    assert not method.pseudo_labels.any()


def test_the_source_is_learned_with_smoothed_labels() -> None:
    method = built(Shot, PROBLEM, smoothing=0.2).eval()
    batch = batch_of(PROBLEM, method)
    logs = method.predict(batch.source_x).log_softmax(1).detach().numpy()
    wanted = 0.8 * np.eye(3)[batch.source_y.numpy()] + 0.2 / 3
    assert method.losses(batch)["class"].item() == pytest.approx(-(wanted * logs).sum(axis=1).mean(), rel=1e-5)
