"""Amazon reviews of four kinds of products, positive or negative, as sparse counts of 5,000 terms.

The set of Ganin et al. (2016, JMLR 17(59), Table 1): reviews of Blitzer, Dredze & Pereira (2007), their 5,000 most
frequent unigrams and bigrams over all domains (Chen et al. 2012), split as published.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_svmlight_files

from dabench.data.arrays import DomainArrays, Split, csr
from dabench.domains.files import require
from dabench.domains.vectors.amazon_spec import FILES, HOMEPAGE

TERMS = 5000
CLASSES = ("negative", "positive")


def load(name: str) -> DomainArrays:
    """Returns counts of terms (N, 5000), sparse float32; the labels -1 and +1 of the files become 0 and 1."""
    paths = require(f"amazon/{name}", *FILES[name], homepage=HOMEPAGE)
    train_x, train_y, test_x, test_y = load_svmlight_files(paths, n_features=TERMS, zero_based=True)
    return DomainArrays(_split(train_x, train_y), _split(test_x, test_y), CLASSES)


def _split(x: Any, y: NDArray[np.float64]) -> Split:
    return Split(csr(x), (y > 0).astype(np.int64))


books = partial(load, "books")
dvd = partial(load, "dvd")
electronics = partial(load, "electronics")
kitchen = partial(load, "kitchen")
