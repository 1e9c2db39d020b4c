"""What makes a run the same run: hashes of canonical JSON."""

from __future__ import annotations

import hashlib
import json
from typing import Any

# Raise it whenever the harness itself computes other numbers than before: then every run is a new run.
NUMERICS_VERSION = 1


def sha256(content: Any) -> str:
    """The hash of plain values as canonical JSON: sorted keys, no spaces, floats by `repr`."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
