"""Names as users type them."""

from __future__ import annotations

import re
from unicodedata import normalize


def canonical(name: str) -> str:
    """`feature-matching` and `feature_matching` mean the same."""
    return name.strip().replace("-", "_")


def pair_name(text: str) -> str:
    """What a folder, a file or a value is called in a pair: `Real World` becomes `real_world`, and `7` becomes `d7`."""
    name = re.sub(r"[^a-z0-9]+", "_", normalize("NFC", text).lower()).strip("_")
    return f"d{name}" if name[:1].isdigit() else name
