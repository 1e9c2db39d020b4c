"""SVHN: read from files in its publisher's format."""

from hashlib import md5

import numpy as np
import pytest

from dabench.domains.images.svhn import load_svhn
from dabench.errors import DataError
from tests.support import tiny_files


def test_svhn_counts_ten_as_zero(data, monkeypatch):
    images = np.random.default_rng(0).integers(256, size=(3, 3, 32, 32), dtype=np.uint8)
    tiny_files.write_svhn(data, images, [0, 1, 9])
    sums = {name: md5((data / f"SVHN/{name}_32x32.mat").read_bytes()).hexdigest() for name in ("train", "test")}
    monkeypatch.setattr(
        "torchvision.datasets.SVHN.split_list",
        {name: ["", f"{name}_32x32.mat", sums[name]] for name in ("train", "test")},
    )
    domain = load_svhn()
    assert domain.train.y.tolist() == [0, 1, 9]
    assert np.array_equal(domain.train.x, images)


def test_other_files_than_the_published_ones_are_refused_as_svhn(data):
    tiny_files.write_svhn(data, np.zeros((1, 3, 32, 32), np.uint8), [1])
    with pytest.raises(DataError, match=r"'svhn'.*train_32x32\.mat"):
        load_svhn()


def test_missing_files_are_named(data):
    with pytest.raises(DataError, match=r"test_32x32\.mat.*https?://"):
        load_svhn()
