"""Each set in its publisher's exact layout, read where it lies and taken over by `dabench data import`."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dabench.data.acquire.adopt import Adopted, adopt
from dabench.domains.objects import domainnet_spec, office31_spec, office_home_spec, visda2017_spec
from dabench.domains.objects.specs import SPECS
from dabench.errors import DataError
from tests.support.object_folders import (
    PACS,
    small_picture,
    write_domainnet,
    write_list,
    write_office31,
    write_office_home,
    write_pacs,
    write_visda,
)

BY_NAME = {spec.name: spec for spec in SPECS}
DOWNLOADS = [download for spec in SPECS for download in spec.downloads]


def read(name: str, *, size: int = 8) -> tuple[list[int], list[int], tuple[str, ...]]:
    """The labels of train and test, and the notes."""
    arrays = BY_NAME[name].load()(workers=1, size=size)
    assert arrays.left_out == ()
    return arrays.train.y.tolist(), arrays.test.y.tolist(), arrays.notes


@pytest.fixture
def have(tmp_path: Path) -> Path:
    """The folder of somebody who has files."""
    path = tmp_path / "have"
    path.mkdir()
    return path


def taken(done: Adopted) -> list[str]:
    return sorted(data_file.path for data_file, _, _ in done.taken)


@pytest.mark.slow
@pytest.mark.parametrize("top", ["office31", "Office-31/domain_adaptation_images"])
def test_office31(top: str, data: Path) -> None:
    write_office31(data / top, office31_spec.CLASSES)
    for domain in ("amazon", "dslr", "webcam"):
        assert read(f"office31/{domain}") == ([*range(31)], [*range(31)], ())


@pytest.mark.slow
@pytest.mark.parametrize("top", ["OfficeHome", "OfficeHomeDataset_10072016", "office-home/OfficeHomeDataset_10072016"])
def test_office_home(top: str, data: Path) -> None:
    write_office_home(data / top, office_home_spec.CLASSES)
    assert read("office_home/real_world") == ([*range(65)], [*range(65)], ())
    for path in (data / top / "Clipart").iterdir():
        path.rename(path.with_name(path.name.replace("_", " ")))  # as some copies have it
    assert read("office_home/clipart") == ([*range(65)], [*range(65)], ())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Real_World", "RealWorld"])
def test_office_home_as_copies_write_it(name: str, have: Path, data: Path) -> None:
    write_office_home(have / "office-home", office_home_spec.CLASSES)
    (have / "office-home/Real World").rename(have / "office-home" / name)
    shutil.copytree(have / "office-home", data / "office_home")
    assert read("office_home/real_world") == ([*range(65)], [*range(65)], ())
    shutil.rmtree(data / "office_home")
    done = adopt(have, DOWNLOADS)
    assert taken(done) == [f"OfficeHome/{name}" for name in ("Art", "Clipart", "Product", "Real World")]
    assert read("office_home/real_world") == ([*range(65)], [*range(65)], ())


def test_visda(data: Path) -> None:
    write_visda(data / "visda-2017", visda2017_spec.CLASSES)
    for domain in ("train", "validation", "test"):
        assert read(f"visda2017/{domain}") == ([*range(12)], [*range(12)], ())
    write_list(data / "visda-2017/test/image_list.txt", {"trunk00/000000.jpg": 12})
    with pytest.raises(DataError, match="trunk00/000000 has a label outside the 12 classes"):
        read("visda2017/test")


@pytest.mark.slow
def test_domainnet(data: Path) -> None:
    write_domainnet(data / "DomainNet", domainnet_spec.CLASSES)
    train, test, notes = read("domainnet/clipart", size=2)
    assert np.bincount(train).tolist() == [2] * 345
    assert test == [*range(345)]
    assert notes == ()


@pytest.mark.slow
def test_the_lists_of_domainnets_paintings_lack_a_class_on_either_side(data: Path) -> None:
    write_domainnet(data / "DomainNet", domainnet_spec.CLASSES, ["painting"])
    for split, name in (("train", "t-shirt"), ("test", "syringe")):
        path = data / f"DomainNet/painting_{split}.txt"
        path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if f"/{name}/" not in line))
    *_, notes = read("domainnet/painting", size=2)
    assert notes[0].startswith("3 pictures are in none of the publisher's lists, and left out: syringe/painting_301_")
    assert notes[1:] == (
        "the publisher's list of train has no pictures of 1 classes: t-shirt",
        "the publisher's list of test has no pictures of 1 classes: syringe",
    )


@pytest.mark.slow
def test_archives_are_taken_over_wherever_their_folders_lie(have: Path, data: Path) -> None:
    write_office31(have / "new/domain_adaptation_images", office31_spec.CLASSES, 1)
    with tarfile.open(have / "domain_adaptation_images.tar.gz", "w:gz") as archive:
        archive.add(have / "new", ".")
    shutil.rmtree(have / "new")
    write_office_home(have / "new/OfficeHomeDataset_10072016", office_home_spec.CLASSES, 1)
    with zipfile.ZipFile(have / "renamed.zip", "w") as zipped:
        for path in sorted((have / "new").rglob("*")):
            zipped.write(path, path.relative_to(have / "new"))
        zipped.writestr("__MACOSX/OfficeHomeDataset_10072016/Art/Bed/._00001.jpg", b"")
    shutil.rmtree(have / "new")
    done = adopt(have, DOWNLOADS)
    folders = [*(f"OfficeHome/{name}" for name in ("Art", "Clipart", "Product", "Real World"))]
    assert taken(done) == [*folders, *(f"office31/{name}/images" for name in ("amazon", "dslr", "webcam"))]
    assert not done.refused
    assert len(list((data / "OfficeHome/Art").glob("*/*"))) == 65
    assert len(list((data / "office31/dslr/images").glob("*/*"))) == 31


@pytest.mark.slow
def test_unpacked_folders_are_taken_over_with_their_lists(have: Path, data: Path) -> None:
    write_pacs(have / "Raw images/kfold", count=2)
    write_pacs(have / "Train val splits and h5py files pre-read", lists=True, count=2)
    shutil.rmtree(have / "Train val splits and h5py files pre-read/photo")
    for name in ("art_painting", "cartoon", "sketch"):
        shutil.rmtree(have / "Train val splits and h5py files pre-read" / name)
    done = adopt(have, DOWNLOADS)
    assert len(taken(done)) == 4 + 12
    assert not done.unknown
    assert read("pacs/photo") == ([*range(7)], [*range(7)], ())


@pytest.mark.slow
def test_a_sketch_of_a_dog_belongs_to_the_set_whose_other_classes_lie_beside_it(have: Path, data: Path) -> None:
    write_domainnet(have / "one", domainnet_spec.CLASSES, ["sketch"])
    for path in have.rglob("*.txt"):
        path.unlink()
    with zipfile.ZipFile(have / "sketch.zip", "w") as zipped:
        for path in sorted((have / "one").rglob("*.jpg")):
            zipped.write(path, path.relative_to(have / "one"))
    shutil.rmtree(have / "one")
    write_pacs(have / "two", count=1)
    done = adopt(have, DOWNLOADS)
    assert taken(done) == [
        "DomainNet/sketch",
        *(f"PACS/{name}" for name in ("art_painting", "cartoon", "photo", "sketch")),
    ]
    assert not done.refused
    assert len(list((data / "PACS/sketch").glob("*/*"))) == 7


@pytest.mark.slow
def test_half_an_archive_is_refused(have: Path, data: Path) -> None:
    write_office31(have / "new", office31_spec.CLASSES, 1)
    with tarfile.open(have / "domain_adaptation_images.tar.gz", "w:gz") as archive:
        archive.add(have / "new", ".")
    shutil.rmtree(have / "new")
    whole = (have / "domain_adaptation_images.tar.gz").read_bytes()
    (have / "domain_adaptation_images.tar.gz").write_bytes(whole[: len(whole) // 2])
    done = adopt(have, DOWNLOADS)
    ((path, why),) = done.refused
    assert path.name == "domain_adaptation_images.tar.gz"
    assert "cut off or damaged" in why
    assert not done.taken
    assert not (data / "office31").exists()


def test_a_folder_that_lacks_a_class_is_refused(have: Path, data: Path) -> None:
    write_pacs(have / "kfold", count=1)
    shutil.rmtree(have / "kfold/photo/horse")
    done = adopt(have, DOWNLOADS)
    assert taken(done) == [f"PACS/{name}" for name in ("art_painting", "cartoon", "sketch")]
    ((path, why),) = done.refused
    assert path.name == "photo"
    assert why.startswith("looks like PACS/photo, and has no pictures of 1 of its 7 classes: horse. Is a part")


def test_extra_classes_stay_where_they_are(have: Path, data: Path) -> None:
    write_pacs(have / "kfold", count=1)
    small_picture(have / "kfold/photo/cat/1.jpg")
    done = adopt(have, DOWNLOADS)
    assert len(taken(done)) == 4
    assert [path.parent.name for path in done.unknown] == ["cat"]
    assert sorted(path.name for path in (data / "PACS/photo").iterdir()) == sorted(PACS)


def test_a_folder_of_another_set_is_unknown(have: Path, data: Path) -> None:
    for name in ("cat", "cow"):
        small_picture(have / "train" / name / "1.jpg")
    done = adopt(have, DOWNLOADS)
    assert not done.taken
    assert not done.refused
    assert len(done.unknown) == 2
