"""Runs made again: from records and from published rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dabench.cli.context import Context
from dabench.cli.main import cli
from dabench.config.suite_file import read_suite
from dabench.errors import ResultsError, UsageError
from dabench.planning.jobs import RunOptions
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry, load_registry
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from dabench.runner.recorder import Recorder
from dabench.runner.reproduce import RecordedRun, find_recorded, judge, plan_again, reproduce
from dabench.runner.runner import carry_out
from dabench.runs.record import Accuracy, CodeInfo, RunRecord
from tests.support.factories import digest, make_record
from tests.support.own_files import write_suite
from tests.support.toy_runs import plan_of, run

PAIR = "toy_a:toy_b"


@pytest.fixture
def made(registry: Registry, tmp_path: Path) -> dict[str, RunRecord]:
    """A deep method with an option of its own, and a feature method."""
    plan = plan_of(registry, ["deep_coral", "coral"], seeds=[0], bounds=[], sets=("deep_coral.weight=3",))
    return {method: record for (_, method, _), record in run(plan, tmp_path, registry).items()}


def again(what: str | Path, directory: Path, registry: Registry) -> Any:
    recorded = find_recorded(str(what), directory)
    plan = plan_again(recorded, registry, "cpu")
    assert len(plan.runs) == 1
    return reproduce(recorded, plan, registry, RunOptions(device="cpu", launcher="inline"), lambda event: None)


@pytest.mark.slow
def test_a_record_comes_out_the_same(registry: Registry, made: dict[str, RunRecord], tmp_path: Path) -> None:
    for method, record in made.items():
        (path,) = (tmp_path / "runs").rglob(f"{method}/*.json")
        result = again(path, tmp_path / "elsewhere", registry)
        assert (result.verdict, result.changes) == ("identical", [])
        assert result.now["run_id"] == record.run_id
    before = sorted(tmp_path.rglob("*.json"))
    assert len(before) == 2  # nothing was recorded


@pytest.mark.slow
def test_a_published_row_comes_out_the_same(registry: Registry, tmp_path: Path) -> None:
    run(plan_of(registry, ["coral"], seeds=[1], bounds=[]), tmp_path / "a", registry)
    row = publish(tmp_path / "a", "toy", tmp_path / "toy.csv")
    (record,) = (tmp_path / "a" / "runs").rglob("*.json")
    assert again(record.stem.partition("-")[2], row, registry).verdict == "identical"


@pytest.mark.slow
def test_data_of_ones_own_are_found_by_their_suite(tmp_path: Path) -> None:
    """With all pairs of the suite: a category of only `east`, a source too, widens the examples of all domains."""
    (tmp_path / "tables").mkdir()
    for name, ages, wards in (("north", 10, "ab"), ("south", 50, "ab"), ("east", 30, "xy")):
        rows = [f"{ages + row},{wards[row % 2]},{('ill', 'well')[row // 5]}\n" for row in range(10)]
        (tmp_path / "tables" / f"{name}.csv").write_text("age,ward,who\n" + "".join(rows))
    pairs = "[north:south, east:south]"
    file = write_suite(tmp_path / "wards.yaml", "{tables: tables, label: who}", pairs, backbone="mlp", methods="[dann]")
    registry = load_registry()
    plan = make_plan(read_suite(file), registry, device_kind="cpu", methods=["dann"], pairs=["north:south"])
    recorder = Recorder(plan, tmp_path / "a", registry)
    carry_out(recorder, RunOptions(device="cpu", launcher="inline"), lambda event: None)
    (path,) = (tmp_path / "a").rglob("dann/*.json")
    recorded = find_recorded(str(path), tmp_path)
    with pytest.raises(UsageError, match=r"no plugin has north and south\. .* --suite SUITE\.yaml"):
        plan_again(recorded, registry, "cpu")
    with pytest.raises(UsageError, match=r"is of the suite wards, not of toy"):
        plan_again(recorded, registry, "cpu", read_suite(file).model_copy(update={"name": "toy"}))
    repetition = plan_again(recorded, registry, "cpu", read_suite(file))
    result = reproduce(recorded, repetition, registry, RunOptions(device="cpu", launcher="inline"), lambda event: None)
    assert (result.verdict, result.changes) == ("identical", [])


@pytest.mark.slow
def test_a_row_with_settings_of_its_own_needs_its_record(
    registry: Registry, made: dict[str, RunRecord], tmp_path: Path
) -> None:
    row = publish(tmp_path, "toy", tmp_path / "toy.csv")
    run_id = made["deep_coral"].run_id
    with pytest.raises(UsageError, match=r"deep_coral \(weight=3.*\) seed 0 had other settings .*\.json file"):
        plan_again(find_recorded(run_id, row), registry, "cpu")
    assert find_recorded(run_id[:8], tmp_path).settings == made["deep_coral"].settings  # there the record is at hand


@pytest.mark.slow
@pytest.mark.timeout(300)  # starts processes
def test_the_command_says_what_came_out(registry: Registry, made: dict[str, RunRecord], tmp_path: Path) -> None:
    def invoke(record: RunRecord) -> Result:
        path = write_record(tmp_path / "other", record)
        result = CliRunner().invoke(cli, ["reproduce", str(path)], standalone_mode=False, obj=Context())
        if result.exception:
            raise result.exception
        return result

    env = made["coral"].env.model_copy(update={"torch": "1.0"})
    result = invoke(made["coral"].model_copy(update={"env": env}))
    assert result.return_value == 0
    assert result.stdout.splitlines()[0] == "toy toy_a:toy_b coral seed 0"
    assert "identical: accuracies, metrics and predictions are the same to the bit" in result.stdout
    assert "although it differs in:\n  torch 1.0 → " in result.stdout
    forged = Accuracy(selected=0.01, last=0.01, oracle=0.01)
    result = invoke(made["coral"].model_copy(update={"accuracy": forged}))
    assert result.return_value == 1
    assert "different: no other seed of the cell tells" in result.stdout
    assert "nothing that is recorded differs" in result.stdout


def recorded(accuracies: list[float], **overrides: Any) -> RecordedRun:
    from dabench.results.cells import rows_of
    from tests.support.factories import make_frame

    record = make_record(accuracies[0], **overrides)
    return RecordedRun(rows_of(make_frame(record))[0], record.settings, dict(enumerate(accuracies)))


@pytest.mark.parametrize(
    ("accuracy", "verdict"), [(0.70, "identical"), (0.69, "within noise"), (0.5, "different"), (0.95, "different")]
)
def test_other_numbers_are_held_against_the_cell(accuracy: float, verdict: str) -> None:
    assert judge(recorded([0.70, 0.72, 0.69, 0.71, 0.70]), make_record(accuracy)).verdict == verdict


def test_other_data_are_named_whatever_the_numbers() -> None:
    now = make_record(0.71, data_sha256="a" * 64)
    assert judge(recorded([0.70, 0.72, 0.69, 0.71, 0.70]), now).verdict == "other data"


def test_without_other_seeds_nothing_is_called_noise() -> None:
    assert judge(recorded([0.70]), make_record(0.699)).verdict == "different"


def test_a_run_that_fails_now_is_different_and_one_that_fails_again_is_not() -> None:
    assert judge(recorded([0.7, 0.71, 0.72]), make_record(None)).verdict == "different"
    record = make_record(None)
    assert judge(RecordedRun(recorded([0.7]).row | flat(record), record.settings, {}), record).verdict == "identical"


def flat(record: RunRecord) -> dict[str, Any]:
    from dabench.results.cells import rows_of
    from tests.support.factories import make_frame

    return dict(rows_of(make_frame(record))[0])


def test_the_likely_reasons_come_first() -> None:
    env = make_record().env.model_copy(update={"torch": "2.0", "processor": "other"})
    now = make_record(0.5, settings={"options": {"weight": 2.0}}, settings_sha256="6" * 64, data_sha256="x", env=env)
    found = judge(recorded([0.7, 0.71], settings={"options": {"weight": 1.0}}), now).changes
    assert [str(change) for change in found] == [
        f"data dddddddddddd → {digest('x')[:12]}",
        "settings weight=1.0 → weight=2.0",
        "processor x86_64 → other",
        "torch 2.9.0 → 2.0",
    ]


@pytest.mark.slow
def test_another_kind_of_processor_is_named_before_the_code() -> None:
    here = make_record().env.model_copy(update={"cpu_capability": "AVX2", "onednn_isa": "AVX2", "blas": "openblas 1"})
    there = here.model_copy(update={"cpu_capability": "AVX512", "blas": "openblas 1 SkylakeX"})
    code = CodeInfo(commit="a" * 40, dirty=False, numerics=1)
    known = judge(recorded([0.7, 0.71], env=there), make_record(0.5, env=here, code=code)).changes
    assert [change.what for change in known] == ["instructions of torch", "BLAS", "code commit"]
    other = judge(recorded([0.7, 0.71], env=there), make_record(0.5, env=here, code=code, run_id="another")).changes
    assert other[2].what == "NUMERICS_VERSION", "a part of the run_id: the same run has the same"
    assert str(known[0]) == "instructions of torch AVX512 → AVX2"
    unknown = judge(recorded([0.7, 0.71]), make_record(0.5, env=here)).changes
    assert str(unknown[0]) == "instructions of torch unknown → AVX2", "a row of schema 1 or 2 does not say"


def test_identical_numbers_do_not_differ_in_what_is_unknown() -> None:
    here = make_record().env.model_copy(update={"cpu_capability": "AVX2", "python": "3.12.1"})
    result = judge(recorded([0.7, 0.71]), make_record(0.7, env=here))
    assert (result.verdict, [change.what for change in result.changes]) == ("identical", ["python"])


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    write_record(tmp_path, make_record())
    for what, message in (("abc", "6 characters"), ("0123456789", "there is no run in")):
        with pytest.raises(UsageError, match=message):
            find_recorded(what, tmp_path)
    with pytest.raises(ResultsError, match="cannot be read"):
        find_recorded(str(tmp_path / "nowhere.json"), tmp_path)


def test_siblings_are_those_of_the_same_code_and_settings(tmp_path: Path) -> None:
    path = write_record(tmp_path, make_record(0.5))
    write_record(tmp_path, make_record(0.6, seed=1))
    write_record(tmp_path, make_record(0.1, seed=2, plugin="old"))
    assert find_recorded(str(path), tmp_path).cell == {0: 0.5, 1: 0.6}
    assert find_recorded(path.stem.partition("-")[2], tmp_path).cell == {0: 0.5, 1: 0.6}


def test_settings_that_this_version_does_not_know_are_named(registry: Registry) -> None:
    old = recorded([0.5], suite="toy", settings={"options": {}, "flux": 1})
    with pytest.raises(UsageError, match=r"does not know the settings .*settings\.flux: there is no such key"):
        plan_again(old, registry, "cpu")
