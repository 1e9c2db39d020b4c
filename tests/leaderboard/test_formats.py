"""Output of the renderers."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from io import StringIO
from unittest.mock import ANY

import pytest
from rich.cells import cell_len

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import console, latex, markdown
from dabench.leaderboard.formats import csv as csv_
from dabench.leaderboard.formats import json as json_
from dabench.leaderboard.formats.text import next_commands
from dabench.leaderboard.table import Table
from dabench.runs.record import RunRecord
from tests.support.factories import make_frame, make_record, make_records

RUNS: dict[str, list[float | None]] = {
    "source_only": [0.50, 0.52, 0.51],
    "coral": [0.54, 0.55, 0.59],
    "dann": [0.70, 0.75, 0.80],
    "mmd": [0.71, 0.74, 0.79],
    "target_only": [0.90, 0.91, 0.92],
}
# The interval ends are those of scipy.stats.ttest_1samp(gain - r * gap) inverted by root finding, not of dabench.
LINES = """\
mini · unsupervised · 3 seeds · last step · fp32 · cpu, 2 workers · 30 runs, 0 failed, 0 collapsed
results/mini.csv
                   digits → digits_m            glyphs → digits              average
 source only       .510 ±.010                   .510 ±.010                      .510
 coral             .560 ±.026~ (12 % [-4, 27])  .560 ±.026~ (12 % [-4, 27])     .560
 DANN              .750 ±.050* (60 % [33, 85])  .750 ±.050* (60 % [33, 85])     .750
 mmd               .747 ±.040= (59 % [37, 79])  .747 ±.040= (59 % [37, 79])     .747
 train on target†  .910 ±.010                   .910 ±.010                      .910
