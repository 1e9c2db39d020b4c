"""Office-Caltech10: ten classes of objects in four collections of photographs, as SURF histograms (800-d).

Gong, Shi, Sha & Grauman (2012), in the files that come with CORAL's own code. Published protocols use a domain whole
and split nothing; for others every second example of a class is kept for testing.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.io import loadmat

from dabench.data.arrays import DomainArrays, Split
from dabench.domains.files import require
from dabench.domains.vectors.office_caltech_spec import FILES, HOMEPAGE

CLASSES = (
    "backpack",
    "bike",
    "calculator",
    "headphones",
    "keyboard",
    "laptop",
    "monitor",
    "mouse",
    "mug",
    "projector",
)


def load(name: str) -> DomainArrays:
    """Returns counts of 800 visual words in each photograph (N, 800), float32."""
    (path,) = require(f"office_caltech/{name}", FILES[name], homepage=HOMEPAGE)
    content = loadmat(path)
    x = content["fts"].astype(np.float32)
    y = content["labels"].ravel().astype(np.int64) - 1  # the file counts from 1
    place = np.empty_like(y)  # of an example within its class
    for label in np.unique(y):
        place[y == label] = np.arange(np.sum(y == label))
    test = place % 2 == 1
    return DomainArrays(Split(x[~test], y[~test]), Split(x[test], y[test]), CLASSES)


amazon = partial(load, "amazon")
caltech = partial(load, "caltech")
dslr = partial(load, "dslr")
webcam = partial(load, "webcam")
