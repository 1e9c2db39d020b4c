"""Complete designs of incomplete ones, against all subsets."""

from __future__ import annotations

from itertools import combinations

from dabench.stats.designs import Design, complete_designs

MEASURED = {
    "one": {"a", "b"}, "two": {"a", "b"}, "three": {"a", "b", "c"}, "four": {"c", "d"}, "five": {"a"},
}  # fmt: skip


def test_all_maximal_designs_are_found_and_no_other() -> None:
    names = sorted(set().union(*MEASURED.values()))
    expected = set()
    for size in range(1, len(names) + 1):
        for methods in combinations(names, size):
            blocks = tuple(block for block, found in MEASURED.items() if set(methods) <= found)
            shared = set.intersection(*(MEASURED[block] for block in blocks)) if blocks else set()
            if blocks and shared == set(methods):
                expected.add(Design(methods, blocks))
    assert set(complete_designs(MEASURED, least_methods=1)) == expected


def test_the_largest_comes_first() -> None:
    found = complete_designs(MEASURED)
    assert found[0] == Design(("a", "b"), ("one", "two", "three"))
    assert [design.size for design in found] == sorted((design.size for design in found), reverse=True)


def test_small_ones_are_left_out() -> None:
    assert complete_designs(MEASURED, least_blocks=2) == [Design(("a", "b"), ("one", "two", "three"))]
    assert complete_designs({}) == []