"""


def two_pairs(**changed: list[float | None]) -> list[RunRecord]:
    return make_records(RUNS | changed) + make_records(RUNS, "glyphs:digits")


def tables(*records: RunRecord) -> list[Table]:
    made = build_tables(make_frame(*records), labels={"dann": "DANN"}, origin="results/mini.csv")
    return [replace(table, device="cpu, 2 workers") for table in made]


def twelve_pairs() -> list[RunRecord]:
    names = ["art", "clipart", "product", "real"]
    return [
        record
        for source in names
        for target in names
        if source != target
        for record in make_records(RUNS, f"{source}:{target}")
    ]


def test_the_console_table_fits_a_hundred_columns() -> None:
    text = console.render(tables(*two_pairs()), width=100, colour=False)
    assert text.startswith(LINES)
    assert "test-set standard error ±.017" in text


@pytest.mark.slow
def test_the_next_commands_are_those_of_the_best_cell_and_know_the_folder() -> None:
    made = tables(*two_pairs(dann=[0.6, 0.6, 0.6]))
    assert next_commands(made) == (
        "next: dabench explain mini glyphs:digits dann · dabench table mini --format html -o mini.html"
    )
    elsewhere = build_tables(make_frame(make_record()), origin="/tmp/r")
    assert "dabench explain mini digits:digits_m dann --results /tmp/r ·" in next_commands(elsewhere)
    assert next_commands([]) == ""


def test_the_next_command_names_the_row_and_its_settings() -> None:
    records = [*make_records({"dann": [0.8]}), make_record(method="dann", variant="long,weight=2", accuracy=0.99)]
    assert "digits:digits_m dann:long --variant long,weight=2 ·" in next_commands(build_tables(make_frame(*records)))


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("many", [False, True])
def test_the_console_table_folds_to_the_width_and_loses_nothing(width: int, many: bool) -> None:
    records = twelve_pairs() if many else two_pairs()
    text = console.render(tables(*records), width=width, colour=False)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    pairs = 12 if many else 2
    assert (text.count("(60 % [33, 85])"), text.count(".750 ±.050*"), text.count(" → ")) == (pairs, pairs, pairs)
    assert text.count("average") == 1
    assert ("rank" in text) == many


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 100])
def test_many_methods_and_pairs_of_one_family_fold_without_repeating_it(width: int) -> None:
    names = ["amazon", "caltech", "dslr", "webcam"]
    pairs = [f"office_caltech/{a}:office_caltech/{b}" for a in names for b in names if a != b]
    methods: dict[str, list[float | None]] = {f"method_{number}": [0.5 + number / 100] * 3 for number in range(12)}
    records = [record for pair in pairs for record in make_records(RUNS | methods, pair)]
    text = console.render(tables(*records), width=width, colour=False)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert text.count("amazon → dslr") == 1
    assert text.count("office_caltech") == 1, "in the footnote alone"
    assert text.count("method 11") >= 3, "once in each block"
    assert "Friedman's test p" in text


def test_a_table_with_a_backbone_for_each_pair_column_them() -> None:
    made = tables(*make_records(RUNS), *make_records(RUNS, "glyphs:digits", backbone="big", comparison_sha256="f" * 64))
    assert len(made) == 1
    note = "backbones: small (digits → digits_m), big (glyphs → digits)"
    assert note in console.render(made, width=120, colour=False)
    assert f"- {note}" in markdown.render(made)
    (row, *_) = json.loads(json_.render(made))
    assert (row["backbone"], row["pairs"]["glyphs:digits"]["backbone"]) == ("per pair", "big")
    backbones = {line["source"]: line["backbone"] for line in csv.DictReader(StringIO(csv_.render(made)))}
    assert backbones == {"digits": "small", "glyphs": "big"}


def test_another_metric_than_accuracy_says_that_the_test_sets_error_is_not_known() -> None:
    text = console.render(tables(*make_records(RUNS, metric="balanced_accuracy")), width=200, colour=False)
    assert "training noise only; the test set's standard error is not known for balanced accuracy" in text


def test_a_pair_that_does_not_fit_is_printed_once() -> None:
    text = console.render(tables(*make_records(RUNS, "digits_of_one_kind:digits_of_another_kind")), 30, colour=False)
    assert sum(line.startswith(" source only") for line in text.splitlines()) == 1


@pytest.mark.slow
def test_a_long_variant_folds_and_loses_nothing() -> None:
    variant = "weight=0.5,strong=randaugment,again=and_again"
    text = console.render(tables(*two_pairs(), make_record(variant=variant)), width=60, colour=False)
    assert variant in "".join(line[:26].strip() for line in text.splitlines() if re.search("=|again", line[:26]))
    assert max(cell_len(line) for line in text.splitlines()) <= 60


def test_failed_missing_and_collapsed_cells_are_visible_in_console_and_markdown() -> None:
    records = two_pairs(dann=[0.7, None, 0.8], mmd=[None, None, None])
    records[3] = make_record(0.1, method="coral", status="collapsed")
    records.append(make_record(None, method="slow", status="timeout", seed=1))
    made = tables(*records)
    for text in (console.render(made, width=120, colour=False), markdown.render(made)):
        lines = text.splitlines()
        assert "31 runs, 4 failed, 1 collapsed, 1 timed out" in text
        assert "2 of 3 seeds, 1 failed" in text
        assert "1 collapsed" in text
        assert re.search(r"^\W*mmd\W+failed\W.*\.747.*-( \|)?$", "\n".join(lines), re.MULTILINE)
        assert re.search(r"slow\W+timed out", text)
        assert "not run" in text
        assert re.search(r"^\W*DANN.*-( \|)?$", text, re.MULTILINE), "no average"


@pytest.mark.slow
def test_a_gap_without_meaning_says_so() -> None:
    runs = make_records({"source_only": [0.5, 0.6], "dann": [0.7, 0.7], "target_only": [0.55, 0.6]})
    assert "(gap too small)" in console.render(tables(*runs), width=100, colour=False)
    assert "| **.700** ±.000\\~ (gap too small) |" in markdown.render(tables(*runs))


@pytest.mark.slow
def test_bounds_that_are_missing_are_named_once_for_a_table_and_in_the_cell_where_others_have_them() -> None:
    text = console.render(tables(*make_records({"source_only": [0.5], "dann": [0.6]})), width=100, colour=False)
    assert "no share of a gap: the table does not have both bounds" in text
    assert "(no bounds)" not in text
    elsewhere = make_records({"dann": [0.6, 0.7]}, "glyphs:digits")
    text = console.render(tables(*make_records(RUNS), *elsewhere), width=100, colour=False)
    assert text.count("(no bounds)") == 1
    assert "does not have both" not in text


def test_one_seed_has_no_spread() -> None:
    text = console.render(
        tables(*make_records({"source_only": [0.5], "dann": [1.0], "target_only": [0.9]})), 100, False
    )
    assert re.search(r"DANN +1\.000\* \(125 %\)\n", text)
    assert text.count("±") == 1, "that of the test set"
    assert "intervals" not in text
    assert "not distinguishable" not in text, "one seed tests nothing"


def test_colour_marks_best_and_dims_bounds() -> None:
    text = console.render(tables(*two_pairs()), width=100, colour=True)
    assert "\x1b[1;32m.750 ±.050*" in text
    assert "\x1b[32m.747 ±.040=" in text
    assert "\x1b[2m source only" in text
    assert re.sub(r"\x1b\[[\d;]*m", "", text).startswith(LINES)


@pytest.mark.slow
def test_no_terminal_means_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert console.render(tables(*two_pairs())).startswith(LINES)  # pytest's stdout is no terminal
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in console.render(tables(*two_pairs()))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in console.render(tables(*two_pairs()))


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_several_tables_name_their_backbones() -> None:
    made = tables(make_record(), make_record(backbone="big", method="coral"))
    for text in (console.render(made, width=120, colour=False), markdown.render(made)):
        assert "backbone small" in text
        assert "backbone big" in text


def test_markdown_is_a_github_table() -> None:
    lines = markdown.render(tables(*two_pairs())).splitlines()
    assert lines[0].startswith("**mini** · unsupervised · 3 seeds · last step")
    assert lines[2:4] == ["| method | digits → digits_m | glyphs → digits | average |", "| --- | --- | --- | ---: |"]
    assert lines[6] == "| DANN | **.750** ±.050 (60 % [33, 85]) | **.750** ±.050 (60 % [33, 85]) | .750 |"
    assert lines[7].startswith("| mmd | .747 ±.040= (59 % [37, 79]) |")
    assert "- intervals over seeds cover training noise only; test-set standard error ±.017" in lines


def test_names_from_plugins_become_no_markup() -> None:
    made = build_tables(make_frame(make_record()), labels={"dann": "<script>|*x*\n[a](b)[bold]"})
    assert r"| \<script\>\|\*x\* [a]\(b)[bold] |" in markdown.render(made)
    assert "[bold]" in console.render(made, width=100, colour=False), "rich must not take it for markup"


def test_csv_has_a_line_per_row_and_pair() -> None:
    text = csv_.render(tables(*two_pairs(dann=[0.7, None, 0.8])))
    lines = list(csv.DictReader(StringIO(text)))
    assert len(lines) == 10
    assert "\r" not in text
    (line,) = [line for line in lines if (line["method"], line["target"]) == ("dann", "digits_m")]
    assert (float(line["mean"]), line["n"], line["status"], line["average"]) == (pytest.approx(0.75), "2", "failed", "")
    assert not re.search("nan|None", text, re.IGNORECASE)


@pytest.mark.slow
def test_settings_of_a_row_are_folded_behind_their_commas() -> None:
    variant = "strong,backbone.options.convolutions=3,weight=0.25"
    text = console.render(tables(*two_pairs(), make_record(variant=variant)), width=70, colour=False)
    assert "   (strong,\n    backbone.options.convolutions=3,\n    weight=0.25)" in "\n".join(
        line[:36].rstrip() for line in text.splitlines()
    )


def test_json_rows_are_the_contract() -> None:
    made = tables(*two_pairs(dann=[0.7, None, 0.8], mmd=[None, None, None]))
    rows = json.loads(json_.render(made), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert [row["method"] for row in rows] == ["source_only", "coral", "dann", "mmd", "target_only"]
    row = rows[1]
    keys = ["track", "shots", "backbone", "method", "variant", "distribution", "pairs", "average", "rank", "group"]
    assert list(row) == [*keys, "suite", "source_free"]
    assert (row["track"], row["shots"], row["backbone"], row["distribution"]) == (
        "unsupervised",
        None,
        "small",
        "dabench",
    )
    cell = row["pairs"]["glyphs:digits"]
    names = ["mean", "std", "ci95", "n", "gap_covered", "gap_covered_ci95", "why", "oracle", "last", "status"]
    more = ["backbone", "test_error", "gain", "gain_ci95", "p_source_only", "p_best", "counts"]
    more += ["p_gain", "behind_best", "behind_best_ci95", "best", "tied", "tuned_on_target", "data_notes"]
    more += ["from_csv", "gap_covered_n", "gain_n", "unlike"]
    assert list(cell) == [*names, "published", *more]
    assert (cell["backbone"], cell["published"]) == ("small", None)
    assert (cell["gain"], cell["gain_ci95"]) == (pytest.approx(0.05), [pytest.approx(-0.0157, abs=1e-4), ANY])
    # scipy.stats.ttest_rel: .08201 against source_only, the largest of three tests, so times 1;
    # .00640 against the best, the second of the three pairs of methods, so times 2.
    assert (cell["p_source_only"], cell["p_best"]) == (
        pytest.approx(0.08201, abs=1e-5),
        pytest.approx(0.0128, abs=1e-5),
    )
    assert (cell["mean"], cell["gap_covered"], cell["why"]) == (pytest.approx(0.56), pytest.approx(0.125), None)
    assert (len(cell["ci95"]), len(cell["gap_covered_ci95"])) == (2, 2)
    failed = rows[3]["pairs"]["digits:digits_m"]
    assert (failed["mean"], failed["std"], failed["ci95"], failed["gap_covered"]) == (None, None, None, None)
    assert (failed["why"], failed["status"], rows[3]["average"]) == ("no runs", "failed", None)


@pytest.mark.parametrize("render", [console.render, markdown.render, csv_.render, json_.render, latex.render])
def test_no_tables_render_as_nothing(render: object) -> None:
    assert callable(render)
    assert len(render([]).splitlines()) <= 1
