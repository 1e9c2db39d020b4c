"""GTSRB, read from folders and a list as its publisher gives them."""

import numpy as np
import pytest
from PIL import Image

from dabench.domains.images.gtsrb import CLASSES, load_gtsrb
from dabench.errors import DataError
from tests.support import tiny_files


def test_whole_frames_of_any_size_are_scaled(data):
    half = np.zeros((64, 48, 3), np.uint8)
    half[:, 24:] = (255, 100, 0)
    exact = np.random.default_rng(0).integers(256, size=(32, 32, 3), dtype=np.uint8)
    # torchvision numbers the folders that are there, and expects all 43 of them.
    train = [(label, exact) for label in range(43)]
    tiny_files.write_gtsrb(data, train, [(42, half), (3, exact)])
    domain = load_gtsrb()
    assert len(domain.classes) == 43
    assert domain.train.y.tolist() == list(range(43))
    assert domain.test.y.tolist() == [42, 3]
    assert np.array_equal(domain.test.x[1], exact.transpose(2, 0, 1))  # of the right size already: left as it is
    assert domain.test.x.shape == (2, 3, 32, 32)
    assert domain.train.groups.tolist() == [100_000 * number + number for number in range(43)]
    assert domain.test.groups is None
    assert domain.test.x[0, :, 16, 0].tolist() == [0, 0, 0]
    assert domain.test.x[0, :, 16, 31].tolist() == [255, 100, 0]


def test_frames_of_a_track_are_a_group(data):
    image = np.zeros((32, 32, 3), np.uint8)
    tiny_files.write_gtsrb(data, [(label, image) for label in range(43)], [(0, image)])
    folder = data / "gtsrb/GTSRB/Training/00042"
    for name in ("00007_00000", "00007_00001", "00042_00029"):
        Image.fromarray(image).save(folder / f"{name}.ppm")
    groups = load_gtsrb().train.groups
    assert groups[-4:].tolist() == [4_200_007, 4_200_007, 4_200_042, 4_200_042]
    assert len(set(groups.tolist())) == 44


def test_a_name_without_its_track_is_refused(data):
    image = np.zeros((32, 32, 3), np.uint8)
    tiny_files.write_gtsrb(data, [(label, image) for label in range(43)], [(0, image)])
    Image.fromarray(image).save(data / "gtsrb/GTSRB/Training/00003/frame.ppm")
    with pytest.raises(DataError, match=r"00003/frame\.ppm is not named TRACK_FRAME\.ppm"):
        load_gtsrb()


def test_folders_are_classes(data):
    image = np.zeros((32, 32, 3), np.uint8)
    tiny_files.write_gtsrb(data, [(label, image) for label in range(43)], [(0, image)])
    (data / "gtsrb/GTSRB/Training/00003").rename(data / "gtsrb/GTSRB/Training/00050")
    with pytest.raises(DataError, match="are not named 00000 to 00042"):
        load_gtsrb()


def test_a_missing_class_is_refused(data):
    image = np.zeros((32, 32, 3), np.uint8)
    tiny_files.write_gtsrb(data, [(0, image), (2, image)], [(2, image)])
    with pytest.raises(DataError, match="43 folders, and found 2"):
        load_gtsrb()


def test_missing_files_are_named(data):
    with pytest.raises(DataError, match=r"'gtsrb'.*gtsrb/GT-final_test\.csv.*gtsrb_dataset"):
        load_gtsrb()


def test_class_names_are_unique():
    assert len(set(CLASSES)) == 43
