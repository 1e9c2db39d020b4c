"""MNIST: read from files in its publisher's format, and framed as promised."""

import numpy as np
import pytest

from dabench.domains.images.mnist import load_mnist, load_mnist_box
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


@pytest.mark.parametrize("load", [load_mnist, load_mnist_box])
def test_missing_files_are_named(data, load):
    with pytest.raises(DataError, match=r"MNIST/raw/t10k-labels-idx1-ubyte.*https?://"):
        load()
