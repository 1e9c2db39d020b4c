"""Pictures of any size and mode, and a reason for each that cannot be decoded."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dabench.data.pictures.decode import BadPictureError, Depth, Look, decode, decode_measured
from tests.support.own_files import picture

LOOK = Look(8, "crop", 32)


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


@pytest.mark.parametrize("name", ["colour.png", "colour.jpg", "grey.png"])
def test_the_pixels_are_those_of_pillow(tmp_path: Path, name: str) -> None:
    image = picture(1, (37, 23))
    (image.convert("L") if name.startswith("grey") else image).save(tmp_path / name)
    with Image.open(tmp_path / name) as opened:
        square = opened.convert("RGB").resize((40, 40), Image.Resampling.BILINEAR)
    pixels = decode(tmp_path / name, Look(40, "stretch", 32, bilinear=True))
    np.testing.assert_array_equal(pixels, np.moveaxis(np.asarray(square), 2, 0))


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


def test_a_single_pixel_is_no_picture(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    with pytest.raises(BadPictureError, match=r"^1x1 pixels, in which nothing can be seen$"):
        decode(tmp_path / "dot.png", LOOK)


def test_a_png_with_a_wrong_checksum_is_damaged(tmp_path: Path) -> None:
    file, grey = tmp_path / "x.png", np.add.outer(np.arange(100), np.arange(200)).astype(np.uint8)
    Image.fromarray(grey).save(file)
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    with Image.open(file) as opened:
        assert not np.array_equal(np.asarray(opened), grey)  # Pillow gives other pixels, and says nothing
    with pytest.raises(BadPictureError, match=r"^damaged: .*checksum"):
        decode(file, LOOK)


@pytest.mark.slow
def test_a_hundred_megapixels_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    Image.new("1", (10_000, 10_000)).save(tmp_path / "huge.png")
    with pytest.raises(BadPictureError, match=r"^100\.0 megapixels, more than max_megapixels: 32$"):
        decode(tmp_path / "huge.png", LOOK)


def test_forms_other_than_plain_rgb_are_counted(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    colour = picture(1)
    for name, image, options in (
        ("plain.jpg", colour, {}),
        ("grey.jpg", colour.convert("L"), {}),
        ("palette.png", colour.convert("P"), {}),
        ("print.jpg", colour.convert("CMYK"), {}),
        ("turned_grey.jpg", colour.convert("L"), {"exif": exif}),
        ("clear.png", colour.convert("RGBA"), {}),
    ):
        image.save(tmp_path / name, **options)
    depth = Depth.of_all([decode_measured(path, LOOK)[1] for path in sorted(tmp_path.iterdir())])
    assert depth.notes(None) == [
        "pictures that were made upright RGB: 2 grey, 1 in CMYK, 1 transparent, 1 turned upright, 1 with a palette"
    ]
    assert Depth.of_all([decode_measured(tmp_path / "plain.jpg", LOOK)[1]]).notes(None) == []


@pytest.mark.parametrize("orientation", [0, 1, 9])
def test_a_picture_that_stands_upright_is_not_turned(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture(1).save(tmp_path / "x.jpg", exif=exif)
    assert decode_measured(tmp_path / "x.jpg", LOOK)[1] == Depth()
