"""MNIST, USPS and SVHN: read from files in their publishers' formats, and framed as promised."""

from hashlib import md5

import numpy as np
import pytest
from torchvision import datasets

from dabench.domains.images.digits import digit_boxes, load_mnist, load_mnist_box, load_svhn, load_usps
from dabench.errors import DataError
from tests.support import tiny_files


@pytest.fixture
def digits():
    """Three digits (3, 28, 28): bars of different brightness, 20 pixels tall, 4 pixels wide."""
    made = np.zeros((3, 28, 28), np.uint8)
    for value, digit in zip((50, 150, 255), made, strict=True):
        digit[4:24, 10:14] = value
    return made


@pytest.mark.parametrize("packed", [True, False])
def test_mnist_stands_on_its_canvas_in_all_channels(data, digits, packed):
    tiny_files.write_mnist(data, digits, [3, 1, 4], packed=packed)
    domain = load_mnist()
    assert domain.classes == tuple("0123456789")
    assert (domain.train.y.tolist(), domain.test.y.tolist()) == ([3, 1, 4], [4, 1, 3])
    expected = np.pad(digits, ((0, 0), (2, 2), (2, 2)))
    for channel in range(3):
        assert np.array_equal(domain.train.x[:, channel], expected)
        assert np.array_equal(domain.test.x[:, channel], expected[::-1])


def test_reading_mnist_leaves_its_folder_alone(data, digits):
    tiny_files.write_mnist(data, digits, [3, 1, 4])
    before = sorted(data.rglob("*"))
    load_mnist()
    assert sorted(data.rglob("*")) == before


def test_mnist_box_fills_the_height_and_is_centred(data, digits):
    tiny_files.write_mnist(data, digits, [3, 1, 4])
    x = load_mnist_box().train.x
    ink = x[:, 0] > 25
    assert ink[:, 2:30].any(axis=2).all()  # the bar reaches from top to bottom of the 28 pixels in the middle
    assert not ink[:, [0, 1, 30, 31]].any()
    columns = np.flatnonzero(ink.any(axis=(0, 1)))
    assert columns.min() + columns.max() == 31  # in the middle from left to right, where the canvas has it at the left


def test_a_box_holds_the_whole_digit_wherever_it_lies():
    canvas = np.zeros((3, 28, 28), np.uint8)
    canvas[0, :20, :20], canvas[1, 8:, 8:], canvas[2, 27, 27] = 1, 1, 1
    assert digit_boxes(canvas).sum(axis=(1, 2)).tolist() == [400, 400, 1]


def test_usps_is_enlarged_to_the_canvas(data):
    digits = np.full((2, 16, 16), -1, np.float32)
    digits[0, :, :8] = 1
    tiny_files.write_usps(data, digits, [0, 9])
    domain = load_usps()
    assert domain.train.y.tolist() == domain.test.y.tolist() == [0, 9]
    assert domain.train.x.shape == domain.test.x.shape == (2, 3, 32, 32)
    assert (domain.train.x[0, :, 2:30, 2:15] == 255).all()
    assert not domain.train.x[0, :, :, 17:].any()
    assert not domain.train.x[1].any()


def test_svhn_counts_ten_as_zero(data, monkeypatch):
    images = np.random.default_rng(0).integers(256, size=(3, 3, 32, 32), dtype=np.uint8)
    tiny_files.write_svhn(data, images, [0, 1, 9])
    sums = {name: md5((data / f"SVHN/{name}_32x32.mat").read_bytes()).hexdigest() for name in ("train", "test")}
    monkeypatch.setattr(
        datasets.SVHN, "split_list", {name: ["", f"{name}_32x32.mat", sums[name]] for name in ("train", "test")}
    )
    domain = load_svhn()
    assert domain.train.y.tolist() == [0, 1, 9]
    assert np.array_equal(domain.train.x, images)


def test_other_files_than_the_published_ones_are_refused_as_svhn(data):
    tiny_files.write_svhn(data, np.zeros((1, 3, 32, 32), np.uint8), [1])
    with pytest.raises(DataError, match=r"'svhn'.*train_32x32\.mat"):
        load_svhn()


@pytest.mark.parametrize("load", [load_mnist, load_mnist_box, load_usps, load_svhn])
def test_missing_files_are_named(data, load):
    with pytest.raises(DataError, match=r"(MNIST/raw/t10k-labels-idx1-ubyte|usps\.t\.bz2|test_32x32\.mat).*https?://"):
        load()
