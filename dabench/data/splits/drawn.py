"""Test splits of data that have none: drawn once, the same for all runs."""

from __future__ import annotations

from dabench.seeding import numpy_generator


def drawn_for_test(count: int, share: float, seed: int, purpose: str) -> frozenset[int]:
    """Draw the places of test among the examples of a class: at least one, and never all.

    Args:
        count: examples of the class.
        share: of them that is drawn.
        seed: of the draw.
        purpose: of the draw, as `dabench.seeding.stream` takes it.
    """
    held = min(max(1, round(share * count)), count - 1)
    return frozenset(numpy_generator(seed, purpose).permutation(count)[:held].tolist())
