"""Sheets of samples."""

import numpy as np
import pytest
from PIL import Image

from dabench.cli.data.samples import sheet
from dabench.data.arrays import DomainArrays, Split
from dabench.errors import DataError


def constant(values, per_class=2):
    """A domain of 4x4 images, each class of one grey."""
    y = np.repeat(np.arange(len(values)), per_class)
    x = np.array(values, np.uint8)[y][:, None, None, None].repeat(4, 2).repeat(4, 3)
    return DomainArrays(Split(x, y), Split(x, y), tuple(str(value) for value in values))


def test_a_row_for_each_class_train_beside_test():
    picture = sheet("greys", constant([10, 20, 30]), per_class=2)[14:]  # below the title
    for row, grey in enumerate((10, 20, 30)):
        line = picture[2 + row * 6]  # below the margin
        assert (line[:, 0] == grey).sum() == 4 * 4  # two images of 4 pixels in train, two in test


def test_many_classes_stand_in_blocks_and_small_classes_leave_gaps():
    picture = sheet("greys", constant(range(40), per_class=1), per_class=3)[14:]
    assert {*np.unique(picture)} == {*range(40), 255}


def test_vectors_have_no_sheet():
    split = Split(np.zeros((2, 5), np.float32), np.array([0, 1]))
    with pytest.raises(DataError, match="'vectors' does not hold images"):
        sheet("vectors", DomainArrays(split, split, ("a", "b")), 1)


def test_the_command_writes_a_file(dabench_here, registry, tmp_path):
    done = dabench_here(
        "data", "sheet", "toy_a", "toy_b", "-o", str(tmp_path / "out" / "sheet.png"), "--per-class", "2"
    )
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "out" / "sheet.png") as image:
        assert image.width > 2 * image.height / 3


def test_an_unknown_domain_is_an_error(dabench_here, tmp_path):
    done = dabench_here("data", "sheet", "glyhps", "-o", str(tmp_path / "sheet.png"))
    assert done.returncode == 2
    assert "Did you mean 'glyphs'" in done.stderr
    assert not (tmp_path / "sheet.png").exists()
