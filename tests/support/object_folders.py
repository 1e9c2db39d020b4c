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


def write_office31(root: Path, classes: Sequence[str], count: int = 2) -> None:
    """Office-31 as it is unpacked from `domain_adaptation_images.tar.gz`."""
    for domain in ("amazon", "dslr", "webcam"):
        names = [f"frame_{number:04}.jpg" for number in range(1, count + 1)]
        write_classes(root / domain / "images", classes, names)


def write_office_home(root: Path, classes: Sequence[str], count: int = 2) -> None:
    """Office-Home as it is unpacked from `OfficeHomeDataset_10072016.zip`."""
    for domain in ("Art", "Clipart", "Product", "Real World"):
        write_classes(root / domain, classes, [f"{number:05}.jpg" for number in range(1, count + 1)])
    (root / "ImageInfo.csv").write_text("Image,Path\n")


def write_visda(root: Path, classes: Sequence[str]) -> None:
    """VisDA-2017 as it is unpacked from `train.tar`, `validation.tar` and `test.tar`, with the published labels."""
    for number, name in enumerate(classes):
        for place in range(2):
            small_picture(root / "train" / name / f"src_1_0269115{number:02}_3d{place}__93_236_165.png")
            small_picture(root / "validation" / name / f"{name}_{number}{place}.jpg")
    for split in ("train", "validation"):
        entries = [(f"{path.parent.name}/{path.name}", 0) for path in sorted((root / split).glob("*/*"))]
        write_list(root / split / "image_list.txt", entries)
    tests = [f"trunk{number % 2:02}/{number:06}.jpg" for number in range(2 * len(classes))]
    for name in tests:
        small_picture(root / "test" / name)
    write_list(root / "test/image_list.txt", [(name, number // 2) for number, name in enumerate(tests)])


def write_domainnet(root: Path, classes: Sequence[str], domains: Sequence[str] = ("clipart",)) -> None:
    """Domains of DomainNet as they are unpacked from `clipart.zip` and so on, with the lists beside."""
    for domain in domains:
        lists: dict[str, list[tuple[str, int]]] = {"train": [], "test": []}
        for label, name in enumerate(classes):
            for split, places in (("train", (1, 2)), ("test", (3,))):
                for place in places:
                    file = f"{domain}/{name}/{domain}_{label + 1:03}_{place:06}.jpg"
                    small_picture(root / file, side=2)
                    lists[split].append((file, label))
        for split, entries in lists.items():
            write_list(root / f"{domain}_{split}.txt", entries)
