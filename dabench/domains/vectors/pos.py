"""Part-of-speech tags of English in five genres: the Universal Dependencies English Web Treebank.

An example is a word in its sentence, as sparse context features in 2^18 columns by their hash: the word, its endings,
its shape, and its neighbours. Every fifth document of a genre, by the name of its file, is for testing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import FeatureHasher

from dabench.data.arrays import DomainArrays, Split, csr
from dabench.domains.files import require
from dabench.domains.vectors.pos_spec import FILES, HOMEPAGE
from dabench.errors import DataError

COLUMNS = 2**18
# The 17 universal tags, https://universaldependencies.org/u/pos/
CLASSES = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ"),
    *("SYM", "VERB", "X"),
)

Sentence = list[tuple[str, str]]
"""Words and their tags."""


def load(genre: str) -> DomainArrays:
    """Returns features of words (N, 262144), sparse float32, and their tags."""
    paths = require(f"pos/{genre}", FILES[genre], homepage=HOMEPAGE)
    test = paths[4::5]
    return DomainArrays(_split(sorted(set(paths) - set(test))), _split(test), CLASSES)


def sentences(path: Path) -> Iterator[Sentence]:
    """The sentences of a CoNLL-U file.

    Lines with a range of words or an empty node (`3-4`, `5.1`) are no words of their own.

    Raises:
        DataError: a tag that is not one of the 17.
    """
    for block in path.read_text("utf-8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        words = [(row[1], row[3]) for row in rows if row[0].isdigit()]
        wrong = {tag for _, tag in words if tag not in CLASSES}
        if wrong:
            raise DataError(f"{path}: {', '.join(sorted(wrong))} is no universal part of speech")
        if words:
            yield words


def features(words: list[str], place: int) -> Iterator[str]:
    """Names of the features that the word at a place of its sentence has."""
    word = words[place]
    low = word.lower()
    yield f"word={low}"
    yield from (f"ending={low[-length:]}" for length in (1, 2, 3) if len(low) > length)
    yield f"start={low[:2]}"
    yield f"shape={shape(word)}"
    for offset in (-2, -1, 1, 2):
        near = words[place + offset].lower() if 0 <= place + offset < len(words) else "-"
        yield f"word{offset:+d}={near}"
        if abs(offset) == 1:
            yield f"ending{offset:+d}={near[-2:]}"
    yield f"first={place == 0}"


def shape(word: str) -> str:
    """`Xx` for `Smith`, `dxd` for `24x7`: kinds of characters, repeated ones once."""
    kinds = ("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word)
    return re.sub(r"(.)\1+", r"\1", "".join(kinds))


def _split(paths: list[Path]) -> Split:
    named, tags = [], []
    for path in paths:
        for sentence in sentences(path):
            words = [word for word, _ in sentence]
            named += [list(features(words, place)) for place in range(len(words))]
            tags += [CLASSES.index(tag) for _, tag in sentence]
    hasher = FeatureHasher(COLUMNS, input_type="string", alternate_sign=False)
    return Split(csr(hasher.transform(named)), np.array(tags, dtype=np.int64))


answers = partial(load, "answers")
email = partial(load, "email")
newsgroup = partial(load, "newsgroup")
reviews = partial(load, "reviews")
weblog = partial(load, "weblog")
