"""The page on methods, as markdown."""

from __future__ import annotations

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.which_method.blocks import blocks_of
from dabench.leaderboard.which_method.grids import HOW_TO_READ
from dabench.leaderboard.which_method.markdown import page
from dabench.leaderboard.which_method.summary import tracks_of
from tests.support.factories import make_frame, make_records


def made(pairs: int) -> str:
    values = {"source_only": [0.5, 0.51], "dann": [0.7, 0.72], "coral": [0.52, 0.51], "target_only": [0.9, 0.91]}
    records = [record for place in range(pairs) for record in make_records(values, pair=f"a{place}:b{place}")]
    tracks = tracks_of(blocks_of(build_tables(make_frame(*records))))
    return page(
        tracks, {"dann": "DANN", "coral": "CO|RAL"}, lambda kind, name: f"{kind}/{name}" if name == "dann" else None
    )


def test_a_line_for_each_method_and_suite() -> None:
    text = made(6)
    assert (
        "| [DANN](method/dann) | 6 | 51 % [51, 51] | +20.5 [+20.5, +20.5] | 6 | 0 | 0.12 | 12 | 0 | 0 | mini |" in text
    )
    assert "| CO\\|RAL | 6 | 3 % [3, 3] | +1.0 [+1.0, +1.0] | 0 | 0 |" in text
    assert "6 pairs (mini 6), critical difference 1.35, Friedman's test p = " in text
    assert "| source only | 3.00 | yes |" in text
    assert "| mini | 6 | 4 | none | 2 seeds | 200 | small | fp32 | last step |  |" in text
    assert all(f"- {sentence}" in text for sentence in HOW_TO_READ)


@pytest.mark.slow
def test_every_row_has_as_many_fields_as_its_heading() -> None:
    lines = made(6).replace("\\|", "").splitlines()
    tables = [lines[place : place + 20] for place, line in enumerate(lines) if line.startswith("| ---")]
    assert len(tables) == 3
    for table in tables:
        rows = table[: table.index("")]
        assert len({row.count("|") for row in rows}) == 1


@pytest.mark.slow
def test_few_pairs_and_none_are_said() -> None:
    assert "No mean ranks: no two methods have numbers on the same 6 pairs" in made(2)
    assert "There are no published results." in made(0)
