"""PMTrans against its formulae."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.mixtures import patch_shares
from dabench_plugins.patch_mix import PatchMix, likeness
from scipy.special import log_softmax, softmax

from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


def of(network: Any, x: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    hidden = network.embed(x)
    return hidden.detach().double().numpy(), network.output(hidden).detach().double().numpy()


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -log_softmax(logits, axis=1)[np.arange(len(y)), y]


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one / np.linalg.norm(one, axis=1)[:, None]) @ (other / np.linalg.norm(other, axis=1)[:, None]).T


def test_likeness_is_a_cross_entropy_of_cosines() -> None:
    mixed, others = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[3.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    alike = torch.tensor([[True, False, True], [False, True, False]])
    by_hand = log_softmax(np.array([[1, 0, np.sqrt(0.5)], [0, 1, np.sqrt(0.5)]]), axis=1)
    expected = [-(by_hand[0, 0] + by_hand[0, 2]) / 2, -by_hand[1, 1]]
    assert likeness(mixed, others, alike).tolist() == pytest.approx(expected, rel=1e-5)


def test_the_losses_of_mixed_images() -> None:
    method = built(PatchMix, PROBLEM, plain=True, weight=2.0, similarity=0.5, patches=3, neighbours=4).train()
    batch = batch_of(PROBLEM, method)
    torch.manual_seed(3)
    losses = {name: loss.item() for name, loss in method.losses(batch).items()}
    torch.manual_seed(3)
    shares = patch_shares(batch.source_x, 3, 1.0)
    mean = shares.flatten(1).mean(1).double().numpy()
    (source, says_source), (target, says_target), (mixed, says_mixed) = (
        of(method.network, x)
        for x in (batch.source_x, batch.target_x, shares * batch.source_x + (1 - shares) * batch.target_x)
    )
    everyone, says_everyone = of(method.network, PROBLEM.prepare(TARGET))
    votes = softmax(says_everyone, axis=1) ** 2
    votes /= votes.mean(0)
    in_batch = softmax(says_target, axis=1) ** 2
    votes[:16] = in_batch / in_batch.mean(0)  # the batch's votes are of now
    near = cosines(target, everyone)
    near[np.arange(16), np.arange(16)] = -2
    target_y = votes[np.argsort(-near, axis=1)[:, :4]].mean(1).argmax(1)
    y = batch.source_y.numpy()
    labels = mean * cross_entropy(says_mixed, y) + (1 - mean) * cross_entropy(says_mixed, target_y)
    same = (y[:, None] == y) / (y[:, None] == y).sum(1, keepdims=True)
    units = mean * -(same * log_softmax(cosines(mixed, source), axis=1)).sum(1)
    units += (1 - mean) * -np.diag(log_softmax(cosines(mixed, target), axis=1))
    expected = {
        "class": cross_entropy(says_source, y).mean(),
        "labels": 2 * labels.mean(),
        "units": 2 * 0.5 * units.mean(),
    }
    assert losses == pytest.approx(expected, rel=1e-4)


def test_all_of_the_target_is_seen_when_mixing_begins_and_then_the_batch() -> None:
    method = built(PatchMix, PROBLEM).train()
    assert not method.votes.any()
    method.losses(batch_of(PROBLEM, method))
    assert method.training
    assert (method.votes.sum(1) > 0).all()
    assert torch.allclose(method.hidden_units.norm(dim=1), torch.ones(32), atol=1e-5)


def test_images_smaller_than_their_patches_are_refused() -> None:
    small = problem_of(torch.zeros(6, 1, 8, 8, dtype=torch.uint8), torch.arange(6) % 2, torch.zeros(6, 1, 8, 8))
    with pytest.raises(ValueError, match="patch_mix cuts a side into 9 pieces, and 8x8 is smaller"):
        built(PatchMix, small, patches=9)
