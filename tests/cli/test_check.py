"""`dabench check`: exit codes, formats, what it reads and what it writes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from dabench.baseline.compare import compare
from dabench.baseline.formats import console, github, junit, markdown
from dabench.cli.context import Context
from dabench.cli.main import cli
from dabench.errors import ResultsError, UsageError
from dabench.results.folder import read_results
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from tests.support.factories import make_frame, make_record, make_records

METHODS = {"source_only": [0.5, 0.52, 0.51], "dann": [0.7, 0.75, 0.72], "coral": [0.6, 0.61, 0.6]}


@pytest.fixture(autouse=True)
def no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A baseline. Nothing may be written here."""
    folder = tmp_path_factory.mktemp("published")
    for record in make_records(METHODS):
        write_record(folder / "old", record)
    return publish(folder / "old", "mini", folder / "mini.csv")


@pytest.fixture
def baseline(published: Path, tmp_path: Path) -> Path:
    """A copy of it, in a results folder without runs."""
    (tmp_path / "now").mkdir()
    return Path(shutil.copy(published, tmp_path / "now"))


def rerun(folder: Path, **changed: list[float | None]) -> Path:
    for record in make_records({**METHODS, **changed}, minute=5):
        write_record(folder, record)
    return folder


def check(baseline: Path, *arguments: Any) -> Result:
    """Run the command as part of the whole: alone it would keep help options of its own."""
    line = ["check", "--baseline", str(baseline), *map(str, arguments)]
    result = CliRunner().invoke(cli, line, standalone_mode=False, obj=Context())
    if result.exception is not None:
        raise result.exception
    return result


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, 0),
        ({"dann": [0.71, 0.74, 0.72]}, 0),
        ({"dann": [0.6, 0.65, 0.62]}, 3),
        ({"dann": [0.7, 0.75, None]}, 3),
        ({"dann": [0.7, 0.75]}, 3),
        ({"dann": []}, 3),
    ],
)
def test_exit_codes(baseline: Path, changed: dict[str, list[float | None]], code: int) -> None:
    assert check(baseline, "--results", rerun(baseline.parent, **changed)).return_value == code


@pytest.mark.slow
def test_nothing_comparable_is_a_failure(baseline: Path, tmp_path: Path) -> None:
    for record in make_records(METHODS, data_sha256="other"):
        write_record(tmp_path / "other", record)
    result = check(baseline, "--results", tmp_path / "other")
    assert result.return_value == 3
    assert "3 not comparable" in result.stdout


def test_the_baseline_in_the_results_folder_is_no_run_of_now(baseline: Path) -> None:
    with pytest.raises(ResultsError, match="there are no results"):
        check(baseline, "--results", baseline.parent)


@pytest.mark.slow
def test_seeds_methods_and_pairs_narrow_what_is_expected(baseline: Path, tmp_path: Path) -> None:
    for record in make_records({"source_only": [0.5], "dann": [0.7]}, minute=5):
        write_record(tmp_path / "few", record)
    assert check(baseline, "--results", tmp_path / "few").return_value == 3
    narrow = ["--results", tmp_path / "few", "--seeds", "0", "--methods", "dann", "--pairs", "digits:digits_m"]
    assert check(baseline, *narrow).return_value == 0
    for option in (["--seeds", "7"], ["--methods", "x", "--pairs", "a:b"]):
        with pytest.raises(UsageError, match="has no run of"):
            check(baseline, "--results", tmp_path / "few", *option)
    with pytest.raises(UsageError, match="--seeds: "):
        check(baseline, "--results", tmp_path / "few", "--seeds", "x")


@pytest.mark.slow
def test_max_drop_is_in_points(baseline: Path) -> None:
    rerun(baseline.parent, dann=[0.68, 0.73, 0.70])
    assert check(baseline, "--results", baseline.parent).return_value == 3
    assert check(baseline, "--results", baseline.parent, "--max-drop", 2).return_value == 0


@pytest.mark.slow
def test_a_damaged_baseline_lets_nothing_pass(baseline: Path) -> None:
    rerun(baseline.parent)
    baseline.write_text(baseline.read_text()[:-40])
    with pytest.raises(ResultsError, match=r"the baseline is damaged: .*row 10"):
        check(baseline, "--results", baseline.parent)
    with pytest.raises(ResultsError, match="dabench results publish mini -o"):
        check(baseline.with_name("nowhere.csv"), "--results", baseline.parent)


