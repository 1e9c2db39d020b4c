import numpy as np
import pytest
import torch
from torch import Tensor

from dabench.data.resident import READY_BYTES, IndexSampler, Normaliser, ReadyRows, Rows

CPU = torch.device("cpu")


def _rows(order: IndexSampler, steps: range) -> list[int]:
    return [int(row) for step in steps for row in order.at(step)]


def test_every_epoch_visits_every_row_once() -> None:
    order = IndexSampler(3, "order:source", rows=10, batch=4, device=CPU)
    rows = _rows(order, range(10))
    for epoch in range(4):
        assert sorted(rows[10 * epoch : 10 * epoch + 10]) == list(range(10))
    assert rows[:10] != rows[10:20]


def test_a_batch_depends_on_nothing_but_seed_purpose_and_step() -> None:
    whole = IndexSampler(3, "order:source", 10, 4, CPU)
    batches = [whole.at(step).tolist() for step in range(30)]
    for step in (29, 7, 8, 0):
        assert IndexSampler(3, "order:source", 10, 4, CPU).at(step).tolist() == batches[step]
    assert IndexSampler(4, "order:source", 10, 4, CPU).at(0).tolist() != batches[0]
    assert IndexSampler(3, "order:target", 10, 4, CPU).at(0).tolist() != batches[0]


def test_a_split_smaller_than_a_batch_is_repeated() -> None:
    order = IndexSampler(0, "order:target", rows=3, batch=8, device=CPU)
    rows = _rows(order, range(3))
    assert len(rows) == 24
    assert all(sorted(rows[at : at + 3]) == [0, 1, 2] for at in range(0, 24, 3))


@pytest.fixture
def images() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (50, 3, 6, 5), generator=generator, dtype=torch.uint8)


def test_unit(images: Tensor) -> None:
    assert torch.equal(Normaliser("unit", Rows(images))(images), images.float() / 255)


def test_mean_and_standardise_are_fitted_on_the_source(images: Tensor) -> None:
    reference = images.double() / 255
    mean, std = reference.mean((0, 2, 3)), reference.std((0, 2, 3), correction=0)
    other = images[:7] // 2
    shaped = mean[:, None, None], std[:, None, None]
    assert torch.allclose(Normaliser("mean", Rows(images))(other).double(), other.double() / 255 - shaped[0], atol=1e-6)
    expected = (other.double() / 255 - shaped[0]) / shaped[1]
    assert torch.allclose(Normaliser("standardise", Rows(images))(other).double(), expected, atol=1e-5)


def test_instance_gives_every_image_mean_0_and_deviation_1(images: Tensor) -> None:
    out = Normaliser("instance", Rows(images))(images)
    assert torch.allclose(out.mean((2, 3)), torch.zeros(50, 3), atol=1e-5)
    std = (images.float() / 255).std((2, 3), correction=0)
    assert torch.allclose(out.std((2, 3), correction=0), std / (std + 0.05), atol=1e-4)
    alone = Normaliser("instance", Rows(images))(images[4:5])
    assert torch.allclose(alone, out[4:5], atol=1e-6)


def test_image_normalises_all_channels_of_an_image_together(images: Tensor) -> None:
    out = Normaliser("image", Rows(images))(images)
    unit = images.double() / 255
    mean, std = unit.mean((1, 2, 3), keepdim=True), unit.std((1, 2, 3), keepdim=True, correction=0)
    assert torch.allclose(out.double(), (unit - mean) / (std + 0.05), atol=1e-4)


@pytest.mark.parametrize("kind", ["instance", "image"])
def test_a_blank_image_stays_blank(images: Tensor, kind: str) -> None:
    blank = torch.full((1, 3, 6, 5), 77, dtype=torch.uint8)
    assert Normaliser(kind, Rows(images))(blank).abs().max() < 1e-4


def test_vectors_are_normalised_by_column() -> None:
    x = torch.from_numpy(np.random.default_rng(0).normal(3, 2, (40, 4)).astype(np.float32))
    out = Normaliser("standardise", Rows(x))(x)
    assert torch.allclose(out.mean(0), torch.zeros(4), atol=1e-5)
    assert torch.allclose(out.std(0, correction=0), torch.ones(4), atol=1e-5)


def test_the_raw_examples_stay_as_they_are(images: Tensor) -> None:
    before = images.clone()
    for kind in ("unit", "mean", "standardise", "instance"):
        Normaliser(kind, Rows(images))(images)
    assert torch.equal(images, before)
    vectors = torch.arange(12.0, dtype=torch.float64).view(4, 3)
    Normaliser("standardise", Rows(vectors))(vectors)
    assert torch.equal(vectors.flatten(), torch.arange(12.0, dtype=torch.float64))


