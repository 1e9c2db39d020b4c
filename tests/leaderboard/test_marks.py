"""Marks and what stands beside them: best and tied, groups of settings, certainty, what was left out of the data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import console, html, latex, markdown
from dabench.leaderboard.formats import csv as csv_
from dabench.leaderboard.formats import json as json_
from dabench.leaderboard.formats.footnotes import footnotes, marks
from dabench.leaderboard.formats.text import mark, share
from dabench.leaderboard.gains import relative_gain
from dabench.leaderboard.seeds import seeds_text
from dabench.leaderboard.table import Cell, Table
from dabench.results.folder import read_results
from dabench.runs.record import RunRecord
from tests.support.factories import make_frame, make_records

PAIR = "digits:digits_m"
READ = [console.render, markdown.render, latex.render, html.render]
COMMITTED = sorted(Path("results").glob("*.csv"))
LONG = {"variant": "long", "comparison_sha256": "1" * 64}
Render = Callable[[Sequence[Table]], str]


def table(*records: RunRecord) -> Table:
    (found,) = build_tables(make_frame(*records))
    return found


def cells(found: Table, pair: str = PAIR) -> dict[str, Cell]:
    return {row.label: row.cells[pair] for row in found.rows}


def noisy(method: str, accuracies: Sequence[float], **more: Any) -> list[RunRecord]:
    """Runs of other predictions on every seed."""
    records = make_records({method: accuracies}, **more)
    return [
        record.model_copy(update={"predictions_sha256": f"{record.seed}{method}".ljust(64, "0")}) for record in records
    ]


def steady(method: str, accuracy: float, **more: Any) -> list[RunRecord]:
    """Runs of the same predictions on every seed."""
    return make_records({method: [accuracy] * 3}, predictions_sha256=method.ljust(64, "0"), **more)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("render", "mark"),
    [*((render, "°") for render in (console.render, markdown.render, html.render)), (latex.render, r"$^\circ$")],
)
def test_rows_that_adapt_without_the_source_are_marked_and_said_to(render: Render, mark: str) -> None:
    runs = [*make_records({"source_only": [0.5] * 2}), *make_records({"shot": [0.6] * 2}, source_free=True)]
    assert f"shot{mark}" in render([table(*runs)])
    assert f"{mark} source-free: adapts a network" in " ".join(render([table(*runs)]).split())
    other = make_records({"shot": [0.6] * 2}, source_free=None)
    assert mark not in render([table(*make_records({"source_only": [0.5] * 2}), *other)])
    for found, said in ((json_.render, '"source_free": true'), (csv_.render, ",True")):
        assert said in found([table(*runs)])


def test_equal_accuracies_of_other_predictions_prove_nothing() -> None:
    rows = 10
    found = cells(
        table(
            *noisy("source_only", [0.5] * 2, test_rows=rows),
            *noisy("dann", [0.6] * 2, test_rows=rows),
            *noisy("target_only", [0.8] * 2, test_rows=rows),
        )
    )["dann"]
    assert found.p_gain is not None
    assert found.p_gain > 0.05
    assert found.no_gain
    assert (found.gap.value, found.gap.why) == (None, "two seeds cannot bound it")
    assert found.ci95 is not None
    assert 0 <= found.ci95[0] < 0.6 < found.ci95[1] <= 1


def test_equal_predictions_have_no_noise() -> None:
    found = cells(table(*steady("source_only", 0.5), *steady("dann", 0.6), *steady("target_only", 0.9)))["dann"]
    assert (found.p_gain, found.ci95, share(found.gap)) == (0.0, (0.6, 0.6), "25 % [25, 25]")


@pytest.mark.parametrize("more", [{"test_rows": 20}, {"status": "collapsed"}, {"predictions_sha256": None}])
def test_equal_predictions_may_be_a_coincidence(more: dict[str, Any]) -> None:
    """On a few examples, of a collapsed run; or nobody knows whether they are equal."""
    found = cells(table(*make_records({"dann": [0.6] * 3}, **more)))["dann"]
    assert found.ci95 is not None
    assert found.ci95[0] < 0.6 < found.ci95[1]


def test_two_seeds_and_one_test_example_are_certain_of_nothing() -> None:
    one = {"test_rows": 1}
    records = [*steady("source_only", 0.0, **one), *steady("dann", 1.0, **one)]
    found = cells(table(*(record for record in records if record.seed < 2)))["dann"]
    assert (found.no_gain, found.ci95) == (True, (0.0, 1.0))


def test_a_collapsed_method_is_never_the_best() -> None:
    rivals = {"source_only": [0.1, 0.12, 0.11], "coral": [0.2, 0.21, 0.19]}
    collapsed = make_records({"dann": [0.3, 0.31]}) + [
        record for record in make_records({"dann": [0.3] * 3}, status="collapsed") if record.seed == 2
    ]
    made = table(*make_records(rivals), *collapsed)
    found = cells(made)
    assert (found["dann"].best, found["dann"].tied, found["coral"].best) == (False, False, True)
    assert any("never called best" in note for note in footnotes(made))


@pytest.mark.slow
def test_a_method_below_source_only_is_not_called_the_best() -> None:
    made = table(*make_records({"source_only": [0.5, 0.51, 0.52], "dann": [0.4, 0.42, 0.41]}))
    assert not cells(made)["dann"].best
    assert mark(cells(made)["dann"]) == ""
    assert "no method is called best where none is above source only" in footnotes(made)
    both = table(*make_records({"source_only": [0.5, 0.5], "dann": [0.4, 0.4], "coral": [0.3, 0.4]}))
    assert not any(cell.best or cell.tied or cell.p_best for cell in cells(both).values())


@pytest.mark.slow
def test_a_method_with_nothing_beside_it_is_not_called_the_best() -> None:
    assert not cells(table(*make_records({"dann": [0.7, 0.8]})))["dann"].best
    assert cells(table(*make_records({"dann": [0.7, 0.8], "coral": [0.6, 0.6]})))["dann"].best


def test_differences_that_only_a_correction_takes_away_have_marks_of_their_own() -> None:
    """Six methods, three seeds: what a single interval shows is no longer shown after Holm's correction."""
    runs = {f"m{place}": [0.50 + 0.02 * place, 0.53 + 0.02 * place, 0.50 + 0.02 * place] for place in range(5)}
    made = table(*make_records({"source_only": [0.50, 0.51, 0.49], "best": [0.66, 0.76, 0.70], **runs}))
    found = cells(made)
    assert found["m0"].below_alone
    assert found["m0"].behind_best is not None
    assert not found["m0"].behind_best.includes_zero
    assert "<" in mark(found["m0"])
    assert "?" in mark(found["m1"])
    assert "but not after Holm's correction over all pairs of methods" in marks(made)[0]


