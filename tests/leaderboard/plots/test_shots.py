"""Tables and the picture of a suite with several numbers of shots."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dabench.errors import UsageError
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import console
from dabench.leaderboard.formats.footnotes import footnotes
from dabench.leaderboard.formats.text import next_commands, seeds_of
from dabench.leaderboard.plots.shots import draw_shots
from dabench.leaderboard.table import Table
from tests.support.factories import make_frame, make_records

MEANS = {"all": 0.8, 10: 0.7, 3: 0.65, 1: 0.6}  # in no order


def tables() -> list[Table]:
    records = [
        record
        for shots, mean in MEANS.items()
        for record in make_records(
            {"source_only": [0.5, 0.52], "feda": [mean, mean + 0.03], "target_only": [0.9, 0.92]},
            track="few_shot",
            shots=shots,
        )
    ]
    return build_tables(make_frame(*records))


@pytest.mark.slow
def test_every_number_of_shots_has_a_table_of_its_own_fewest_first() -> None:
    made = tables()
    assert [table.shots for table in made] == [1, 3, 10, "all"]
    (feda,) = (row for row in made[2].rows if row.method == "feda")
    (cell,) = feda.cells.values()
    assert cell.mean == pytest.approx(0.715)


@pytest.mark.slow
def test_a_table_says_what_its_methods_may_see() -> None:
    text = console.render(tables(), width=160, colour=False)
    assert "few_shot, 3 per class" in text
    assert "few_shot, all labelled" in text
    assert any("the labels of 10 examples of each of its classes" in note for note in footnotes(tables()[2]))
    assert any("trained with all target labels" in note for note in footnotes(tables()[2]))
    assert any("training noise and the draw of what is labelled only" in note for note in footnotes(tables()[2]))
    unsupervised = build_tables(make_frame(*make_records({"source_only": [0.5], "target_only": [0.9]})))[0]
    assert not any("few_shot" in note or "all target labels" in note for note in footnotes(unsupervised))


@pytest.mark.slow
def test_the_next_command_names_the_shots() -> None:
    assert " feda --shots 1 " in next_commands(tables())


@pytest.mark.slow
@pytest.mark.parametrize(("track", "axis"), [("few_shot", "target examples per class"), ("paired", "groups of each")])
def test_the_axis_says_what_is_counted(track: str, axis: str, tmp_path: Path) -> None:
    records = make_records({"feda": [0.5, 0.6]}, track=track, shots=2)
    draw_shots(build_tables(make_frame(*records)), tmp_path / "shots.svg")
    assert f"<!-- labelled {axis}" in (tmp_path / "shots.svg").read_text()


@pytest.mark.slow
def test_the_title_says_what_differs_from_the_suite(tmp_path: Path) -> None:
    records = make_records({"feda": [0.5, 0.6]}, track="few_shot", shots=2, variant="budget.steps=30")
    draw_shots(build_tables(make_frame(*records)), tmp_path / "shots.svg")
    assert "<!-- mini: budget.steps=30, 2 seeds, bars" in (tmp_path / "shots.svg").read_text()


def test_numbers_of_seeds_that_differ_are_both_named() -> None:
    records = [
        record
        for shots, accuracies in ((1, [0.5, 0.6]), (3, [0.5, 0.6, 0.7]))
        for record in make_records({"feda": accuracies}, track="few_shot", shots=shots)
    ]
    few, more = build_tables(make_frame(*records))
    assert [seeds_of([few]), seeds_of([more, few])] == ["2 seeds", "2 to 3 seeds"]


@pytest.mark.slow
def test_the_picture_has_a_line_for_each_method(tmp_path: Path) -> None:
    draw_shots(tables(), tmp_path / "shots.png")
    with Image.open(tmp_path / "shots.png") as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
    assert (0, 0x72, 0xB2) in colours


@pytest.mark.slow
def test_what_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf"):
        draw_shots(tables(), tmp_path / "shots.txt")
    assert any("training noise and the draw of what is labelled only" in note for note in footnotes(tables()[2]))
    unsupervised = build_tables(make_frame(*make_records({"source_only": [0.5], "target_only": [0.9]})))
    with pytest.raises(UsageError, match="suite with shots"):
        draw_shots(unsupervised, tmp_path / "shots.png")
