from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from dabench.config.suite_file import read_suite
from dabench.data.pictures.decode import Look, decode
from dabench.data.prepared import PreparedDomain, prepare
from dabench.domains.own import images as own_images
from dabench.domains.own.images import split_files
from dabench.domains.own.listing import list_files
from dabench.errors import DataError, UsageError
from dabench.planning.domains import known_domains
from dabench.plugin.registry import Registry, load_registry
from tests.support.own_files import picture, write_pictures, write_suite

LOOK = Look(8, "crop", 32)
EVEN = {"photos/cat": 4, "photos/dog": 4, "sketches/cat": 3, "sketches/dog": 3}


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Looked for once: that takes longer than most of these tests."""
    return load_registry()


def prepared(folder: Path, registry: Registry, options: str = "", name: str = "photos") -> PreparedDomain:
    suite = write_suite(folder / "own.yaml", f"{{images: pictures, size: 8{options}}}")
    return prepare(known_domains(read_suite(suite), registry)[name])


def test_a_tree_becomes_a_domain(tmp_path: Path, data: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    arrays = prepared(tmp_path, registry).open()
    assert arrays.classes == ("cat", "dog")
    assert arrays.train.x.shape == (6, 3, 8, 8)
    assert arrays.train.y.tolist() == [0, 0, 0, 1, 1, 1]
    assert arrays.test.y.tolist() == [0, 1]
    assert arrays.train.x[:3].mean() < 100 < 150 < arrays.train.x[3:].mean()


def test_a_second_opening_decodes_nothing(tmp_path: Path, data: Path, registry: Registry, monkeypatch) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    first = prepared(tmp_path, registry)
    with monkeypatch.context() as patch:
        patch.setattr(own_images, "decode_splits", None)
        assert prepared(tmp_path, registry) == first
    (tmp_path / "pictures/photos/cat/.DS_Store").touch()
    assert prepared(tmp_path, registry).folder == first.folder
    picture(7).save(tmp_path / "pictures/photos/cat/new.png")
    changed = prepared(tmp_path, registry)
    assert len(changed.open().train.y) + len(changed.open().test.y) == 9
    os.utime(tmp_path / "pictures/photos/cat/new.png", (1, 1))
    assert prepared(tmp_path, registry).folder != changed.folder
    assert not list((data / "ready").glob(".*"))


@pytest.mark.slow
@pytest.mark.parametrize("option", ["fit: stretch", "test_share: 0.5", "split_seed: 1"])
def test_an_option_is_another_copy(tmp_path: Path, data: Path, registry: Registry, option: str) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    assert prepared(tmp_path, registry).sha256 != prepared(tmp_path, registry, f", {option}").sha256


def test_folders_called_train_and_test_are_the_split(tmp_path: Path, data: Path, registry: Registry) -> None:
    given = {"photos/train/cat": 2, "photos/train/dog": 3, "photos/test/cat": 1, "photos/test/dog": 4}
    write_pictures(tmp_path / "pictures", given | {"sketches/cat": 2, "sketches/dog": 2})
    arrays = prepared(tmp_path, registry).open()
    assert arrays.train.y.tolist() == [0, 0, 1, 1, 1]
    assert arrays.test.y.tolist() == [0, 1, 1, 1, 1]
    (tmp_path / "pictures/photos/val").mkdir()
    with pytest.raises(DataError, match=r"train and test, and beside them val"):
        prepared(tmp_path, registry)


def test_the_split_is_drawn_by_class_and_seed(tmp_path: Path) -> None:
    write_pictures(tmp_path, {"cat": 10, "dog": 2})
    listing = list_files(tmp_path)
    first = split_files(listing, ["cat", "dog"], 0.3, 0)
    assert [len(first["train"]), len(first["test"])] == [8, 4]
    assert sorted(first["train"] + first["test"]) == sorted(
        (path, label) for label, name in enumerate(("cat", "dog")) for path in listing.train[name]
    )
    assert split_files(listing, ["cat", "dog"], 0.3, 0) == first != split_files(listing, ["cat", "dog"], 0.3, 1)


def damage(folder: Path) -> None:
    """One of each: cut off, no picture, empty, too large, and a file beside the classes."""
    cat = folder / "photos" / "cat"
    whole = (cat / "0.jpg").read_bytes()
    (cat / "0.jpg").write_bytes(whole[: len(whole) // 2])
    (cat / "notes.txt").write_text("no picture")
    (cat / "none.jpg").touch()
    Image.new("1", (7000, 5000)).save(cat / "huge.png")
    (folder / "photos" / "readme.md").touch()


@pytest.mark.slow
def test_bad_files_are_an_error_that_names_them(tmp_path: Path, data: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    damage(tmp_path / "pictures")
    for _ in range(2):  # also when it is decoded already
        with pytest.raises(DataError, match=r"cannot be used.*on_bad: skip") as caught:
            prepared(tmp_path, registry)
    for text in (
        "photos/cat/0.jpg: damaged",
        "notes.txt: no picture",
        "none.jpg: an empty",
        "huge.png: 35.0 megapixels",
    ):
        assert text in str(caught.value)


@pytest.mark.slow
def test_bad_files_are_skipped_and_named(tmp_path: Path, data: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    before = {
        row.tobytes() for part in ("train", "test") for row in getattr(prepared(tmp_path, registry).open(), part).x
    }
    gone = decode(tmp_path / "pictures/photos/cat/0.jpg", LOOK).tobytes()
    damage(tmp_path / "pictures")
    found = prepared(tmp_path, registry, ", on_bad: skip")
    arrays = found.open()
    assert {row.tobytes() for part in (arrays.train, arrays.test) for row in part.x} == before - {gone}
    assert len(found.left_out) == 5
    assert "photos/readme.md: beside the folders of the classes" in found.left_out


def test_a_class_that_nobody_can_read_is_an_error(tmp_path: Path, data: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    for path in (tmp_path / "pictures/photos/cat").iterdir():
        path.write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"no picture of cat can be read \(no picture that can be read"):
        prepared(tmp_path, registry, ", on_bad: skip")


def test_names_that_are_no_text_do_no_harm(tmp_path: Path, data: Path, registry: Registry) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    first = tmp_path / "pictures/photos/cat/0.jpg"
    first.rename(os.fsdecode(os.fsencode(first.parent) + b"/caf\xe9.jpg"))
    (first.parent / os.fsdecode(b"\xff.jpg")).write_bytes(b"nothing")
    found = prepared(tmp_path, registry, ", on_bad: skip")
    assert len(found.open().train.x) + len(found.open().test.x) == EVEN["photos/cat"] + EVEN["photos/dog"]
    assert found.left_out[0].startswith(r"photos/cat/\udcff.jpg: no picture")  # escaped: a record can hold it


@pytest.mark.parametrize(("folder", "error"), [(b"photos/caf\xe9", DataError), (b"photos\n2/cat", UsageError)])
def test_names_of_classes_and_domains_are_texts(
    folder: bytes, error: type[Exception], tmp_path: Path, data: Path, registry: Registry
) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    (tmp_path / "pictures" / os.fsdecode(folder)).mkdir(parents=True)
    with pytest.raises(error, match=r"characters that cannot be printed: rename it$"):
        prepared(tmp_path, registry)
