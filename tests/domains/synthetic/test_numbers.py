"""Synthetic numbers: that the centre digit is the label, in fonts that draw digits."""

from itertools import combinations

import numpy as np
import pytest

from dabench.domains.synthetic.chunk import generator
from dabench.domains.synthetic.draw_numbers import FONTS, HEIGHT, draw_number, load_font, neighbours, write


def ink(label, before="", after="", font="DejaVuSans", **settings):
    return np.asarray(write(label, before, after, load_font(font), **({"gap": 8, "weight": 0} | settings)), int)


@pytest.mark.parametrize("name", FONTS)
def test_a_font_draws_ten_distinct_digits_of_one_height(name):
    pictures = [ink(label, font=name) / 255 for label in range(10)]
    for picture in pictures:
        rows = np.flatnonzero(picture.any(axis=1))
        assert 0.9 * HEIGHT <= np.ptp(rows) + 1 <= 1.15 * HEIGHT
        assert abs(rows.mean() - picture.shape[0] / 2) < 4
    for one, other in combinations(pictures, 2):
        assert np.abs(one - other).sum() > 0.1 * min(one.sum(), other.sum())


def test_no_font_has_two_names():
    assert len({load_font(name).getname() for name in FONTS}) == len(FONTS) == 20


@pytest.mark.parametrize(("before", "after"), [("7", ""), ("", "1"), ("7", "1")])
def test_the_label_stands_in_the_middle_and_its_neighbours_beside_it(before, after):
    alone, written = ink(5), ink(5, before, after)
    columns = np.flatnonzero(alone.any(axis=0))
    left, right = columns.min(), columns.max() + 1
    assert abs((left + right) / 2 - alone.shape[1] / 2) <= 1
    assert np.array_equal(written[:, left:right], alone[:, left:right])
    assert written[:, :left].any() == bool(before)
    assert written[:, right:].any() == bool(after)


def test_strokes_are_thickened():
    assert ink(1, weight=3).sum() > 1.2 * ink(1).sum()


def test_numbers_have_one_two_or_three_digits():
    rng = np.random.default_rng(0)
    counts = np.bincount([1 + sum(map(len, neighbours(rng))) for _ in range(2000)], minlength=4) / 2000
    assert np.allclose(counts, [0, 0.25, 0.45, 0.30], atol=0.04)


@pytest.mark.slow
def test_a_digit_can_be_told_from_the_wall():
    """Brightness differs in the middle of an image, more than noise alone would make it."""
    spread = [
        np.ptp(draw_number(index % 10, generator(1, "train", index)).mean(axis=0)[6:26, 6:26]) for index in range(60)
    ]
    assert np.mean(np.array(spread) > 20) > 0.9


def test_the_label_decides_what_is_seen():
    """The same random numbers with another label: the same wall, another digit."""
    one, other = (draw_number(label, generator(1, "train", 3)).astype(int) for label in (1, 8))
    assert np.abs(one - other)[:, 8:24, 8:24].mean() > 4 * np.abs(one - other)[:, :, :2].mean()