def test_rows_are_parts_of_a_split_without_a_copy(images: Tensor) -> None:
    index = torch.tensor([3, 4, 20, 41])
    chosen = Rows(images, index)
    assert [part.shape[0] for part in chosen.parts(3)] == [3, 1]
    assert torch.equal(torch.cat(list(chosen.parts(3))), images[index])
    assert [part.data_ptr() for part in Rows(images).parts(20)] == [images[row:].data_ptr() for row in (0, 20, 40)]
    assert (len(chosen), len(Rows(images))) == (4, 50)
    places = np.array([2, 0])
    assert chosen[places].index.tolist() == [20, 3]
    assert Rows(images)[places].index.tolist() == [2, 0]


def test_statistics_are_those_of_the_rows_alone(images: Tensor) -> None:
    index = torch.tensor([0, 2, 5, 49])
    for kind in ("mean", "standardise"):
        assert torch.equal(Normaliser(kind, Rows(images, index))(images), Normaliser(kind, Rows(images[index]))(images))


def test_a_column_that_never_changes_is_moved_and_not_blown_up() -> None:
    source = torch.tensor([[1.0, 5.0], [3.0, 5.0]])
    target = Normaliser("standardise", Rows(source))(torch.tensor([[2.0, 7.0]]))
    assert target.tolist() == [[0.0, 2.0]]


@pytest.mark.parametrize("shape", [(60, 1), (60, 2, 8)])  # columns of a table, and channels of windows
@pytest.mark.parametrize("kind", ["mean", "standardise"])
def test_an_offset_that_float32_cannot_hold_changes_nothing(kind: str, shape: tuple[int, ...]) -> None:
    x = torch.from_numpy(np.random.default_rng(0).uniform(0, 40, shape))
    assert x.dtype == torch.float64
    out = Normaliser(kind, Rows(x + 1.6e9))(x + 1.6e9)
    assert out.dtype == torch.float32
    assert torch.allclose(out, Normaliser(kind, Rows(x))(x), atol=1e-4)


def test_instance_and_unit_give_float32_from_float64() -> None:
    x = torch.from_numpy(np.random.default_rng(0).uniform(0, 40, (5, 2, 30)))
    out = Normaliser("instance", Rows(x))(x + 1.6e9)
    assert out.dtype == torch.float32
    assert torch.allclose(out, Normaliser("instance", Rows(x))(x), atol=1e-4)
    assert Normaliser("unit", Rows(x))(x).dtype == torch.float32


@pytest.mark.parametrize("value", [0.1, 1.6e9 + 0.1, 1e30])
def test_equal_values_are_constant_whatever_rounding_makes_of_their_deviation(value: float) -> None:
    x = torch.full((2001, 1), value, dtype=torch.float64)
    out = Normaliser("standardise", Rows(x))(x + max(value, 1.0))
    assert torch.allclose(out, torch.tensor(max(value, 1.0)), rtol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_unit_of_a_column_does_not_matter(dtype: torch.dtype) -> None:
    x = torch.from_numpy(np.random.default_rng(0).normal(3, 1, (40, 1))).to(dtype)
    assert torch.allclose(
        Normaliser("standardise", Rows(x * 1e-9))(x * 1e-9), Normaliser("standardise", Rows(x))(x), atol=1e-4
    )


@pytest.mark.parametrize("kind", ["unit", "mean", "standardise", "instance", "image"])
@pytest.mark.parametrize("shape", [(3, 16, 16), (1, 28, 28), (2, 7, 9)])
@pytest.mark.parametrize("batch", [1, 7, 64])
def test_ready_rows_have_the_bits_and_the_layout_of_a_batch(kind: str, shape: tuple[int, ...], batch: int) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (50, *shape), generator=generator, dtype=torch.uint8)
    prepare = Normaliser(kind, Rows(x))
    ready = ReadyRows(x, prepare, batch)
    for _ in range(5):
        rows = torch.randint(0, 50, (batch,), generator=generator)
        expected, found = prepare(x[rows]), ready.take(rows)
        assert torch.equal(found, expected)
        assert found.stride() == expected.stride()


def test_only_what_is_small_and_drawn_more_than_once_is_kept_ready() -> None:
    x = torch.zeros(4, READY_BYTES // 16, dtype=torch.uint8)
    assert ReadyRows.pays(x, 5)
    assert not ReadyRows.pays(x, 4)
    assert not ReadyRows.pays(torch.zeros(4, READY_BYTES // 16 + 1, dtype=torch.uint8), 5)
    assert not ReadyRows.pays(torch.zeros(4, 1, device="meta"), 5)
