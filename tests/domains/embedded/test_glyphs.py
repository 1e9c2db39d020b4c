"""The computer-font domain: what is in it, and that its fonts really draw digits."""

import hashlib
import os
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest

from dabench.domains.embedded import glyphs

SCRIPT = """
import hashlib
from dabench.domains.embedded import glyphs as g
arrays = [a for d in [g.load_glyphs()] for s in (d.train, d.test) for a in (s.x, s.y)]
print(hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest())
"""


@pytest.fixture(scope="module")
def domain():
    return glyphs.load_glyphs()


@pytest.mark.slow
def test_counts_shapes_and_types(domain):
    assert domain.classes == tuple("0123456789")
    for split, per_class in ((domain.train, 400), (domain.test, 100)):
        assert np.bincount(split.y).tolist() == [per_class] * 10
        assert split.x.shape == (10 * per_class, 3, 16, 16)
        assert (split.x.dtype, split.y.dtype) == (np.uint8, np.int64)


@pytest.mark.slow
def test_images_differ_and_are_coloured(domain):
    x = domain.train.x
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x)
    assert (x[:, 0] != x[:, 1]).any()


@pytest.mark.slow
def test_every_image_shows_something(domain):
    assert np.ptp(domain.train.x, axis=(2, 3)).max(axis=1).min() > 20


def test_train_and_test_use_other_fonts():
    assert not set(glyphs.FONTS["train"]) & set(glyphs.FONTS["test"])
    files = {glyphs.load_font(name).getname() for names in glyphs.FONTS.values() for name in names}
    assert len(files) == sum(map(len, glyphs.FONTS.values()))  # no font under two names


@pytest.mark.parametrize("name", [name for names in glyphs.FONTS.values() for name in names])
def test_a_font_draws_ten_distinct_digits(name):
    """Symbol fonts draw nothing, one box for all, or marks of other heights."""
    font = glyphs.load_font(name)
    pictures = [np.asarray(glyphs.draw_number(label, "", "", font), int) / 255 for label in range(10)]
    for picture in pictures:
        rows = np.flatnonzero(picture.any(axis=1))
        assert 0.9 * glyphs.HEIGHT <= np.ptp(rows) + 1 <= 1.15 * glyphs.HEIGHT
    for one, other in combinations(pictures, 2):
        assert np.abs(one - other).sum() > 0.1 * min(one.sum(), other.sum())


@pytest.mark.slow
def test_second_labels_are_those_of_the_font(domain):
    """Of each font an example is found by drawing the same again: the generator's own order of numbers."""
    families = [(font.split("-")[0], font.endswith(("Oblique", "Italic"))) for font in glyphs.FONTS["train"]]
    rng = np.random.Generator(np.random.PCG64([glyphs._SEED, 0]))
    fonts = [glyphs.load_font(name) for name in glyphs.FONTS["train"]]
    drawn = []
    for label in np.repeat(np.arange(10), 400)[:60]:
        drawn.append(int(rng.integers(len(fonts))))
        picture = glyphs._picture(int(label), fonts[drawn[-1]], rng)
        (row,) = np.flatnonzero((domain.train.x == picture).all(axis=(1, 2, 3)))
        family, slant = families[drawn[-1]]
        assert family in glyphs.FAMILIES[domain.aux["font"][row]]
        assert domain.aux["slant"][row] == slant
    assert len(set(drawn)) > 10
    assert {name: len(np.unique(labels)) for name, labels in domain.aux.items()} == {"font": 4, "slant": 2}


def test_the_label_stands_in_the_centre():
    font = glyphs.load_font("DejaVuSans")
    alone = np.asarray(glyphs.draw_number(5, "", "", font), int)
    between = np.asarray(glyphs.draw_number(5, "7", "1", font), int)
    middle = slice(alone.shape[1] // 2 - 10, alone.shape[1] // 2 + 10)
    assert np.abs(between[:, middle] - alone[:, middle]).mean() < 8  # up to a pixel of rounding
    assert between[:, :6].any()
    assert not alone[:, :6].any()


@pytest.mark.slow
def test_the_same_bytes_in_another_process(domain):
    arrays = [a for d in [domain] for s in (d.train, d.test) for a in (s.x, s.y)]
    here = hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()
    env = {**os.environ, "PYTHONHASHSEED": "12345"}
    there = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True).stdout
    assert there.strip() == here
