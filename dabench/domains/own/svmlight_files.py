"""Tables in svmlight's format (.svm, .libsvm, .svmlight): a label and `index:value` pairs on a line.

A file does not say whether its indices begin with 0 or with 1, and it names only what is not 0. So columns are called
by their index, as in `f_17`, whatever the file begins with, and what a domain never names is a column of zeros there.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from dabench.data.limits import MOST_BYTES
from dabench.errors import DataError

SUFFIXES = (".svm", ".libsvm", ".svmlight")
LABEL = "label"


def read_svmlight(path: Path) -> pd.DataFrame:
    """The label, and the features that occur in the file.

    Raises:
        DataError: as a table of rows and columns it does not fit into memory.
        ValueError: it is not in this format.
    """
    from sklearn.datasets import load_svmlight_file

    # With a guess of the base two files of one feature space may differ by one column.
    x, y = load_svmlight_file(str(path), zero_based=True)
    occurring = np.unique(x.indices)
    if 8 * x.shape[0] * len(occurring) > MOST_BYTES:
        raise DataError(
            f"{path} has {x.shape[0]:,} rows of {len(occurring):,} features: as a table that is more than "
            f"{MOST_BYTES >> 30} GB. Keep the features that occur most, or write a domain for sparse vectors in a "
            "plugin."
        )
    dense = x[:, occurring].toarray()
    return pd.DataFrame({LABEL: y} | {f"f_{index}": dense[:, place] for place, index in enumerate(occurring)})


def with_all(frame: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """The frame with all of these columns in the order of their indices; those that it lacks are 0."""
    return frame.reindex(columns=sorted(names, key=lambda name: int(name.removeprefix("f_"))), fill_value=0.0)
