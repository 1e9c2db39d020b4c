"""USPS: read from files in its publisher's format, and enlarged."""

import numpy as np
import pytest

from dabench.domains.images.usps import load_usps
from dabench.errors import DataError
from tests.support import tiny_files


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


def test_missing_files_are_named(data):
    with pytest.raises(DataError, match=r"usps\.t\.bz2.*https?://"):
        load_usps()