def test_how_far_a_tied_method_is_below_is_said() -> None:
    made = table(*make_records({"source_only": [0.1, 0.1, 0.1], "dann": [0.9, 0.7, 0.8], "coral": [0.6, 0.8, 0.7]}))
    assert cells(made)["coral"].tied
    assert "= not distinguishable from it, up to 10.0 points below" in marks(made)[0]


@pytest.mark.slow
def test_rows_of_other_settings_stand_in_a_group_of_their_own() -> None:
    plain = {"source_only": [0.5, 0.5], "dann": [0.6, 0.61], "target_only": [0.9, 0.9]}
    made = table(*make_records(plain), *make_records(plain | {"coral": [0.7, 0.72]}, **LONG))
    assert [(row.group, row.method) for row in made.rows] == [
        ("A", "source_only"), ("A", "dann"), ("A", "target_only"),
        ("B", "source_only"), ("B", "coral"), ("B", "dann"), ("B", "target_only"),
    ]  # fmt: skip
    assert [row.label for row in made.rows if row.cells[PAIR].best] == ["dann", "coral (long)"]
    for render in READ:
        text = render([made])
        assert "settings A" in text
        assert "settings B: long" in text
    assert [row["group"] for row in json.loads(json_.render([made]))] == ["A"] * 3 + ["B"] * 4
    single = table(*make_records(plain))
    assert {row.group for row in single.rows} == {""}
    assert "settings A" not in console.render([single])


