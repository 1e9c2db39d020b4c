"""Pictures of PACS that are nearly the same, and sketches that were drawn from its photographs.

    python tests/studies/pacs_pictures.py FOLDER     FOLDER/{photo,art_painting,cartoon,sketch}/CLASS/PICTURE

Two pictures are nearly the same where they correlate by more than .99 as grey squares of 32x32 pixels. A sketch and the
photograph that it was drawn from have the same name but for a number: `sketch/dog/n02103406_1011-1` and
`photo/dog/n02103406_1011`. Identical pictures are found by `dabench data check`, for any suite.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

ALIKE = 0.99
ROWS = 500  # that are compared with all others at a time


def thumbnail(path: Path) -> np.ndarray:
    """A picture as a vector of mean 0 and length 1."""
    grey = np.asarray(Image.open(path).convert("L").resize((32, 32), Image.Resampling.BOX), np.float32).ravel()
    centred = grey - grey.mean()
    return centred / max(float(np.linalg.norm(centred)), 1e-6)


def main() -> None:
    root = Path(sys.argv[1])
    paths = sorted(path for path in root.glob("*/*/*") if path.suffix in (".jpg", ".png"))
    names = [path.relative_to(root).with_suffix("").as_posix() for path in paths]
    vectors = np.stack([thumbnail(path) for path in paths])
    print(f"{len(names):,} pictures; nearly the same:")
    for first in range(0, len(vectors), ROWS):
        for one, other in np.argwhere(vectors[first : first + ROWS] @ vectors.T > ALIKE):
            if one + first < other:
                print(f"  {names[one + first]} = {names[other]}")
    photos = {name.partition("/")[2] for name in names if name.startswith("photo/")}
    drawn = [re.sub(r"-\d+$", "", name.partition("/")[2]) for name in names if name.startswith("sketch/")]
    of_photos = Counter(name for name in drawn if name in photos)
    print(
        f"{of_photos.total():,} of {len(drawn):,} sketches were drawn from {len(of_photos):,} of {len(photos):,} photos"
    )
    several = [count for count in Counter(drawn).values() if count > 1]
    print(f"{sum(several):,} sketches have others that were drawn from the same photograph")


if __name__ == "__main__":
    main()