@pytest.mark.slow
def test_update_rewrites_what_changed_and_keeps_the_rest(baseline: Path) -> None:
    rerun(baseline.parent, dann=[0.6, 0.65, 0.62])
    before = baseline.read_text().splitlines()
    assert check(baseline, "--results", baseline.parent, "--update", "--methods", "coral").return_value == 0
    assert baseline.read_text().splitlines() == before
    assert check(baseline, "--results", baseline.parent, "--update").return_value == 0
    after = baseline.read_text().splitlines()
    assert [",dann," in line for line in before] == [",dann," in line for line in after]
    assert [old != new for old, new in zip(before, after, strict=True)] == [",dann," in line for line in before]
    assert check(baseline, "--results", baseline.parent).return_value == 0
    with pytest.raises(UsageError, match="--update with --seeds"):
        check(baseline, "--results", baseline.parent, "--update", "--seeds", "0")


@pytest.mark.slow
def test_update_keeps_other_suites_of_the_file(tmp_path: Path) -> None:
    from dabench.results.csv_file import csv_text

    file = tmp_path / "all.csv"
    frame = make_frame(*make_records(METHODS), *make_records(METHODS, suite="digits"))
    file.write_text(csv_text(frame))
    rerun(tmp_path / "now", dann=[0.1, 0.2, 0.3])
    assert check(file, "mini", "--results", tmp_path / "now", "--update").return_value == 0
    back = read_results(file).frame
    assert back["suite"].value_counts().to_dict() == {"mini": 9, "digits": 9}
    assert sorted(back.loc[back["method"] == "dann", "accuracy_selected"]) == [0.1, 0.2, 0.3, 0.7, 0.72, 0.75]


@pytest.mark.slow
def test_console_shows_verdicts_reasons_and_changes(baseline: Path) -> None:
    env = make_record().env.model_copy(update={"torch": "9.9"})
    for record in make_records({**METHODS, "dann": [0.6, 0.65, 0.62]}, minute=5, env=env):
        write_record(baseline.parent, record)
    text = check(baseline, "--results", baseline.parent).stdout
    assert text.startswith("mini · 3 cells: 1 regressed, 2 same\n")
    assert re.search(r"^ dann +REGRESSED +\.723 +\.623 +10\.0 \[", text, flags=re.MULTILINE)
    assert re.search(r"^torch +2\.9\.0 +9\.9 +all cells$", text, flags=re.MULTILINE)


@pytest.mark.slow
def test_json_is_written_to_a_file_and_the_report_is_still_shown(baseline: Path, tmp_path: Path) -> None:
    rerun(baseline.parent, dann=[0.6, 0.65, 0.62])
    out = tmp_path / "out" / "check.json"
    result = check(baseline, "--results", baseline.parent, "--format", "json", "-o", out)
    content = json.loads(out.read_text())
    assert (content["failed"], content["counts"]["regressed"]) == (True, 1)
    (cell,) = [cell for cell in content["cells"] if cell["verdict"] == "regressed"]
    assert (cell["method"], cell["drop"], cell["rule"]) == ("dann", pytest.approx(0.1), "paired")
    assert result.stdout == ""
    assert "REGRESSED" in result.stderr


@pytest.mark.slow
def test_json_has_no_infinities(baseline: Path, tmp_path: Path) -> None:
    write_record(tmp_path / "a", make_record(0.5))
    one = publish(tmp_path / "a", "mini", tmp_path / "one.csv")
    write_record(tmp_path / "b", make_record(0.4, minute=1, predictions_sha256="x"))
    content = json.loads(check(one, "--results", tmp_path / "b", "--format", "json").stdout)
    assert content["cells"][0]["drop_low"] is None


@pytest.mark.slow
def test_a_workflow_gets_a_summary_and_annotations(
    baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (tmp_path / "summary.md").write_text("before\n")
    rerun(baseline.parent, dann=[0.6, 0.65, 0.62])
    result = check(baseline, "--results", baseline.parent, "--format", "junit")
    ET.fromstring(result.stdout)
    assert (tmp_path / "summary.md").read_text().startswith("before\n### ❌ dabench check: mini · 3 cells: 1 regressed")
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("::")]
    assert line.startswith("::error title=dabench%3A digits%3Adigits_m dann regressed::digits:digits_m dann regressed")


