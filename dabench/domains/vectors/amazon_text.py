"""Amazon reviews of four kinds of products from their raw text (Blitzer, Dredze & Pereira 2007): counts of terms.

Unigrams and bigrams of title and text are counted in 2^18 columns by their hash. So the columns of all domains mean
the same and no vocabulary is fitted on anything; what is fitted, the inverse document frequencies, belongs to a run
and its train splits (`input.normalise: tfidf`). 1,000 negative and 1,000 positive reviews, the last fifth of each file
for testing. Some texts occur more than once: all copies stand in the split of the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from dabench.data.arrays import DomainArrays, Split, csr
from dabench.domains.files import require
from dabench.domains.vectors.amazon_text_spec import FILES, HOMEPAGE
from dabench.errors import DataError

COLUMNS = 2**18
CLASSES = ("negative", "positive")


def load(name: str) -> DomainArrays:
    """Returns counts of hashed terms (N, 262144), sparse float32."""
    paths = require(f"amazon_text/{name}", *FILES[name], homepage=HOMEPAGE)
    texts: list[str] = []
    labels: list[int] = []
    in_test: dict[str, bool] = {}  # by text
    for label, path in enumerate(paths):
        found = list(reviews(path))
        for place, text in enumerate(found):
            in_test.setdefault(text, place >= 0.8 * len(found))
        texts += found
        labels += [label] * len(found)
    counter = HashingVectorizer(n_features=COLUMNS, ngram_range=(1, 2), alternate_sign=False, norm=None)
    x, y = csr(counter.transform(texts)), np.array(labels, dtype=np.int64)
    test = np.array([in_test[text] for text in texts])
    return DomainArrays(Split(x[~test], y[~test]), Split(x[test], y[test]), CLASSES)


def reviews(path: Path) -> Iterator[str]:
    """Title and text of every review of a file, with white space made single.

    The files look like XML but are not well-formed (bare `&`, no one root), and are encoded in latin-1.

    Raises:
        DataError: a review without title or text.
    """
    for number, review in enumerate(re.findall(r"<review>(.*?)</review>", path.read_text("latin-1"), re.DOTALL)):
        parts = [re.search(rf"<{tag}>(.*?)</{tag}>", review, re.DOTALL) for tag in ("title", "review_text")]
        found = [part.group(1) for part in parts if part]
        if len(found) != len(parts):
            raise DataError(f"{path}: review {number + 1} has no title or no text")
        yield " ".join(" ".join(found).split())


books = partial(load, "books")
dvd = partial(load, "dvd")
electronics = partial(load, "electronics")
kitchen = partial(load, "kitchen")
