from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dabench.config.suite_file import read_suite
from dabench.data.prepared import PreparedDomain, prepare
from dabench.domains.own import images as own_images
from dabench.domains.own.decode import BadPictureError, Look, decode
from dabench.domains.own.images import decode_files, list_files, split_files
from dabench.errors import DataError
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
        patch.setattr(own_images, "decode_files", None)
        assert prepared(tmp_path, registry) == first
    (tmp_path / "pictures/photos/cat/.DS_Store").touch()
    assert prepared(tmp_path, registry).folder == first.folder
    picture(7).save(tmp_path / "pictures/photos/cat/new.png")
    changed = prepared(tmp_path, registry)
    assert len(changed.open().train.y) + len(changed.open().test.y) == 9
    os.utime(tmp_path / "pictures/photos/cat/new.png", (1, 1))
    assert prepared(tmp_path, registry).folder != changed.folder
    assert not list((data / "ready").glob(".*"))


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


def test_the_bytes_do_not_depend_on_processes(tmp_path: Path, monkeypatch) -> None:
    write_pictures(tmp_path, {"cat": 6})
    monkeypatch.setattr(own_images, "CHUNK", 2)
    paths = sorted((tmp_path / "cat").iterdir())
    paths[2].write_bytes(b"")
    one, two = (decode_files(paths, LOOK, tmp_path / f"{count}.npy", "cats", count) for count in (1, 2))
    np.testing.assert_array_equal(one[0], two[0])
    assert one[1].tolist() == two[1].tolist() == [0, 1, 3, 4, 5]
    assert one[2] == two[2] == [(2, "an empty file")]


def saved(tmp_path: Path, image: Image.Image, name: str, **options: object) -> np.ndarray:
    image.save(tmp_path / name, **options)
    return decode(tmp_path / name, LOOK).astype(int)


@pytest.mark.parametrize("mode", ["L", "RGBA", "LA", "P", "CMYK", "I;16", "1"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    grey = Image.new("L", (30, 20), 255)
    grey.paste(0, (0, 0, 15, 20))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        image = grey.convert("RGB").convert(mode)
    pixels = saved(tmp_path, image, "x.tif" if mode == "CMYK" else "x.png")
    assert pixels.shape == (3, 8, 8)
    assert pixels[:, :, :3].max() < 10
    assert pixels[:, :, 5:].min() > 245


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    assert saved(tmp_path, Image.new("RGBA", (9, 9), (200, 0, 0, 0)), "clear.png").min() == 255


def test_the_camera_is_held_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (32, 32), "white")
    image.paste((0, 0, 0), (0, 0, 32, 16))  # dark above
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    turned = saved(tmp_path, image, "turned.jpg", exif=exif, quality=95)
    assert turned[:, :, :3].min() > 200
    assert turned[:, :, 5:].max() < 50


@pytest.mark.parametrize(("fit", "columns"), [("crop", "gggggggg"), ("pad", "gggggggg"), ("stretch", "rrggggbb")])
def test_a_picture_becomes_square(tmp_path: Path, fit: str, columns: str) -> None:
    image = Image.new("RGB", (64, 32), (0, 255, 0))
    image.paste((255, 0, 0), (0, 0, 16, 32))
    image.paste((0, 0, 255), (48, 0, 64, 32))
    image.save(tmp_path / "wide.png")
    pixels = decode(tmp_path / "wide.png", Look(8, fit, 32))
    middle = "".join("rgb"[channel] for channel in pixels[:, 4].argmax(0))
    assert middle == columns if fit != "pad" else (middle == "rrggggbb" and not pixels[:, 0].any())


def test_names_and_suffixes_do_not_matter(tmp_path: Path) -> None:
    picture(1).save(tmp_path / "UPPER.JPG", format="JPEG")
    picture(1).save(tmp_path / "really_a_png.jpg", format="PNG")
    for path in tmp_path.iterdir():
        assert decode(path, LOOK).shape == (3, 8, 8)


def test_a_large_jpeg_is_taken_where_it_is_allowed(tmp_path: Path) -> None:
    Image.new("RGB", (1200, 900), (0, 100, 200)).save(tmp_path / "large.jpg")
    with pytest.raises(BadPictureError, match=r"1\.1 megapixels, more than max_megapixels: 1$"):
        decode(tmp_path / "large.jpg", Look(8, "crop", 1))
    np.testing.assert_allclose(decode(tmp_path / "large.jpg", LOOK)[:, 4, 4], (0, 100, 200), atol=2)


def test_a_decompression_bomb_is_never_unpacked(tmp_path: Path) -> None:
    def chunk(content: bytes) -> bytes:
        return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))

    header = chunk(b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT" + zlib.compress(bytes(99))))
    with pytest.raises(BadPictureError, match=r"far too large"):
        decode(tmp_path / "bomb.png", LOOK)
