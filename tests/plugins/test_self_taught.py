"""Self-taught learning: its words are those of the lasso, and the dictionary comes from where it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dabench_plugins.self_taught import SelfTaught, of_length_one
from scipy.sparse import csr_array

from dabench import Problem
from dabench.execution.readout import Readout


def problem(seed: int = 0, wrap: Any = np.asarray) -> Problem:
    generator = np.random.default_rng(seed)
    y = np.arange(60) % 2
    source = (generator.normal(size=(60, 6)) + 2 * y[:, None] * np.eye(6)[0]).astype(np.float32)
    target = generator.normal(size=(40, 6)).astype(np.float32)
    return Problem("unsupervised", 2, wrap(source), y, wrap(target), None, lambda x: x)


def fitted(of: Problem, **options: Any) -> SelfTaught:
    method = SelfTaught(SelfTaught.Options(**options), lambda kind="logistic": Readout(kind, 2, 0))
    method.fit(of)
    return method


@pytest.mark.slow
def test_the_words_minimise_the_error_and_their_absolute_weights() -> None:
    """The condition of the lasso: a weight that is not 0 is where the error's slope is the penalty, others below it."""
    method = fitted(problem(), atoms=8, sparsity=0.15)
    x = problem(1).target_x
    both = method.words(x).astype(np.float64)
    assert both.shape == (40, 16)
    assert (both >= 0).all()
    assert (both[:, :8] * both[:, 8:] == 0).all()
    weights, atoms = both[:, :8] - both[:, 8:], method._dictionary.components_
    slope = (of_length_one(x) - weights @ atoms) @ atoms.T
    assert slope[weights != 0] == pytest.approx(0.15 * np.sign(weights[weights != 0]), abs=1e-4)
    assert np.abs(slope).max() <= 0.15 + 1e-4
    assert (np.linalg.norm(atoms, axis=1) <= 1 + 1e-6).all()


@pytest.mark.slow
def test_the_source_is_no_part_of_the_dictionary_unless_it_says_both() -> None:
    given = problem()
    other = Problem(
        "unsupervised", 2, given.source_x[:, ::-1].copy(), given.source_y, given.target_x, None, lambda x: x
    )
    same = [fitted(p, atoms=4)._dictionary.components_ for p in (given, other)]
    assert np.array_equal(*same)
    apart = [fitted(p, atoms=4, learned_from="both")._dictionary.components_ for p in (given, other)]
    assert not np.allclose(*apart)


def test_rows_of_zeros_stay() -> None:
    assert of_length_one(np.array([[0, 0], [3, 4]], np.float32)).tolist() == [[0, 0], [0.6, 0.8]]


def test_sparse_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="these are sparse: take a backbone"):
        fitted(problem(wrap=csr_array))
