"""Names as users type them, and those that dabench itself knows."""

from __future__ import annotations

from typing import Literal, get_args

Bound = Literal["source_only", "target_only"]
BOUNDS: tuple[Bound, Bound] = get_args(Bound)  # the lower and the upper one
LOWER, UPPER = BOUNDS


def canonical(name: str) -> str:
    """`feature-matching` and `feature_matching` mean the same."""
    return name.strip().replace("-", "_")


def items(text: str) -> list[str]:
    """The items of a comma-separated list, without blanks around them; empty ones are left out."""
    return [item.strip() for item in text.split(",") if item.strip()]


def bound_rank(method: str) -> int:
    """The place of a method among others: 0 for the lower bound, 2 for the upper one, 1 for all that is no bound."""
    return 0 if method == LOWER else 2 if method == UPPER else 1
