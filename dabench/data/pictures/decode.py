"""Decode pictures: any size, any mode, and a reason for each that cannot be decoded."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from dabench.plain_files import oddity

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "PPM", "TIFF", "WEBP")  # whatever the file's name; no other code of Pillow runs
WIDE = ("I;16", "I;16B", "I;16L", "I;16N", "I")  # 16 bits of grey


BITS = (8, 10, 12, 14, 16)
SMALLEST = 2  # pixels of a side; a single one stands in for a picture that could not be downloaded
ORIENTATION = 0x0112  # the tag of EXIF that says how the camera was held
TURNS = range(2, 9)  # its values for a picture that does not stand upright; cameras also write 0
TURNED = "turned upright"
DARK = 64  # of 255: colours of 16 bits that use 14 of them


class BadPictureError(Exception):
    """A file that is no picture, or none that can be used; says why."""


@dataclass(frozen=True)
class Look:
    """The form to which pictures are brought; see `config.own_data.OwnImages`.

    Attributes:
        bilinear: pixels are interpolated linearly, as in most published protocols, and not by cubic curves.
    """

    size: int
    fit: str
    max_megapixels: float
    grey_bits: int = 16
    bilinear: bool = False


@dataclass(frozen=True)
class Depth:
    """The bits that are used by pictures that have 16 for each value, and what else about pictures was not plain RGB.

    Attributes:
        grey: pictures of 16 bits of grey.
        peak: their largest value.
        colour: pictures of 16 bits for each colour, of which Pillow keeps the upper 8.
        colour_peak: the largest value that it keeps, from 0 to 255.
        forms: how many pictures were grey, with a palette, in CMYK, transparent, or turned upright.
    """

    grey: int = 0
    peak: int = 0
    colour: int = 0
    colour_peak: int = 0
    forms: Mapping[str, int] = field(default_factory=dict)

    @property
    def bits(self) -> int:
        """The fewest of 8, 10, 12, 14 and 16 that hold the largest value of grey; 16 without any."""
        return next(bits for bits in BITS if self.peak < 2**bits) if self.grey else 16

    def notes(self, chosen: int | None) -> list[str]:
        """Notes for the user: `chosen` is the `grey_bits` of the suite."""
        found = []
        if self.forms:
            said = ", ".join(f"{count:,} {form}" for form, count in sorted(self.forms.items()))
            found.append(f"pictures that were made upright RGB: {said}")
        if self.grey and chosen is None:
            found.append(
                f"{self.grey:,} pictures have 16 bits of grey, with values up to {self.peak:,}: they are read as "
                f"{self.bits}-bit, so that {2**self.bits - 1:,} is white. Set `grey_bits` in `domains` to read "
                "all domains alike, or with other bits."
            )
        if self.colour and self.colour_peak < DARK:
            found.append(
                f"{self.colour:,} pictures have 16 bits for each colour and use only the lower ones: of 255 they reach "
                f"{self.colour_peak}, nearly black. Save them with 8 bits for each colour."
            )
        return found

    @classmethod
    def of_all(cls, parts: Sequence[Depth]) -> Depth:
        """The depth of several parts of a domain together."""
        return cls(
            sum(part.grey for part in parts),
            max((part.peak for part in parts), default=0),
            sum(part.colour for part in parts),
            max((part.colour_peak for part in parts), default=0),
            dict(sum((Counter(part.forms) for part in parts if part.forms), Counter())),
        )


@dataclass(frozen=True)
class Done:
    """The result of a task: the rows of pictures that are bad, with the reason, and the depth of the others."""

    bad: list[tuple[int, str]]
    depth: Depth


@dataclass(frozen=True)
class Task:
    """Some pictures for one thread.

    Attributes:
        paths: their files.
        out: an .npy file uint8 (N, 3, S, S) that takes them.
        begin: where its rows begin, in bytes.
        first: the row of the first of them.
    """

    paths: tuple[Path, ...]
    out: Path
    begin: int
    first: int
    look: Look


def decode_all(task: Task) -> Done:
    """Write the pictures of a task into their rows."""
    bad, depths = [], []
    with task.out.open("r+b", buffering=0) as file:  # quicker than a mapping, which is filled page by page
        for row, path in enumerate(task.paths, task.first):
            try:
                pixels, depth = decode_measured(path, task.look)
            except BadPictureError as error:
                bad.append((row, str(error)))
                continue
            file.seek(task.begin + row * len(pixels))
            file.write(pixels)
            depths.append(depth)
    return Done(bad, Depth.of_all(depths))


def decode(path: Path, look: Look) -> NDArray[np.uint8]:
    """Decode one picture to uint8 (3, S, S) in RGB, upright, transparent pixels on white.

    Raises:
        BadPictureError: it is none, such as a pipe or a device, is damaged, or is larger than is allowed.
    """
    with warnings.catch_warnings(action="ignore"):
        pixels, _ = decode_measured(path, look)
    return np.frombuffer(pixels, np.uint8).reshape(3, look.size, look.size)


def decode_measured(path: Path, look: Look) -> tuple[bytes, Depth]:
    """The bytes of a picture as `decode` gives it, and how many bits it uses; Pillow may warn.

    Raises:
        BadPictureError: as `decode`.
    """
    try:
        odd = oddity(path)
        if odd:
            raise BadPictureError(odd)
        with Image.open(path, formats=FORMATS) as opened:
            megapixels = opened.width * opened.height / 1e6
            if megapixels > look.max_megapixels:
                raise BadPictureError(f"{megapixels:.1f} megapixels, more than max_megapixels: {look.max_megapixels:g}")
            if min(opened.size) < SMALLEST:
                raise BadPictureError(f"{opened.width}x{opened.height} pixels, in which nothing can be seen")
            deep = opened.mode not in WIDE and any(";16" in str(tile[3]) for tile in opened.tile)
            if opened.format == "PNG":
                _check_sums(path)
            # A JPEG can be unpacked at half, a quarter or an eighth of its size: two pixels for one are enough.
            opened.draft(None, (2 * look.size, 2 * look.size))
            forms = _forms(opened)
            upright = ImageOps.exif_transpose(opened) if TURNED in forms else opened
            depth = _depth(upright, look, deep, forms)
            square = _square(_rgb(upright, look.grey_bits), look)
    except UnidentifiedImageError as error:
        empty = path.stat().st_size == 0
        none = f"no picture that can be read ({', '.join(FORMATS)} are)"
        raise BadPictureError("an empty file" if empty else none) from error
    except Image.DecompressionBombError as error:
        raise BadPictureError("far too large: its header promises more than 170 megapixels") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # what Pillow raises on damaged files
        raise BadPictureError(f"damaged: {error}") from error
    return b"".join([square.tobytes("raw", band) for band in "RGB"]), depth


def _check_sums(path: Path) -> None:
    """Compare the checksums of a PNG, which Pillow does not look at when it unpacks pixels."""
    with Image.open(path, formats=("PNG",)) as opened:
        opened.verify()


def _forms(image: Image.Image) -> dict[str, int]:
    """The forms of a picture that is not plain RGB; see `Depth`."""
    there = {
        "grey": image.mode in ("1", "L", "LA", *WIDE),
        "with a palette": image.mode in ("P", "PA"),
        "in CMYK": image.mode == "CMYK",
        "transparent": image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info,
        TURNED: image.getexif().get(ORIENTATION) in TURNS,
    }
    return {form: 1 for form, found in there.items() if found}


def _depth(image: Image.Image, look: Look, deep: bool, forms: Mapping[str, int]) -> Depth:
    """The bits that a picture of these forms uses; `deep` if it has 16 for each colour."""
    if image.mode in WIDE:
        values = _values(image)
        low, peak = int(values.min()), int(values.max())
        if low < 0 or peak >= 2**16:
            raise BadPictureError(
                f"32-bit pixels from {low:,} to {peak:,}, whose range is unknown: save it with 8 bits"
            )
        if peak >= 2**look.grey_bits:
            raise BadPictureError(f"a pixel has the value {peak:,}, more than grey_bits: {look.grey_bits} can hold")
        return Depth(grey=1, peak=peak, forms=forms)
    if deep:
        return Depth(colour=1, colour_peak=int(_values(image.convert("RGB")).max()), forms=forms)
    return Depth(forms=forms)


def _values(image: Image.Image) -> NDArray[Any]:
    return np.asarray(image)


def _rgb(image: Image.Image, grey_bits: int) -> Image.Image:
    if image.mode in WIDE:
        return Image.fromarray((_values(image).astype("int64") >> (grey_bits - 8)).astype("uint8")).convert("RGB")
    if image.mode == "F":
        raise BadPictureError("floating-point pixels, whose range is unknown")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        above = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")  # also grey, palette, CMYK and YCbCr


def _square(image: Image.Image, look: Look) -> Image.Image:
    side = (look.size, look.size)
    method = Image.Resampling.BILINEAR if look.bilinear else Image.Resampling.BICUBIC
    match look.fit:
        case "stretch":
            return image.resize(side, method)
        case "pad":
            return ImageOps.pad(image, side, method)
        case _:
            return ImageOps.fit(image, side, method)
