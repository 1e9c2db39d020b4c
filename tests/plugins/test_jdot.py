"""JDOT and DeepJDOT against a plan worked out by trying all."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.deep_jdot import DeepJdot, assigned
from dabench_plugins.jdot import Jdot, spread, squared_distances
from scipy.optimize import linprog
from scipy.sparse import csr_array
from torch.nn.functional import cross_entropy, one_hot

from dabench import Problem
from dabench.execution.readout import Readout
from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


def test_the_assignment_is_the_cheapest_transport() -> None:
    """Of all plans with equal weights, by linear programming, and of all assignments, by trying."""
    cost = np.random.default_rng(0).uniform(size=(5, 5))
    found = assigned(torch.tensor(cost)).numpy()
    price = cost[np.arange(5), found].sum()
    assert price == pytest.approx(min(cost[np.arange(5), list(columns)].sum() for columns in permutations(range(5))))
    sums = np.concatenate([np.kron(np.eye(5), np.ones(5)), np.kron(np.ones(5), np.eye(5))])
    plan = linprog(cost.ravel(), A_eq=sums, b_eq=np.full(10, 1 / 5))
    assert price / 5 == pytest.approx(plan.fun)


def test_deep_jdots_losses_are_those_of_the_paper() -> None:
    method = built(DeepJdot, PROBLEM, plain=True, distance=0.3, labels=0.2)
    batch = batch_of(PROBLEM, method, rows=6)
    source, target = (method.embed(x).detach() for x in (batch.source_x, batch.target_x))
    logits = method.network.output(target).detach()
    labels = one_hot(batch.source_y, 3)
    cost = torch.stack([
        torch.stack([
            0.3 * (source[i] - target[j]).square().sum() + 0.2 * (labels[i] - logits[j].softmax(0)).square().sum()
            for j in range(6)
        ])
        for i in range(6)
    ])  # fmt: skip
    best = min(permutations(range(6)), key=lambda columns: sum(cost[i, j].item() for i, j in enumerate(columns)))
    losses = method.losses(batch)
    partner = torch.tensor(best)
    expected = 0.3 * (source - target[partner]).square().sum(1).mean()
    assert losses["distance"].item() == pytest.approx(expected.item(), rel=1e-4)
    expected = 0.2 * cross_entropy(logits[partner], batch.source_y)
    assert losses["labels"].item() == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.parametrize("make", [np.asarray, csr_array])
def test_squared_distances_of_dense_and_of_sparse_rows(make: Any) -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=(4, 3)), generator.normal(size=(5, 3))
    expected = [[np.square(x - y).sum() for y in b] for x in a]
    assert np.allclose(squared_distances(make(a), make(b)), expected)


def test_rows_are_spread_over_the_larger_domain() -> None:
    assert spread(5, 5).tolist() == [0, 1, 2, 3, 4]
    assert spread(9, 3).tolist() == [0, 4, 8]


def test_jdot_follows_classes_that_have_moved() -> None:
    """Each class has moved by more than half of the way to the next."""
    generator = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = (np.stack([3.0 * y, np.zeros(90)], axis=1) + 0.2 * generator.normal(size=(90, 2))).astype(np.float32)
    target = x[generator.permutation(90)] + np.float32([1.9, 0])
    truth = np.round((target[:, 0] - 1.9) / 3).astype(int)
    problem = Problem("unsupervised", 3, x, y, target, None, lambda rows: rows)
    source_only = Readout("rbf_svm", 3, 0).fit(x, y).decision_function(target).argmax(1)
    method = Jdot(Jdot.Options(alpha=0.1), lambda kind="rbf_svm": Readout(kind, 3, 0))
    method.fit(problem)
    assert np.mean(source_only == truth) < 0.5
    assert np.mean(method.predict(target).argmax(1) == truth) > 0.95
