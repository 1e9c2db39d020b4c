"""The two views of the same digits: what belongs together, and what training and testing must not share."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from sklearn import datasets

from dabench.data.arrays import DomainArrays
from dabench.data.prepared import content_sha256
from dabench.domains.embedded import handwritten
from dabench.domains.embedded.handwritten_paired import load_digits_m_paired, load_digits_paired
from dabench.domains.embedded.specs import SPECS

pytestmark = pytest.mark.slow  # the two views are made of all pictures

KNOWN = {spec.name: spec for spec in SPECS}


@pytest.fixture(scope="module")
def views() -> dict[str, DomainArrays]:
    return {"digits_paired": load_digits_paired(), "digits_m_paired": load_digits_m_paired()}


def test_the_content_is_the_known_one(views: dict[str, DomainArrays]) -> None:
    for name, arrays in views.items():
        ((sha256, _),) = KNOWN[name].known
        assert content_sha256(arrays) == sha256
        for split, counts in zip((arrays.train, arrays.test), KNOWN[name].counts, strict=True):
            assert tuple(np.bincount(split.y).tolist()) == counts


@pytest.mark.parametrize("split", ["train", "test"])
def test_row_i_shows_the_same_digit_in_both(views: dict[str, DomainArrays], split: str) -> None:
    plain, blended = (getattr(views[name], split) for name in ("digits_paired", "digits_m_paired"))
    assert np.array_equal(plain.y, blended.y)
    assert np.array_equal(plain.groups, blended.groups)
    # Inverting again where the digit is gives back a photograph, which knows nothing of the digit's outline.
    mask = plain.x[:, 0] > handwritten.INK
    edges = mask[:, :, 1:] != mask[:, :, :-1]

    def steps(images: np.ndarray) -> float:
        grey = images.astype(float).mean(axis=1)
        return float(np.abs(np.diff(grey, axis=2))[edges].mean())

    assert steps(handwritten.blend(mask, blended.x)) < 0.3 * steps(blended.x)
    # That of another digit does not.
    assert steps(handwritten.blend(np.roll(mask, 9, axis=0), blended.x)) > 0.5 * steps(blended.x)


def test_training_and_testing_share_no_digit(views: dict[str, DomainArrays]) -> None:
    parts = handwritten.split_indices()
    of_test = set(np.concatenate([parts["digits/test"], parts["digits_m/test"]]).tolist())
    labels = datasets.load_digits().target
    for arrays in views.values():
        train, test = set(arrays.train.groups.tolist()), set(arrays.test.groups.tolist())  # type: ignore[union-attr]
        assert test == of_test
        assert not train & test
        assert len(train | test) == len(labels)
        assert np.array_equal(labels[arrays.train.groups], arrays.train.y)


def test_no_image_is_in_both_splits(views: dict[str, DomainArrays]) -> None:
    for arrays in views.values():
        hashes = [
            {hashlib.sha256(image.tobytes()).digest() for image in split.x} for split in (arrays.train, arrays.test)
        ]
        assert not hashes[0] & hashes[1]
