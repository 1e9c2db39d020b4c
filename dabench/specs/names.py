"""Names as users type them."""

from __future__ import annotations


def canonical(name: str) -> str:
    """`feature-matching` and `feature_matching` mean the same."""
    return name.strip().replace("-", "_")
