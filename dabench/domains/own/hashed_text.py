"""Columns of text as counts of words, by hashing: nothing is learned, so every domain is encoded alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dabench.errors import DataError


def hashed(frame: pd.DataFrame, columns: Sequence[str], size: int, where: str) -> pd.DataFrame:
    """The frame with `size` columns of numbers, `name_0`, `name_1`, …, in the place of each column of text.

    Words are letters and digits of two signs and more, in small letters, as in scikit-learn's HashingVectorizer
    (Weinberger et al. 2009, arXiv:0902.2206). The counts of a text have the Euclidean length 1; an empty cell is all
    zeros.

    Args:
        frame: of a domain.
        columns: of text.
        size: columns for each of them.
        where: for messages.

    Raises:
        DataError: a column holds numbers.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(n_features=size, alternate_sign=False, dtype=np.float64)
    parts = []
    for name in frame.columns:
        if name not in columns:
            parts.append(frame[[name]])
            continue
        if pd.api.types.is_numeric_dtype(frame[name]):
            raise DataError(f"{where}: `text` names the column {name}, which holds numbers")
        texts = ["" if text is None or text != text else str(text) for text in frame[name].tolist()]
        counts = vectorizer.transform(texts).toarray()
        names = [f"{name}_{place}" for place in range(size)]
        parts.append(pd.DataFrame(counts, index=frame.index, columns=names))
    return pd.concat(parts, axis=1) if parts else frame
