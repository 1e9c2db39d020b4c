"""Synthetic traffic signs: that each pictogram is that of its class, and that it lies in its frame as in GTSRB."""

from itertools import combinations

import numpy as np
import pytest

from dabench.domains.images.gtsrb import CLASSES
from dabench.domains.synthetic.backgrounds import background, clouds
from dabench.domains.synthetic.chunk import generator
from dabench.domains.synthetic.draw_signs import draw_sign, in_space, placed
from dabench.domains.synthetic.pictograms import plates
from dabench.domains.synthetic.pictograms.catalogue import FASHIONS, PICTOGRAMS

MIRRORED = (
    ("bend to the left", "bend to the right"),
    ("turn right ahead", "turn left ahead"),
    ("ahead or right", "ahead or left"),
    ("keep right", "keep left"),
)
OTHERS = {"priority road": plates.priority, "yield": plates.yield_triangle, "stop": plates.octagon}
BLUE = ("turn", "ahead", "keep", "roundabout")
RING = ("speed limit", "no ")


@pytest.fixture(scope="module")
def drawn():
    """Every pictogram, (fashions, 43, 128, 128, 4)."""
    return np.array([[np.asarray(sign.draw(fashion), np.int16) for sign in PICTOGRAMS] for fashion in range(FASHIONS)])


def test_every_class_has_the_plate_that_its_name_asks_for():
    assert len(PICTOGRAMS) == len(CLASSES) == 43
    for name, sign in zip(CLASSES, PICTOGRAMS, strict=True):
        if name in OTHERS:
            expected = OTHERS[name]
        elif name.startswith("end of"):
            expected = plates.end
        elif name.startswith(BLUE):
            expected = plates.blue
        elif name.startswith(RING):
            expected = plates.ring
        else:
            expected = plates.triangle
        assert sign.plate is expected, name


@pytest.mark.slow
def test_pictograms_show_the_colours_of_their_plates(drawn):
    """Shares of the opaque pixels: red, blue, yellow."""
    for fashion in drawn:
        for name, sign, image in zip(CLASSES, PICTOGRAMS, fashion, strict=True):
            red, green, blue = image[image[:, :, 3] > 200][:, :3].T
            shares = {
                "red": ((red > 150) & (green < 80)).mean(),
                "blue": ((blue > 130) & (red < 60)).mean(),
                "yellow": ((red > 200) & (green > 130) & (blue < 60)).mean(),
            }
            expected = {plates.end: set(), plates.blue: {"blue"}, plates.priority: {"yellow"}}
            assert {colour for colour, share in shares.items() if share > 0.2} == expected.get(sign.plate, {"red"}), (
                name
            )


@pytest.mark.slow
def test_no_two_pictograms_are_alike(drawn):
    for fashion in drawn[:, :, ::2, ::2, :3]:
        for one, other in combinations(range(43), 2):
            different = (np.abs(fashion[one] - fashion[other]) > 60).any(axis=2).mean()
            assert different > 0.012, (CLASSES[one], CLASSES[other])


@pytest.mark.parametrize(("one", "other"), MIRRORED)
def test_left_and_right_mirror_each_other(drawn, one, other):
    for fashion in drawn:
        assert np.array_equal(fashion[CLASSES.index(one)][:, ::-1], fashion[CLASSES.index(other)])


@pytest.mark.parametrize(
    ("name", "top", "bottom", "right"),
    [
        ("turn right ahead", 25, 55, True),
        ("turn left ahead", 25, 55, False),
        ("ahead or right", 50, 68, True),
        ("ahead or left", 50, 68, False),
        ("keep right", 60, 80, True),
        ("keep left", 60, 80, False),
        ("bend to the left", 48, 60, False),
        ("bend to the right", 48, 60, True),
        ("double bend", 40, 50, False),
        ("double bend", 70, 78, True),
        ("no lorries", 40, 50, True),  # it heads left: its load is on the right
        ("road works", 72, 78, True),  # the heap
    ],
)
def test_symbols_lie_on_their_side(drawn, name, top, bottom, right):
    """White on blue, black on white: where its weight lies within some rows, in hundredths from the top."""
    for fashion in drawn:
        rows = fashion[CLASSES.index(name)][round(top * 1.28) : round(bottom * 1.28), 26:-26]
        symbol = rows[:, :, 0] > 150 if PICTOGRAMS[CLASSES.index(name)].plate is plates.blue else rows[:, :, 0] < 60
        middle = np.nonzero(symbol)[1].mean() + 26 - 63.5
        assert abs(middle) > 2
        assert (middle > 0) == right


def test_the_outline_of_a_plate_is_where_it_is_painted(drawn):
    for fashion in drawn:
        for sign, image in zip(PICTOGRAMS, fashion, strict=True):
            rows, columns = np.nonzero(image[:, :, 3] > 128)
            xs, ys = zip(*sign.outline, strict=True)
            painted = np.array([columns.min(), columns.max() + 1, rows.min(), rows.max() + 1]) / 1.28
            # Rounded corners fall short of the tips.
            assert np.abs(painted - [min(xs), max(xs), min(ys), max(ys)]).max() < 6


@pytest.mark.slow
def test_a_sign_fills_its_share_of_the_frame_however_it_is_turned():
    for label in range(43):
        rng = np.random.default_rng(label)
        _, alpha = placed(label, 0, in_space(PICTOGRAMS[label].outline, 0.7, rng))
        rows, columns = np.nonzero(alpha > 0.5)
        for cells in (rows, columns):
            assert 0.56 < (np.ptp(cells) + 1) / 96 < 0.76, CLASSES[label]
            assert abs((cells.min() + cells.max()) / 2 - 48) < 10, CLASSES[label]


def test_the_middle_of_an_image_shows_the_sign_and_not_the_background():
    """No entry: a white bar in red, whatever lies behind."""
    label, seen = CLASSES.index("no entry"), []
    for index in range(12):
        image = draw_sign(label, "train", generator(1, "train", index)).astype(float)
        seen.append(image[0, 9:12, 12:20].mean() - image[2, 9:12, 12:20].mean())
    assert np.mean(np.array(seen) > 5) > 0.7


def test_photographs_of_test_images_come_from_another_part():
    """Left of column 510 for train, right of column 512 for test: no pixel serves both."""
    from dabench.domains.synthetic.backgrounds import COLUMNS

    assert COLUMNS["train"].stop <= COLUMNS["test"].start
    made = [background(split, 32, np.random.default_rng(seed)) for split in ("train", "test") for seed in range(9)]
    assert all(pixels.shape == (32, 32, 3) and pixels.dtype == np.float32 for pixels in made)
    differ = [not np.array_equal(made[seed], made[9 + seed]) for seed in range(9)]
    assert 0 < sum(differ) < 9  # photographs do, the rest is drawn from the numbers alone


def test_clouds_lie_around_a_half():
    noise = np.stack([clouds(32, np.random.default_rng(seed)) for seed in range(50)])
    assert abs(noise.mean() - 0.5) < 0.02
    assert noise.std() > 0.05
