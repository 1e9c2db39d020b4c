"""Names as users type them."""

from __future__ import annotations

import pytest

from dabench.specs.names import bound_rank, canonical, items


def test_hyphens_and_underscores_mean_the_same() -> None:
    assert canonical(" feature-matching ") == "feature_matching"


@pytest.mark.parametrize(
    ("text", "found"), [("", []), ("dann", ["dann"]), (" dann , coral,", ["dann", "coral"]), (",,", [])]
)
def test_items_of_a_comma_separated_list(text: str, found: list[str]) -> None:
    assert items(text) == found


def test_bounds_stand_outside() -> None:
    methods = ["target_only", "dann", "source_only", "coral"]
    assert sorted(methods, key=bound_rank) == ["source_only", "dann", "coral", "target_only"]
