"""Small copies of published sets of pictures, with the publishers' own names of folders and files."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

PACS = ("dog", "elephant", "giraffe", "guitar", "horse", "house", "person")


def small_picture(path: Path, side: int = 12) -> None:
    """A picture of one colour, which its path decides."""
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = np.random.default_rng(zlib.crc32("/".join(path.parts[-2:]).encode())).integers(256, size=3)
    Image.new("RGB", (side, side), tuple(int(value) for value in colour)).save(path)


def write_classes(folder: Path, classes: Sequence[str], names: Sequence[str]) -> None:
    """Pictures of the same names in the folder of every class."""
    for name in classes:
        for file in names:
            small_picture(folder / name / file)


def write_list(path: Path, entries: Mapping[str, int] | Sequence[tuple[str, int]]) -> None:
    """A publisher's list file."""
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{name} {label}\n" for name, label in pairs))


def write_pacs(root: Path, *, lists: bool = False, count: int = 5) -> None:
    """PACS as it is unpacked from `PACS.zip`: kfold/DOMAIN/CLASS/PICTURE, sketches as PNG, the lists beside."""
    for domain in ("photo", "art_painting", "cartoon", "sketch"):
        suffix = "png" if domain == "sketch" else "jpg"
        names = [f"pic_{number:03}.{suffix}" for number in range(1, count + 1)]
        write_classes(root / domain, PACS, names)
        if lists:
            for split, part in (("train", names[:-1]), ("crossval", names[-1:]), ("test", names)):
                entries = {f"{domain}/{name}/{file}": label for label, name in enumerate(PACS, 1) for file in part}
                write_list(root / f"{domain}_{split}_kfold.txt", entries)
