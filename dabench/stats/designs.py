"""Complete designs in an incomplete one: sets of methods with the blocks in which each of them was measured.

Friedman's test needs every method in every block. Where suites have different methods, there are several largest
choices: fewer methods on more blocks, or more methods on fewer.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass
from typing import Generic, TypeVar

BlockT = TypeVar("BlockT", bound=Hashable)


@dataclass(frozen=True)
class Design(Generic[BlockT]):
    """Methods, and the blocks that have all of them.

    Attributes:
        methods: in alphabetical order.
        blocks: in the order in which they were given.
    """

    methods: tuple[str, ...]
    blocks: tuple[BlockT, ...]

    @property
    def size(self) -> int:
        """The comparisons with one of the methods that the design holds: (methods - 1) x blocks."""
        return (len(self.methods) - 1) * len(self.blocks)


def complete_designs(
    measured: Mapping[BlockT, Set[str]], *, least_methods: int = 2, least_blocks: int = 1
) -> list[Design[BlockT]]:
    """All maximal complete designs: to none of them a method or a block can be added.

    The sets of methods are the intersections of those of some blocks. Suites have few different sets, so all
    intersections are made.

    Args:
        measured: the methods of each block.
        least_methods: designs of fewer are left out.
        least_blocks: the same for blocks.

    Returns:
        The largest first (see `Design.size`), of equal ones that with more blocks.
    """
    closed: set[frozenset[str]] = set()
    for methods in {frozenset(found) for found in measured.values()}:
        closed |= {methods & other for other in closed} | {methods}
    designs = [
        Design(tuple(sorted(methods)), tuple(block for block, found in measured.items() if methods <= found))
        for methods in closed
        if len(methods) >= least_methods
    ]
    kept = [design for design in designs if len(design.blocks) >= least_blocks]
    return sorted(kept, key=lambda design: (-design.size, -len(design.blocks), design.methods))
