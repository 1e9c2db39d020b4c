"""Decode a person's own pictures: any size, any mode, and a reason for each that cannot be decoded.

Worker processes import this module: it needs Pillow and NumPy alone.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from dabench.plain_files import oddity

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "PPM", "TIFF", "WEBP")  # whatever the file's name; no other code of Pillow runs
WIDE = ("I;16", "I;16B", "I;16L", "I;16N", "I")  # 16 bits of grey


class BadPictureError(Exception):
    """A file that is no picture, or none that can be used; says why."""


@dataclass(frozen=True)
class Look:
    """How pictures are made alike; see `config.own_data.OwnImages`."""

    size: int
    fit: str
    max_megapixels: float


@dataclass(frozen=True)
class Task:
    """Some pictures for one process.

    Attributes:
        paths: their files.
        out: an .npy file uint8 (N, 3, S, S) that takes them.
        first: the row of the first of them.
    """

    paths: tuple[Path, ...]
    out: Path
    first: int
    look: Look


def decode_all(task: Task) -> list[tuple[int, str]]:
    """Write the pictures of a task into their rows; returns the rows of those that are bad, and why."""
    images = np.load(task.out, mmap_mode="r+", allow_pickle=False)
    bad = []
    for row, path in enumerate(task.paths, task.first):
        try:
            images[row] = decode(path, task.look)
        except BadPictureError as error:
            bad.append((row, str(error)))
    images.flush()
    return bad


def decode(path: Path, look: Look) -> NDArray[np.uint8]:
    """One picture as uint8 (3, S, S) in RGB, upright, what is transparent on white.

    Raises:
        BadPictureError: it is none, such as a pipe or a device, is damaged, or is larger than is allowed.
    """
    try:
        odd = oddity(path)
        if odd:
            raise BadPictureError(odd)
        with warnings.catch_warnings():
            # Its size is compared with `max_megapixels` here, before anything is unpacked. What else Pillow warns of,
            # such as damaged EXIF data, does not touch the pixels.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as opened:
                megapixels = opened.width * opened.height / 1e6
                if megapixels > look.max_megapixels:
                    raise BadPictureError(
                        f"{megapixels:.1f} megapixels, more than max_megapixels: {look.max_megapixels:g}"
                    )
                # A JPEG can be unpacked at half, a quarter or an eighth of its size: two pixels for one are enough.
                opened.draft(None, (2 * look.size, 2 * look.size))
                square = _square(_rgb(ImageOps.exif_transpose(opened)), look)
    except UnidentifiedImageError as error:
        empty = path.stat().st_size == 0
        raise BadPictureError("an empty file" if empty else "no picture that can be read") from error
    except Image.DecompressionBombError as error:
        raise BadPictureError("far too large: its header promises more than 170 megapixels") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # what Pillow raises on damaged files
        raise BadPictureError(f"damaged: {error}") from error
    return np.ascontiguousarray(np.asarray(square).transpose(2, 0, 1))


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in WIDE:
        return Image.fromarray((np.asarray(image).astype(np.int64).clip(0, 65535) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        raise BadPictureError("floating-point pixels, whose range is unknown")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        above = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    return image.convert("RGB")  # also grey, palette, CMYK and YCbCr


def _square(image: Image.Image, look: Look) -> Image.Image:
    side, method = (look.size, look.size), Image.Resampling.BICUBIC
    match look.fit:
        case "stretch":
            return image.resize(side, method)
        case "pad":
            return ImageOps.pad(image, side, method)
        case _:
            return ImageOps.fit(image, side, method)
