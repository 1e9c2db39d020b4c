"""Feature vectors of several domains in one array, dense or sparse."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import hstack, issparse, vstack


def below(*parts: Any) -> Any:
    """Rows of (N, D) and (M, D) below each other; sparse where they are."""
    return vstack(parts, format="csr") if issparse(parts[0]) else np.concatenate(parts)


def beside(*parts: Any) -> Any:
    """Columns of (N, D) and (N, E) beside each other; sparse where one of them is."""
    return hstack(parts, format="csr") if any(map(issparse, parts)) else np.concatenate(parts, axis=1)
