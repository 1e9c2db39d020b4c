"""Hashes of canonical JSON, and the versions that enter a run's identity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

# Raise it whenever the harness itself computes other numbers than before: then every run is a new run.
NUMERICS_VERSION = 1

# Views that make other images than their first version did. Raise a number, or add a view with a 2, when a change of
# `data/augmentation.py` makes other images: then the runs that may use the view are new runs, and no others.
VIEW_VERSIONS: Mapping[str, int] = {"randaugment": 2}


def view_versions(views: Iterable[object]) -> dict[str, int]:
    """The versions above 1 among some names of views; whatever else is among them is passed over."""
    return {view: VIEW_VERSIONS[view] for view in views if isinstance(view, str) and view in VIEW_VERSIONS}


def sha256(content: Any) -> str:
    """The hash of plain values as canonical JSON: sorted keys, no spaces, floats by `repr`."""
    return hashlib.sha256(_CANONICAL(content).encode()).hexdigest()


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
