"""Traffic signs: ``gtsrb``, the German Traffic Sign Recognition Benchmark (Stallkamp et al. 2012).

Whole frames, scaled to RGB images of 32x32 pixels; the region of the sign within the frame is not cut out. The
splits are the publisher's: train and test share no track. The frames of one track are near-duplicates: the tracks of
train are its groups, so that source_val shares none with what is trained on. Which images of test are of one track is
not published.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dabench.data.arrays import DomainArrays, Split
from dabench.data.folder import data_dir
from dabench.domains.files import require
from dabench.domains.images.gtsrb_spec import FILES, HOMEPAGE
from dabench.errors import DataError

SIZE = 32
_NAME = re.compile(r"\d{5}_\d{5}\.ppm")

# In the order of the publisher's class numbers, 0 to 42.
CLASSES = (
    "speed limit 20", "speed limit 30", "speed limit 50", "speed limit 60", "speed limit 70", "speed limit 80",
    "end of speed limit 80", "speed limit 100", "speed limit 120", "no passing", "no passing for lorries",
    "right of way at the next crossing", "priority road", "yield", "stop", "no vehicles", "no lorries", "no entry",
    "general caution", "bend to the left", "bend to the right", "double bend", "bumpy road", "slippery road",
    "road narrows", "road works", "traffic signals", "pedestrians", "children", "bicycles", "ice or snow",
    "wild animals", "end of all limits", "turn right ahead", "turn left ahead", "ahead only", "ahead or right",
    "ahead or left", "keep right", "keep left", "roundabout", "end of no passing", "end of no passing for lorries",
)  # fmt: skip


def load_gtsrb() -> DomainArrays:
    """Returns GTSRB (N, 3, 32, 32), 43 classes."""
    found = require("gtsrb", *FILES, homepage=HOMEPAGE)
    folders = {path.parent for path in found if path.parent.parent.name == "Training"}
    if len(folders) != len(CLASSES):  # torchvision numbers the folders that it finds
        raise DataError(
            f"domain 'gtsrb' needs gtsrb/GTSRB/Training with {len(CLASSES)} folders, and found {len(folders)}. "
            f"Get the rest from {HOMEPAGE}."
        )
    train = _read("train")
    groups = _tracks([path for path in found if path.parent in folders], train.y)
    return DomainArrays(replace(train, groups=groups), _read("test"), CLASSES)


def _tracks(paths: list[Path], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """The track of every train image, numbered through all classes.

    Args:
        paths: `Training/<class>/<track>_<frame>.ppm`, sorted, which is torchvision's order.
        y: its labels, to make sure of that.
    """
    wrong = [path for path in paths if not _NAME.fullmatch(path.name)]
    if wrong:
        raise DataError(f"domain 'gtsrb': {wrong[0]} is not named TRACK_FRAME.ppm, so its track is unknown")
    classes = np.array([int(path.parent.name) for path in paths])
    if not np.array_equal(classes, y):
        raise DataError("domain 'gtsrb': the folders of gtsrb/GTSRB/Training are not named 00000 to 00042")
    tracks = np.array([int(path.name.partition("_")[0]) for path in paths])
    return np.asarray(classes * 100_000 + tracks)


def _read(name: str) -> Split:
    from torchvision import datasets

    read = datasets.GTSRB(data_dir(), split=name)
    x, y = np.empty((len(read), 3, SIZE, SIZE), np.uint8), np.empty(len(read), np.int64)
    for row in range(len(read)):
        image, y[row] = read[row]
        x[row] = np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
    return Split(x, y)
