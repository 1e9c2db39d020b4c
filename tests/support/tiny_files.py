"""Tiny data sets in the formats of their publishers, below a data folder."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.io import savemat

Images = NDArray[np.uint8]


def write_mnist(root: Path, digits: Images, labels: Sequence[int], *, packed: bool = True) -> None:
    """The four idx files; digits (N, 28, 28) are train, and test in reverse order."""
    folder = root / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for prefix, order in (("train", 1), ("t10k", -1)):
        for kind, values in (("images-idx3", digits), ("labels-idx1", np.array(labels, np.uint8))):
            header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
            content = header + values[::order].tobytes()
            name = f"{prefix}-{kind}-ubyte"
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)


def write_usps(root: Path, digits: NDArray[np.float32], labels: Sequence[int]) -> None:
    """The two libsvm files: digits (N, 16, 16) from -1 to 1, labels counted from 1."""
    (root / "USPS").mkdir()
    rows = zip(labels, digits.reshape(len(digits), -1), strict=True)
    lines = [f"{label + 1} " + " ".join(f"{i + 1}:{v}" for i, v in enumerate(row)) for label, row in rows]
    for name in ("usps.bz2", "usps.t.bz2"):
        (root / "USPS" / name).write_bytes(bz2.compress("\n".join(lines).encode()))


def write_svhn(root: Path, images: Images, labels: Sequence[int]) -> None:
    """The two .mat files: images (N, 3, 32, 32) with the examples last, zero labelled as 10."""
    (root / "SVHN").mkdir()
    y = np.array([[label or 10] for label in labels], np.uint8)
    for name in ("train_32x32.mat", "test_32x32.mat"):
        savemat(root / "SVHN" / name, {"X": images.transpose(2, 3, 1, 0), "y": y})


def write_photos(root: Path, count: int, shape: tuple[int, int] = (40, 48)) -> None:
    """`count` photographs of noise for BSDS500's train, and as many for its test."""
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        folder = root / "BSDS500" / "data" / "images" / split
        folder.mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(256, size=(*shape, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.jpg")


def write_mnist_m(root: Path, images: Images, labels: Sequence[int]) -> None:
    """The release of MNIST-M: images (N, 3, 32, 32) as PNG files with lists of labels."""
    for split in ("train", "test"):
        folder = root / "mnist_m" / f"mnist_m_{split}"
        folder.mkdir(parents=True)
        lines = []
        for number, (image, label) in enumerate(zip(images, labels, strict=True)):
            Image.fromarray(image.transpose(1, 2, 0)).save(folder / f"{number:08}.png")
            lines.append(f"{number:08}.png {label}\n")
        (root / "mnist_m" / f"mnist_m_{split}_labels.txt").write_text("".join(lines))


def write_gtsrb(root: Path, train: Sequence[tuple[int, Images]], test: Sequence[tuple[int, Images]]) -> None:
    """The folders and the list of GTSRB; images are (H, W, 3) of any size, each with its class."""
    for number, (label, image) in enumerate(train):
        folder = root / "gtsrb" / "GTSRB" / "Training" / f"{label:05}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number:05}_00000.ppm")
    folder = root / "gtsrb" / "GTSRB" / "Final_Test" / "Images"
    folder.mkdir(parents=True)
    lines = ["Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"]
    for number, (label, image) in enumerate(test):
        Image.fromarray(image).save(folder / f"{number:05}.ppm")
        height, width = image.shape[:2]
        lines.append(f"{number:05}.ppm;{width};{height};0;0;{width - 1};{height - 1};{label}")
    (root / "gtsrb" / "GT-final_test.csv").write_text("\n".join(lines) + "\n")