NASTY = "<b>|`x`\n::error::forged\x00 %0A & ünï]]>"


def nasty_report() -> Any:
    before = make_frame(*make_records({"dann": [0.7, 0.75, 0.72]}, variant=NASTY))
    now = make_frame(*make_records({"dann": [0.7, 0.75, None]}, variant=NASTY, error=NASTY))
    return compare(before, now, max_drop=0.01)


def test_names_and_errors_of_plugins_are_harmless() -> None:
    report = nasty_report()
    assert [line for command in github.commands(report) for line in command.splitlines()] == list(
        github.commands(report)
    )
    assert all(line.startswith("::error title=") for line in github.commands(report))
    tree = ET.fromstring(junit.render(report).encode())
    assert "forged" in tree.find(".//testcase").attrib["name"]
    row = next(line for line in markdown.render(report).splitlines() if "forged" in line)
    assert row.count(" | ") == 7
    assert "\\<b\\>" in row
    assert "forged" in console.render(report, width=80, colour=False)


@pytest.mark.slow
def test_junit_counts_what_fails(baseline: Path) -> None:
    rerun(baseline.parent, dann=[0.6, 0.65, 0.62])
    suite = ET.fromstring(check(baseline, "--results", baseline.parent, "--format", "junit").stdout).find("testsuite")
    assert suite is not None
    assert {name: suite.attrib[name] for name in ("tests", "failures", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "skipped": "0",
    }
    (failure,) = suite.iter("failure")
    assert failure.attrib["type"] == "regressed"


@pytest.mark.slow
def test_junit_fails_where_nothing_is_comparable() -> None:
    before = make_frame(*make_records(METHODS))
    report = compare(before, make_frame(*make_records(METHODS, data_sha256="other")), max_drop=0.01)
    suite = ET.fromstring(junit.render(report)).find("testsuite")
    assert suite is not None
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["skipped"]) == ("4", "1", "3")
    assert len(list(suite.iter("testcase"))) == 4


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 100, 160])
def test_console_fits_the_width(width: int) -> None:
    before = make_frame(*make_records(METHODS), *make_records(METHODS, "glyphs:digits"))
    changed = {**METHODS, "dann": [0.5, 0.6, 0.52], "coral": []}
    report = compare(before, make_frame(*make_records(changed)), max_drop=0.01)
    assert max(map(len, console.render(report, width=width, colour=False).splitlines())) <= width
    assert "\x1b[" in console.render(report, width=width, colour=True)


@pytest.mark.slow
def test_code_that_changed_since_the_runs_is_noticed(baseline: Path) -> None:
    root = Path(__file__).parents[2]
    head = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    if head.returncode:
        pytest.skip("not a git checkout")
    text = " ".join(check(baseline, "--results", rerun(baseline.parent)).stdout.split())
    assert f"made at commit {'f' * 12}, the code here is {head.stdout[:12]}" in text


@pytest.mark.slow
def test_a_plugin_brings_a_format(baseline: Path, tmp_path: Path, site) -> None:
    site.install(
        "acme-ci",
        {"acme": "acme_ci_hooks"},
        acme_ci_hooks="""
            from dabench import CheckFormatSpec, hookimpl

            @hookimpl
            def dabench_check_formats():
                yield CheckFormatSpec(name="count", entry_point="acme_count:render", summary="how many cells")
        """,
        acme_count='def render(report):\n    return f"{len(report.cells)} cells\\n"\n',
    )
    now = rerun(tmp_path / "new")
    assert check(baseline, "--results", now, "--format", "count").stdout == "3 cells\n"


def test_an_unknown_format_is_answered_with_the_nearest(baseline: Path) -> None:
    with pytest.raises(UsageError, match=r"unknown check format 'jsn'\. Did you mean 'json'"):
        check(baseline, "--results", baseline.parent, "--format", "jsn")


@pytest.mark.slow
def test_published_rows_among_the_runs_of_now_are_named(baseline: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    shutil.copy(baseline, tmp_path / "other")
    write_record(tmp_path / "other", make_record(0.7, minute=5))
    note = "8 of 9 current runs are rows of a published file"
    assert note in check(baseline, "--results", tmp_path / "other").stdout
    assert "published file" not in check(baseline, "--results", rerun(tmp_path / "whole")).stdout
    assert "published file" not in check(baseline, "--results", tmp_path / "other" / "mini.csv").stdout
