"""The picture of accuracy over the labels asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.errors import UsageError
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.plots.rounds import draw_rounds
from dabench.results.csv_file import frame_of
from dabench.runs.record import flatten
from tests.support.active import active_tables
from tests.support.factories import make_record


@pytest.mark.slow
def test_the_legend_names_every_rule_and_the_bound(tmp_path: Path) -> None:
    draw_rounds(active_tables(), tmp_path / "rounds.svg")
    text = (tmp_path / "rounds.svg").read_text()
    for name in ("weighted (random)", "weighted (margin)", "weighted (clue)", "train on target"):
        assert f"<!-- {name} -->" in text
    assert "<!-- source only -->" not in text  # every curve begins there


@pytest.mark.slow
def test_what_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to draw"):
        draw_rounds(build_tables(frame_of([flatten(make_record())])), tmp_path / "rounds.svg")
    with pytest.raises(UsageError, match="is no picture that can be drawn"):
        draw_rounds(active_tables(), tmp_path / "rounds.txt")