def test_rows_of_one_group_may_be_compared_on_every_pair() -> None:
    """dann has other settings than coral on the second pair alone: on the first they are not compared either."""
    other = make_records({"dann": [0.6, 0.6]}, "glyphs:digits", comparison_sha256="1" * 64)
    made = table(
        *make_records({"dann": [0.6, 0.6], "coral": [0.7, 0.7], "mmd": [0.5, 0.5]}),
        *other,
        *make_records({"coral": [0.7, 0.7]}, "glyphs:digits"),
    )
    groups = {row.method: row.group for row in made.rows}
    assert groups["coral"] == groups["mmd"] != groups["dann"]
    assert {row.method for row in made.rows if row.cells[PAIR].best} == {"coral"}


def test_equal_means_are_both_the_best_and_that_is_said() -> None:
    made = table(*make_records({"dann": [0.6, 0.8], "coral": [0.8, 0.6], "mmd": [0.1, 0.2]}))
    assert [row.method for row in made.rows if row.cells[PAIR].best] == ["coral", "dann"]
    assert marks(made)[0].startswith("* best method of the pair (also where means are equal)")


@pytest.mark.parametrize(("low", "high", "shown"), [(0.003, 0.12, "[0.3, 12]"), (-0.12, -0.0004, "[-12, -0.04]")])
def test_an_end_that_is_not_0_is_not_rounded_to_it(low: float, high: float, shown: str) -> None:
    from dabench.stats.gap import Gap

    assert share(Gap((low + high) / 2, low, high, 5)).endswith(shown)


@pytest.mark.slow
@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_no_mark_of_the_published_tables_contradicts_an_interval(path: Path) -> None:
    for made in build_tables(read_results(path).frame):
        for pair in made.pairs:
            for row in made.rows:
                cell = row.cells[pair]
                if row.bound or cell.mean is None:
                    assert mark(cell).strip("‡") == ""
                    continue
                where = f"{row.label} on {pair}"
                shown = re.search(r"\[(\S+), (\S+)\]", share(cell.gap))
                if shown:
                    assert (float(shown[1]) <= 0 <= float(shown[2])) == ("~" in mark(cell)), where
                if cell.behind_best is not None and not cell.best:
                    assert cell.behind_best.includes_zero == ("=" in mark(cell)), where
                assert not (cell.best and cell.collapsed), where
                assert not (cell.best and cell.gain is not None and cell.gain.mean <= 0), where
            bests = {(row.group, row.cells[pair].mean) for row in made.rows if row.cells[pair].best}
            assert len(bests) == len({group for group, _ in bests})


@pytest.mark.slow
@pytest.mark.parametrize("render", [*READ, csv_.render, json_.render])
def test_what_was_left_out_of_the_data_stands_under_every_table(render: Render) -> None:
    note = "left out of photos, 1 in all: the class triangle (105 examples): not in sketches"
    made = table(*make_records({"source_only": [0.5], "dann": [0.6]}, data_notes=f"{note} | photos: other"))
    assert made.rows[1].cells[PAIR].data_notes == (note, "photos: other")
    assert note in render([made])


def test_a_row_alone_in_its_group_has_no_rank() -> None:
    pairs = ("a:b", "b:a", "a:c")
    plain = [record for pair in pairs for record in make_records({"dann": [0.6], "coral": [0.5]}, pair)]
    longer = [record for pair in pairs for record in make_records({"dann": [0.7]}, pair, **LONG)]
    made = table(*plain, *longer)
    assert {row.label: row.rank for row in made.rows} == {"coral": 2.0, "dann": 1.0, "dann (long)": None}


def test_the_power_of_equal_differences_is_that_of_rounding() -> None:
    made = table(*noisy("source_only", [0.5, 0.6, 0.7]), *noisy("dann", [0.6, 0.7, 0.8]))
    gain = cells(made)["dann"].gain
    assert gain is not None
    assert gain.spread == pytest.approx(2**0.5 / 898 / 12**0.5)
    assert f"{100 * gain.spread:.1f}" in seeds_text([made], 0.01, 0.8).splitlines()[1].split()


def test_equal_relative_gains_have_the_noise_of_rounding() -> None:
    found = cells(table(*noisy("dann", [0.4, 0.4], test_rows=10), *noisy("coral", [0.5, 0.5], test_rows=10)))
    gain = relative_gain(found["coral"], found["dann"])
    assert gain is not None
    assert (gain.mean, gain.includes_zero) == (pytest.approx(0.25), True)
