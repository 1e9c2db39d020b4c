"""Importance weights: against densities whose ratio is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dabench.selection.importance import importance_weights
from dabench.selection.outputs import Outputs

Array = NDArray[np.float32]


def shifted(
    seed: int, width: int, shift: float, *, source: int = 2700, target: int = 3000, held_out: int = 300
) -> tuple[tuple[Array, Array, Array], NDArray[np.float64]]:
    """Standard normal source train and held-out rows, target rows whose mean is `shift` away; the true weights."""
    generator = np.random.Generator(np.random.PCG64(seed))
    mean = np.full(width, shift / np.sqrt(width))
    drawn = [generator.normal(size=(rows, width)).astype(np.float32) for rows in (source, target, held_out)]
    drawn[1] += mean.astype(np.float32)
    return (drawn[0], drawn[1], drawn[2]), np.exp(drawn[2] @ mean - shift**2 / 2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_at_the_size_of_an_embedding_they_are_the_ratio_of_the_densities(seed: int) -> None:
    """128 columns, 300 rows of source_val, means 1 apart; fitted on source train."""
    arrays, true = shifted(seed, 128, 1)
    weights = importance_weights(*arrays)
    assert np.corrcoef(weights, true)[0, 1] >= 0.85
    assert weights.mean() == pytest.approx(true.mean(), abs=0.1)
    assert weights.mean() == pytest.approx(1, abs=3 * true.std() / np.sqrt(300))
    assert np.corrcoef(np.log(weights), np.log(true))[0, 1] >= 0.9


@pytest.mark.slow
def test_those_of_outputs_are_fitted_on_source_train() -> None:
    """Not on the rows of source_val, which are too few."""
    (source, target, held_out), true = shifted(0, 128, 1)
    logits = np.zeros((3000, 2), np.float32)
    of = Outputs(logits[:300], held_out, np.zeros(300, np.int64), logits, target, source)
    assert np.corrcoef(of.val_weights, true)[0, 1] >= 0.85


@pytest.mark.slow
def test_in_one_dimension_they_are_the_ratio_itself() -> None:
    """Source N(0, 1), target N(1, 1): exp(x - 1/2)."""
    (source, target, held_out), true = shifted(5, 1, 1, source=4000, target=2000, held_out=1000)
    weights = importance_weights(source, target, held_out)
    assert weights.mean() == pytest.approx(1, abs=0.1)
    inner = np.abs(held_out[:, 0]) < 1.5
    assert np.log(weights[inner]) == pytest.approx(np.log(true[inner]), abs=0.25)


@pytest.mark.slow
@pytest.mark.parametrize(("source", "target"), [(400, 4000), (4000, 400)])
def test_how_many_rows_each_domain_has_changes_nothing_in_expectation(source: int, target: int) -> None:
    """N_s / N_t undoes what a classifier learns from the frequencies of the domains."""
    arrays, true = shifted(1, 4, 1, source=source, target=target, held_out=1000)
    weights = importance_weights(*arrays)
    assert weights.mean() == pytest.approx(1, abs=0.1)
    assert np.median(weights / true) == pytest.approx(1, abs=0.15)


@pytest.mark.slow
def test_domains_that_are_alike_have_equal_weights() -> None:
    arrays, _ = shifted(2, 128, 0, source=300, target=300)
    weights = importance_weights(*arrays)
    assert weights.mean() == pytest.approx(1, abs=0.05)
    assert weights.std() < 0.2


@pytest.mark.slow
def test_the_rows_that_are_weighted_have_no_part_in_the_fit() -> None:
    (source, target, held_out), _ = shifted(3, 8, 1)
    assert importance_weights(source, target, held_out[:7]) == pytest.approx(
        importance_weights(source, target, held_out)[:7]
    )


@pytest.mark.slow
def test_they_do_not_depend_on_the_units_of_the_embedding() -> None:
    arrays, _ = shifted(4, 3, 1)
    scale = np.array([1, 1000, 0.001])
    turned = [array.astype(np.float64) * scale + 7 * scale for array in arrays]
    assert importance_weights(*turned) == pytest.approx(importance_weights(*arrays), rel=1e-3)


@pytest.mark.slow
def test_constant_embeddings_and_hardly_any_rows_have_equal_weights() -> None:
    same = np.ones((50, 4), np.float32)
    assert importance_weights(same, same[:30], same) == pytest.approx(np.ones(50), abs=1e-4)
    (source, target, held_out), _ = shifted(0, 4, 1)
    assert importance_weights(source, target[:4], held_out).tolist() == [1] * 300
    assert importance_weights(source, target, held_out[:0]).tolist() == []
