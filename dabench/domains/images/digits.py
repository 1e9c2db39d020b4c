"""Digits as published: ``mnist``, ``mnist_box``, ``usps`` and ``svhn``, all as RGB images of 32x32 pixels.

How a digit is framed decides how far two domains are apart. MNIST scales a digit into a box of 20x20 pixels and puts
its centre of mass at the centre of a 28x28 canvas; USPS scales it to the full height of its 16x16 image. So MNIST
comes in two framings:

- ``mnist``: the whole 28x28 canvas, as in almost all papers. Beside ``usps`` its digits are smaller by 20/28 and not
  centred in the same way.
- ``mnist_box``: the 20x20 box alone, enlarged to 28x28. Its digits are as tall as those of ``usps``, and only the
  writing differs.

``usps`` is enlarged to 28x28. All three stand in the middle of a black 32x32 image, the grey repeated in each
channel: the 32x32 colour input of Ganin & Lempitsky (2015, arXiv:1409.7495). ``svhn`` is 32x32 and in colour as
published.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

from dabench.data.arrays import DomainArrays, Split
from dabench.data.folder import data_dir
from dabench.data.limits import Limited, most_of
from dabench.domains.files import require
from dabench.domains.images.releases import MNIST, SVHN, USPS
from dabench.errors import DataError
from dabench.files import scratch

CLASSES = tuple("0123456789")
CANVAS = 28  # pixels of a grey digit's side
SIZE = 32  # pixels of an image's side
_BOX = 20  # pixels of the box into which MNIST scales a digit

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


def load_mnist() -> DomainArrays:
    """Returns MNIST on its 28x28 canvas (N, 3, 32, 32)."""
    return _domain({name: (on_canvas(x), y) for name, (x, y) in read_mnist("mnist").items()})


def load_mnist_box() -> DomainArrays:
    """Returns MNIST, each digit's 20x20 box enlarged to 28x28 (N, 3, 32, 32)."""
    read = read_mnist("mnist_box")
    return _domain({name: (on_canvas(enlarge(digit_boxes(x))), y) for name, (x, y) in read.items()})


def load_usps() -> DomainArrays:
    """Returns USPS enlarged to 28x28 (N, 3, 32, 32)."""
    from torchvision import datasets

    require("usps", *USPS.files, homepage=USPS.homepage)
    read = {name: datasets.USPS(data_dir() / "USPS", train=name == "train") for name in ("train", "test")}
    return _domain({name: (on_canvas(enlarge(set_.data)), np.asarray(set_.targets)) for name, set_ in read.items()})


def load_svhn() -> DomainArrays:
    """Returns the cropped digits of SVHN (N, 3, 32, 32), without the ``extra`` split."""
    from torchvision import datasets

    require("svhn", *SVHN.files, homepage=SVHN.homepage)
    try:
        read = {name: datasets.SVHN(data_dir() / "SVHN", split=name) for name in ("train", "test")}
    except RuntimeError as error:  # torchvision compares md5 sums
        raise DataError(f"domain 'svhn': {', '.join(SVHN.files)} are not the published files: {error}") from error
    return _domain({name: (set_.data, set_.labels) for name, set_ in read.items()})


def read_mnist(domain: str) -> dict[str, tuple[Images, Labels]]:
    """Reads the files of MNIST, packed or not.

    Args:
        domain: who asks, for the message when they are missing.

    Returns:
        Images (N, 28, 28) and labels (N,) of ``train`` and ``test``.
    """
    from torchvision.datasets.mnist import read_image_file, read_label_file

    paths = {path.name.removesuffix(".gz"): path for path in require(domain, *MNIST.files, homepage=MNIST.homepage)}
    read = {}
    with scratch() as folder:  # torchvision reads unpacked files only
        for name, prefix in (("train", "train"), ("test", "t10k")):
            x = read_image_file(_unpacked(paths[f"{prefix}-images-idx3-ubyte"], folder))
            y = read_label_file(_unpacked(paths[f"{prefix}-labels-idx1-ubyte"], folder))
            read[name] = (x.numpy(), y.numpy())
    return read


def on_canvas(grey: Images) -> Images:
    """Puts grey digits (N, 28, 28) in the middle of black RGB images (N, 3, 32, 32)."""
    margin = (SIZE - CANVAS) // 2
    x = np.zeros((len(grey), 3, SIZE, SIZE), np.uint8)
    x[:, :, margin:-margin, margin:-margin] = grey[:, None]
    return x


def digit_boxes(canvas: Images) -> Images:
    """Cuts from each canvas (N, 28, 28) the box (N, 20, 20) in whose middle the ink stands."""
    corners = []
    for axis in (2, 1):  # rows, then columns
        ink = np.any(canvas > 0, axis=axis)
        first, last = ink.argmax(axis=1), CANVAS - 1 - ink[:, ::-1].argmax(axis=1)
        corners.append(np.clip((first + last + 1 - _BOX) // 2, 0, CANVAS - _BOX))
    windows = sliding_window_view(canvas, (_BOX, _BOX), axis=(1, 2))
    boxes: Images = windows[np.arange(len(canvas)), corners[0], corners[1]]
    return boxes


def enlarge(grey: Images) -> Images:
    """Scales grey images (N, H, W) to (N, 28, 28), bilinear."""
    x = np.empty((len(grey), CANVAS, CANVAS), np.uint8)
    for scaled, image in zip(x, grey, strict=True):
        scaled[:] = np.asarray(Image.fromarray(image).resize((CANVAS, CANVAS), Image.Resampling.BILINEAR))
    return x


def _unpacked(path: Path, folder: Path) -> Path:
    if path.suffix != ".gz":
        return path
    unpacked = Path(folder) / path.stem
    with gzip.open(path) as packed, unpacked.open("wb") as file:
        shutil.copyfileobj(Limited(cast("IO[bytes]", packed), most_of(path), path.name), file)
    return unpacked


def _domain(splits: dict[str, tuple[Images, Labels]]) -> DomainArrays:
    return DomainArrays(Split(*splits["train"]), Split(*splits["test"]), CLASSES)
