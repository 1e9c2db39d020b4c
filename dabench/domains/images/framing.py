"""Frames of the digits of MNIST and USPS: 28x28 pixels in the middle of a black RGB image of 32x32 pixels.

How a digit is framed decides how far two domains are apart. MNIST scales a digit into a box of 20x20 pixels and puts
its centre of mass at the centre of a 28x28 canvas; USPS scales it to the full height of its 16x16 image. So MNIST
comes in two framings:

- ``mnist``: the whole 28x28 canvas, as in almost all papers. Beside ``usps`` its digits are smaller by 20/28 and not
  centred in the same way.
- ``mnist_box``: the 20x20 box alone, enlarged to 28x28. Its digits are as tall as those of ``usps``, and only the
  writing differs.

``usps`` is enlarged to 28x28. All three stand in the middle of a black 32x32 image, the grey repeated in each
channel: the 32x32 colour input of Ganin & Lempitsky (2015, arXiv:1409.7495).
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

from dabench.data.arrays import DomainArrays, Split

CLASSES = tuple("0123456789")
CANVAS = 28  # pixels of a grey digit's side
SIZE = 32  # pixels of an image's side
_BOX = 20  # pixels of the box into which MNIST scales a digit

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


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


def of_digits(splits: dict[str, tuple[Images, Labels]]) -> DomainArrays:
    """Makes a domain of the images and labels of ``train`` and ``test``."""
    return DomainArrays(Split(*splits["train"]), Split(*splits["test"]), CLASSES)
