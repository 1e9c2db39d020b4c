"""MNIST as published: ``mnist`` and ``mnist_box``, RGB images of 32x32 pixels. `framing` says how they differ."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import IO, cast

from dabench.data.arrays import DomainArrays
from dabench.data.limits import Limited, most_of
from dabench.domains.files import require
from dabench.domains.images.framing import Images, Labels, digit_boxes, enlarge, of_digits, on_canvas
from dabench.domains.images.mnist_spec import FILES, HOMEPAGE
from dabench.files import scratch


def load_mnist() -> DomainArrays:
    """Returns MNIST on its 28x28 canvas (N, 3, 32, 32)."""
    return of_digits({name: (on_canvas(x), y) for name, (x, y) in read_mnist("mnist").items()})


def load_mnist_box() -> DomainArrays:
    """Returns MNIST, each digit's 20x20 box enlarged to 28x28 (N, 3, 32, 32)."""
    read = read_mnist("mnist_box")
    return of_digits({name: (on_canvas(enlarge(digit_boxes(x))), y) for name, (x, y) in read.items()})


def read_mnist(domain: str) -> dict[str, tuple[Images, Labels]]:
    """Reads the files of MNIST, packed or not.

    Args:
        domain: who asks, for the message when they are missing.

    Returns:
        Images (N, 28, 28) and labels (N,) of ``train`` and ``test``.
    """
    from torchvision.datasets.mnist import read_image_file, read_label_file

    paths = {path.name.removesuffix(".gz"): path for path in require(domain, *FILES, homepage=HOMEPAGE)}
    read = {}
    with scratch() as folder:  # torchvision reads unpacked files only
        for name, prefix in (("train", "train"), ("test", "t10k")):
            x = read_image_file(_unpacked(paths[f"{prefix}-images-idx3-ubyte"], folder))
            y = read_label_file(_unpacked(paths[f"{prefix}-labels-idx1-ubyte"], folder))
            read[name] = (x.numpy(), y.numpy())
    return read


def _unpacked(path: Path, folder: Path) -> Path:
    if path.suffix != ".gz":
        return path
    unpacked = Path(folder) / path.stem
    with gzip.open(path) as packed, unpacked.open("wb") as file:
        shutil.copyfileobj(Limited(cast("IO[bytes]", packed), most_of(path), path.name), file)
    return unpacked
