"""The handwritten domains: what is in them, and what their splits must not share."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from dabench.domains.embedded import handwritten

SCRIPT = """
import hashlib
from dabench.domains.embedded import handwritten as h
arrays = [a for d in [h.load_digits(), h.load_digits_m()] for s in (d.train, d.test) for a in (s.x, s.y)]
print(hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest())
"""


@pytest.fixture(scope="module")
def domains():
    return {"digits": handwritten.load_digits(), "digits_m": handwritten.load_digits_m()}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "train", "test"), [("digits", 16, 1), ("digits_m", 20, 4)])
def test_counts_shapes_and_types(domains, name, train, test):
    domain, parts = domains[name], handwritten.split_indices()
    assert domain.classes == tuple("0123456789")
    assert len(domain.train.y) == train * len(parts[f"{name}/train"])
    assert np.bincount(domain.test.y).tolist() == [30 * test] * 10
    assert np.bincount(domain.train.y).min() >= 57 * train
    for split in (domain.train, domain.test):
        assert split.x.shape == (len(split.y), 3, 16, 16)
        assert (split.x.dtype, split.y.dtype) == (np.uint8, np.int64)


def test_the_parts_share_no_digit_and_miss_none():
    parts = handwritten.split_indices()
    assert set(parts) == set(handwritten.PARTS)
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(1797))


def test_the_parts_mix_the_writers():
    """Neighbours in scikit-learn's order share a writer: a part must not be a block of them."""
    for indices in handwritten.split_indices().values():
        assert set(indices * 10 // 1797) == set(range(10))


def test_train_and_test_patches_come_from_separate_regions():
    seen = {name: np.zeros((427, 640), int) for name in ("china.jpg", "flower.jpg")}
    for value, split in enumerate(("train", "test"), start=1):
        for photo, row, column in handwritten.photo_tiles()[split]:
            region = seen[photo][row : row + handwritten.TILE, column : column + handwritten.TILE]
            assert region.shape == (handwritten.TILE, handwritten.TILE)  # within the photograph
            assert not region.any()
            region[:] = value
    assert all(set(np.unique(regions)) >= {1, 2} for regions in seen.values())  # both photographs serve both splits


def test_a_patch_stays_within_its_tile():
    """Tiles of one colour each: a patch that left its tile would show two colours."""
    photo = (
        np.arange(4, dtype=np.uint8).repeat(handwritten.TILE)[None, :, None].repeat(handwritten.TILE, 0).repeat(3, 2)
    )
    tiles = [("p", 0, i * handwritten.TILE) for i in range(4)]
    patches = handwritten.draw_patches({"p": photo}, tiles, 200, np.random.Generator(np.random.PCG64(0)))
    colours = [np.unique(patch) for patch in patches]
    assert all(len(colour) == 1 for colour in colours)
    assert set(np.concatenate(colours)) == {0, 1, 2, 3}


def test_a_mask_inverts_its_patch():
    mask = np.zeros((1, 16, 16), bool)
    mask[0, 2, 3] = True
    patch = np.empty((1, 3, 16, 16), np.uint8)
    patch[:] = np.array([10, 100, 255]).reshape(3, 1, 1)
    blended = handwritten.blend(mask, patch)
    assert blended[0, :, 2, 3].tolist() == [245, 155, 0]
    assert blended[0, :, 5, 5].tolist() == [10, 100, 255]
    assert np.array_equal(blended, np.abs(255 * mask[:, None].astype(int) - patch))


def test_plain_digits_are_enlarged_in_place():
    one = np.zeros((1, 8, 8))
    one[0, :, 3:5] = 16
    image = handwritten.enlarge(one)[0]
    assert image[8, 8] == image[8, 7] == 255
    assert max(image[0].max(), image[-1].max()) < 100  # a margin, but for the tail of the filter
    assert np.abs(image.astype(int) - image[:, ::-1]).max() <= 1  # centred


@pytest.mark.slow
def test_digits_are_grey_and_training_copies_differ(domains):
    x = domains["digits"].train.x
    assert (x == x[:, :1]).all()
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x)


@pytest.mark.slow
def test_the_same_bytes_in_another_process(domains):
    arrays = [a for d in domains.values() for s in (d.train, d.test) for a in (s.x, s.y)]
    here = hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()
    env = {**os.environ, "PYTHONHASHSEED": "12345"}
    there = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True).stdout
    assert there.strip() == here
