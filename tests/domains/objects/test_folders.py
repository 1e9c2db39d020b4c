"""Published pictures in folders by class, and what is wrong with copies of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dabench.data.acquire.doctor import examine
from dabench.data.acquire.inventory import CORRUPT, look
from dabench.data.arrays import DomainArrays
from dabench.data.prepared import prepare
from dabench.domains.objects.specs import SPECS
from dabench.errors import DataError
from dabench.specs.spec import DomainSpec
from tests.support.object_folders import PACS, small_picture, write_list, write_pacs

BY_NAME = {spec.name: spec for spec in SPECS}
PHOTO, SKETCH = BY_NAME["pacs/photo"], BY_NAME["pacs/sketch"]


def load(spec: DomainSpec) -> DomainArrays:
    arrays: DomainArrays = spec.load()(workers=1)
    return arrays


@pytest.mark.slow
def test_a_fifth_of_every_class_is_drawn_for_test_where_there_are_no_lists(data: Path) -> None:
    write_pacs(data / "PACS")
    arrays = load(PHOTO)
    assert arrays.classes == PACS
    assert arrays.train.x.shape == (28, 3, 256, 256)
    assert np.bincount(arrays.train.y).tolist() == [4] * 7
    assert arrays.test.y.tolist() == list(range(7))
    assert arrays.left_out == ()
    assert arrays.notes == ("no lists of its publisher are there: 20% of every class are drawn for test",)
    assert np.array_equal(load(PHOTO).test.x, arrays.test.x)


@pytest.mark.slow
@pytest.mark.parametrize("top", ["PACS/kfold", "pacs160", "PACS_dataset/Raw images/kfold"])
def test_the_top_folder_may_have_other_names_and_be_nested(top: str, data: Path) -> None:
    write_pacs(data / top)
    assert len(load(PHOTO).train.y) == 28


@pytest.mark.slow
def test_publishers_lists_decide_the_split(data: Path) -> None:
    write_pacs(data / "PACS", lists=True)
    arrays = load(SKETCH)
    assert arrays.train.y.tolist() == [label for label in range(7) for _ in range(4)]
    assert arrays.test.y.tolist() == list(range(7))
    assert arrays.notes == ()
    Image.new("RGB", (4, 4), (9, 8, 7)).save(data / "PACS/sketch/dog/pic_005.png")
    assert load(SKETCH).test.x[0, :, 100, 100].tolist() == [9, 8, 7]


@pytest.mark.slow
def test_lists_that_appear_later_make_another_copy(data: Path) -> None:
    write_pacs(data / "PACS", count=2)
    first = prepare(PHOTO)
    write_pacs(data / "PACS", count=2, lists=True)
    assert prepare(PHOTO).folder != first.folder


def test_pictures_are_stretched(data: Path) -> None:
    write_pacs(data / "PACS")
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, 40:] = 200
    Image.fromarray(wide).save(data / "PACS/sketch/dog/pic_001.png")
    both = load(SKETCH)
    rows = np.concatenate([both.train.x[both.train.y == 0], both.test.x[both.test.y == 0]])
    assert any(np.all(row[:, :, :120] == 0) and np.all(row[:, :, 136:] == 200) for row in rows)


def test_a_missing_class_is_named(data: Path) -> None:
    write_pacs(data / "PACS")
    shutil.rmtree(data / "PACS/photo/horse")
    with pytest.raises(DataError, match=r"no pictures of 1 of its 7 classes: horse\..*part of the archive missing"):
        load(PHOTO)


def test_another_data_set_is_named(data: Path) -> None:
    for name in ("cat", "cow"):
        small_picture(data / "PACS/photo/" / name / "1.jpg")
    with pytest.raises(DataError, match=r"7 of its 7 classes: dog; .*It has cat; cow, which are no classes of it"):
        load(PHOTO)


@pytest.mark.slow
def test_extra_classes_and_what_archivers_add_are_left_out(data: Path) -> None:
    write_pacs(data / "PACS")
    write_pacs(data / "PACS/__MACOSX")
    small_picture(data / "PACS/photo/cat/1.jpg")
    (data / "PACS/photo/dog/.DS_Store").touch()
    arrays = load(PHOTO)
    assert len(arrays.train.y) == 28
    assert "folders that are no class of it, left out: cat (1 files)" in arrays.notes


def test_two_copies_are_refused(data: Path) -> None:
    write_pacs(data / "PACS", count=1)
    write_pacs(data / "pacs_old", count=1)
    with pytest.raises(DataError, match=r"is there 2 times: .*PACS/photo and .*pacs_old/photo\. Keep one"):
        load(PHOTO)


def test_lists_that_name_absent_pictures_are_refused(data: Path) -> None:
    write_pacs(data / "PACS", lists=True)
    (data / "PACS/photo/dog/pic_002.jpg").unlink()
    with pytest.raises(DataError, match=r"photo_train_kfold\.txt.*: 1 pictures are named that are not there"):
        load(PHOTO)


def test_half_of_the_lists_is_refused(data: Path) -> None:
    write_pacs(data / "PACS", lists=True)
    (data / "PACS/photo_crossval_kfold.txt").unlink()
    with pytest.raises(DataError, match=r"photo_crossval_kfold\.txt are missing, and others of it are there"):
        load(PHOTO)


def test_damaged_and_senseless_pictures_are_left_out_and_named(data: Path) -> None:
    write_pacs(data / "PACS")
    (data / "PACS/photo/dog/pic_001.jpg").write_bytes(b"no picture")
    small_picture(data / "PACS/photo/dog/pic_002.jpg", side=1)
    arrays = load(PHOTO)
    assert len(arrays.train.y) + len(arrays.test.y) == 33
    assert [text.partition(":")[0] for text in arrays.left_out] == ["dog/pic_001.jpg", "dog/pic_002.jpg"]


@pytest.mark.slow
def test_the_doctor_names_what_was_left_out(data: Path) -> None:
    write_pacs(data / "PACS")
    assert "Left out" not in examine(PHOTO).note
    small_picture(data / "PACS/photo/dog/pic_002.jpg", side=1)
    small_picture(data / "PACS/photo/owl/pic_001.jpg")
    status = examine(PHOTO)
    assert status.note == look(PHOTO).note
    assert status.note.endswith(
        "Left out: dog/pic_002.jpg: 1x1 pixels, in which nothing can be seen. "
        "Folders that are no class of it, left out: owl (1 files). "
        "No lists of its publisher are there: 20% of every class are drawn for test."
    )


def test_the_doctor_says_once_where_to_get_a_damaged_set(data: Path) -> None:
    write_pacs(data / "PACS")
    shutil.rmtree(data / "PACS/photo/dog")
    status = examine(PHOTO)
    assert (status.state, status.next) == (CORRUPT, "")
    assert status.note.count(PHOTO.homepage) == 1


def test_missing_files_are_named_in_words(data: Path) -> None:
    with pytest.raises(DataError, match=r"needs PACS/photo/CLASS/PICTURE below .*iccv2017.*dabench data import"):
        load(PHOTO)


def test_the_lists_as_they_are_distributed_name_one_picture_twice_and_give_one_another_class(data: Path) -> None:
    write_pacs(data / "PACS", lists=True)
    twice = [("art_painting/dog/pic_005.jpg", 0), ("art_painting/dog/pic_005.jpg", 1)]
    others = [(f"art_painting/{name}/pic_005.jpg", label) for label, name in enumerate(PACS, 1) if name != "dog"]
    write_list(data / "PACS/art_painting_crossval_kfold.txt", [*twice, *others])
    notes = load(BY_NAME["pacs/art_painting"]).notes
    twice_named, torn = notes
    assert twice_named == "1 pictures are named twice in the publisher's lists, and count once: dog/pic_005"
    assert torn.endswith("than by their folder, which decides: dog/pic_005 (said to be number -1)")
