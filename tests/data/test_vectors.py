"""The kinds of `input.normalise` for vectors."""

import numpy as np
import pytest
from scipy.sparse import issparse
from scipy.stats import zscore
from sklearn.feature_extraction.text import TfidfVectorizer

from dabench.data.arrays import csr
from dabench.data.vectors import transforms
from dabench.errors import DataError

GENERATOR = np.random.default_rng(0)
WHOLE = GENERATOR.poisson(3, (50, 6)).astype(np.float32)
SOURCE = WHOLE[:40]
TARGET = GENERATOR.poisson(5, (30, 6)).astype(np.float32)


def test_unit_leaves_vectors_as_they_are() -> None:
    of_source, of_target = transforms("unit", source=SOURCE, whole_source=WHOLE, target=TARGET)
    assert of_source(SOURCE) is SOURCE
    assert of_target(TARGET) is TARGET


def test_columns_are_standardised_by_the_source_alone() -> None:
    of_source, of_target = transforms("standardise", source=SOURCE, whole_source=WHOLE, target=TARGET)
    np.testing.assert_allclose(of_source(SOURCE), zscore(SOURCE), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(of_target(TARGET), (TARGET - SOURCE.mean(0)) / SOURCE.std(0), rtol=1e-5, atol=1e-6)
    of_source, _ = transforms("mean", source=SOURCE, whole_source=WHOLE, target=TARGET)
    np.testing.assert_allclose(of_source(SOURCE), SOURCE - SOURCE.mean(0), rtol=1e-5, atol=1e-6)


def test_zscores_per_domain_are_those_of_the_official_script() -> None:
    """fts = fts ./ repmat(sum(fts, 2), 1, D); fts = zscore(fts, 1), before anything is sampled."""
    of_source, of_target = transforms("l1_zscore_per_domain", source=SOURCE, whole_source=WHOLE, target=TARGET)
    np.testing.assert_allclose(of_source(WHOLE), zscore(WHOLE / WHOLE.sum(1, keepdims=True)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(of_target(TARGET), zscore(TARGET / TARGET.sum(1, keepdims=True)), rtol=1e-4, atol=1e-5)


def test_a_constant_column_and_an_empty_row_become_zero() -> None:
    x = np.array([[1, 1, 2], [2, 2, 0], [0, 0, 0]], np.float32)
    of_source, _ = transforms("l1_zscore_per_domain", source=x, whole_source=x, target=x)
    assert np.isfinite(of_source(x)).all()
    of_source, _ = transforms("standardise", source=x[:, [0, 0]] * 0 + 3, whole_source=x, target=x)
    assert of_source(np.full((2, 2), 3, np.float32)).tolist() == [[0, 0], [0, 0]]


def test_tfidf_is_fitted_on_what_it_is_given() -> None:
    words = [" ".join(f"w{column}" for column, count in enumerate(row) for _ in range(int(count))) for row in SOURCE]
    more = [" ".join(f"w{column}" for column, count in enumerate(row) for _ in range(int(count))) for row in TARGET]
    expected = TfidfVectorizer(vocabulary=[f"w{column}" for column in range(6)]).fit([*words, *more]).transform(more)
    _, of_target = transforms("tfidf", source=csr(SOURCE), whole_source=csr(WHOLE), target=csr(TARGET))
    got = of_target(csr(TARGET))
    assert issparse(got)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got.toarray(), expected.toarray(), rtol=1e-5)


@pytest.mark.parametrize("kind", ["mean", "standardise", "l1_zscore_per_domain"])
def test_sparse_vectors_are_not_filled_up(kind: str) -> None:
    with pytest.raises(DataError, match="fill up sparse vectors"):
        transforms(kind, source=csr(SOURCE), whole_source=csr(WHOLE), target=csr(TARGET))


def test_tfidf_is_for_counts() -> None:
    with pytest.raises(DataError, match="sparse counts"):
        transforms("tfidf", source=SOURCE, whole_source=WHOLE, target=TARGET)


def test_images_are_no_vectors() -> None:
    images = np.zeros((4, 3, 8, 8), np.uint8)
    with pytest.raises(DataError, match=r"float32 or float64 vectors \(N, D\), not uint8 \(4, 3, 8, 8\)"):
        transforms("unit", source=images, whole_source=images, target=images)


LARGE = 1.6e9 + 40 * (np.arange(50)[:, None] % 2) + GENERATOR.uniform(-5, 5, (50, 1))  # seconds since 1970


@pytest.mark.parametrize("kind", ["mean", "standardise"])
def test_an_offset_that_float32_cannot_hold_changes_nothing(kind: str) -> None:
    of_source, of_target = transforms(kind, source=LARGE[:40], whole_source=LARGE, target=LARGE)
    small = LARGE - 1.6e9
    expected, _ = transforms(kind, source=small[:40], whole_source=small, target=small)
    assert of_source(LARGE).dtype == of_target(LARGE).dtype == np.float32
    np.testing.assert_allclose(of_source(LARGE), expected(small), atol=1e-5)
    np.testing.assert_allclose(of_target(LARGE), expected(small), atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_are_divided_by_their_sum_in_float64(dtype: type) -> None:
    """The first column is nearly the whole sum: what is left of it differs by 4e-9, less than float32 can hold."""
    x = np.concatenate([LARGE - 1.6e9 + 1e5, np.ones((50, 1))], axis=1).astype(dtype)
    of_source, of_target = transforms("l1_zscore_per_domain", source=x, whole_source=x, target=x)
    wide = x.astype(np.float64)
    expected = zscore(wide / wide.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(of_source(x), expected, atol=1e-4)
    np.testing.assert_allclose(of_target(x), expected, atol=1e-4)


def test_unit_leaves_what_float32_cannot_hold_to_the_method() -> None:
    of_source, _ = transforms("unit", source=LARGE, whole_source=LARGE, target=LARGE)
    assert of_source(LARGE) is LARGE


@pytest.mark.parametrize("value", [0.1, 1.6e9 + 0.1, 1e-30, 1e30])
def test_equal_values_are_constant_whatever_rounding_makes_of_their_deviation(value: float) -> None:
    x = np.full((1001, 1), value)
    of_source, _ = transforms("standardise", source=x, whole_source=x, target=x)
    np.testing.assert_allclose(of_source(x), 0, atol=1e-6 * max(value, 1))
    np.testing.assert_allclose(of_source(x + max(value, 1)), max(value, 1), rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1e30])
def test_the_unit_of_a_column_does_not_matter(scale: float) -> None:
    x = GENERATOR.normal(3, 1, (50, 1))
    of_source, _ = transforms("standardise", source=x * scale, whole_source=x * scale, target=x * scale)
    np.testing.assert_allclose(of_source(x * scale), zscore(x), rtol=1e-5, atol=1e-6)
