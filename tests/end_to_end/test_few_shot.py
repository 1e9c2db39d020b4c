"""A few_shot suite on the command line: from its file to tables, explained cells, a baseline and a picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dabench.baseline.compare import compare
from dabench.baseline.update import updated
from dabench.cli.context import Context
from dabench.cli.main import cli
from dabench.config.parse import parse_shots
from dabench.config.suite_file import find_suite, read_suite
from dabench.errors import SuiteError, UsageError
from dabench.leaderboard.explain import explain
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.results.cells import by_cell
from dabench.results.folder import read_results
from dabench.results.publish import publish
from dabench.runner.reproduce import find_recorded, plan_again
from tests.support.toy_runs import plan_of, run

METHODS = ["feda", "fine_tune"]


@pytest.fixture
def results(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two methods and the bounds with 1 and with all labels, one seed; run once for all tests that only read them."""
    folder = tmp_path_factory.getbasetemp() / "few_shot"
    if folder.exists():
        return folder
    plan = plan_of(registry, METHODS, track="few_shot", shots=[1, "all"], seeds=[0])
    records = run(plan, folder, registry)
    assert all(record.done for record in records.values())
    return folder


def test_each_number_of_shots_is_a_run_of_its_own(results: Path) -> None:
    found = read_results(results, "toy").frame
    assert sorted(found["shots"]) == ["1"] * 4 + ["all"] * 4
    assert found["run_id"].is_unique
    assert found["settings_sha256"].nunique() == 8
    images = found[found["method"] == "source_only"]
    assert images["predictions_sha256"].nunique() == 1, (
        "source_only sees no label of the target, however many there are"
    )
    assert set(images["images_seen"]) == {3 * 16 * 24}


def test_the_labels_count(results: Path) -> None:
    found = read_results(results, "toy").frame
    for method in METHODS:
        assert found[found["method"] == method]["predictions_sha256"].nunique() == 2


def test_a_cell_is_explained_by_its_shots(results: Path) -> None:
    with pytest.raises(UsageError, match=r"run with shots 1, all\. Name one with --shots"):
        explain(results, "toy", "toy_a:toy_b", "feda")
    assert "few_shot, all labelled" in explain(results, "toy", "toy_a:toy_b", "feda", shots="all")
    assert "few_shot, 1 per class" in explain(results, "toy", "toy_a:toy_b", "feda", shots="1")
    with pytest.raises(UsageError, match="run with shots 1, all"):
        explain(results, "toy", "toy_a:toy_b", "feda", shots="3")


def test_a_table_of_one_number_of_shots(results: Path) -> None:
    def lines(*arguments: str) -> list[str]:
        done = CliRunner().invoke(cli, [*arguments, "--results", str(results)], standalone_mode=False, obj=Context())
        if done.exception:
            raise done.exception
        return [line for line in done.stdout.splitlines() if "few_shot, " in line]

    assert len(lines("table", "toy")) == len(lines("versus", "toy", "feda")) == 2
    for command in (["table", "toy"], ["versus", "toy", "feda"]):
        (line,) = lines(*command, "--shots", "all")
        assert "few_shot, all labelled" in line
    with pytest.raises(UsageError, match="unknown number of shots in these results '3'"):
        lines("table", "toy", "--shots", "3")


def test_a_baseline_keeps_them_apart(results: Path, tmp_path: Path) -> None:
    published = read_results(publish(results, "toy", tmp_path / "toy.csv")).frame
    assert len(by_cell(published)) == 8
    report = compare(published, published, max_drop=0.0)
    assert report.count("same") == 8
    assert {"feda, shots 1", "feda, shots all"} < {cell.cell.label for cell in report.cells}
    assert updated(published, published, report)["run_id"].tolist() == published["run_id"].tolist()


def test_a_run_is_planned_again_with_its_shots(results: Path, registry: Registry) -> None:
    record = min(results.glob("runs/toy/*/feda/*.json"))
    plan = plan_again(find_recorded(str(record), results), registry, "cpu")
    assert [run.run_id for run in plan.runs] == [json.loads(record.read_text())["run_id"]]


def test_shots_are_read() -> None:
    assert parse_shots("1, 10,all") == (1, 10, "all")
    for wrong in ("0", "few", "1,1", "", "-3", "1.5"):
        with pytest.raises(ValueError, match="shots"):
            parse_shots(wrong)


@pytest.mark.parametrize("wrong", ["[1, ten]", "0", "1.5", "true", "[]", "[3, 3]"])
def test_wrong_shots_of_a_suite_are_one_sentence(wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    head = "track: few_shot\nbackbone: identity\nmethods: [feda]\npairs: [a:b]\n"
    file.write_text(f"{head}shots: {wrong}\n")
    with pytest.raises(SuiteError, match=r"\n  line \d: (shots: )?(shots are numbers|a number of shots)[^\n]*$"):
        read_suite(file)
    file.write_text(head)
    with pytest.raises(SuiteError, match=r"\n  line 1: the track few_shot needs `shots`[^\n]*$"):
        read_suite(file)


def test_shots_in_another_track_and_methods_of_another_track(registry: Registry) -> None:
    with pytest.raises(UsageError, match="shots are of the tracks few_shot and paired"):
        make_plan(find_suite("toy", registry), registry, device_kind="cpu", shots=(1,))
    with pytest.raises(UsageError, match="coral runs in unsupervised, the suite toy is few_shot"):
        plan_of(registry, ["coral"], track="few_shot", shots=1)
    with pytest.raises(UsageError, match="feda runs in few_shot, the suite toy is unsupervised"):
        plan_of(registry, ["feda"])
