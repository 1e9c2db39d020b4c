"""`dabench rescore`, `dabench selectors` and `dabench table --selector`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from dabench.cli.main import main
from dabench.plugin.registry import Registry
from dabench.runs.record import HASH, RunRecord
from tests.support.toy_runs import plan_of, run

Cli = Callable[..., tuple[int, str, str]]

LABEL_FREE = {"last_step", "source_val", "iwcv", "dev", "entropy", "infomax", "snd", "bnm", "class_ami"}


@pytest.fixture(scope="module")
def trained(module_registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of the toy suite whose outputs were kept. Nothing may be written here."""
    folder = tmp_path_factory.mktemp("trained")
    run(plan_of(module_registry, ["dann", "coral"]), folder, module_registry, output_rows=50)
    return folder


@pytest.fixture(scope="module")
def rescoring(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of these runs with the picks of every selector, and what `dabench rescore` wrote to stderr."""
    folder = shutil.copytree(trained, tmp_path_factory.mktemp("rescored"), dirs_exist_ok=True)
    with pytest.raises(SystemExit) as stop, redirect_stderr(StringIO()) as err:
        main(["rescore", "toy", "--results", str(folder)])
    assert stop.value.code == 0, err.getvalue()
    return folder, err.getvalue()


@pytest.fixture
def rescored(rescoring: tuple[Path, str]) -> Path:
    """These runs with the picks of every selector. Nothing may be written here."""
    return rescoring[0]


@pytest.fixture
def results(trained: Path, tmp_path: Path) -> Path:
    """A copy of these runs."""
    return shutil.copytree(trained, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def cli(results: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command on the copy, or on other results; returns exit code, stdout and stderr."""

    def call(*arguments: str, on: Path = results) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([*arguments, "--results", str(on)])
        out, err = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return stop.value.code, out, err

    return call


def records(results: Path) -> dict[str, dict[str, Any]]:
    return {str(path): json.loads(path.read_text()) for path in sorted(results.rglob("*.json"))}


@pytest.mark.slow
def test_new_selections_come_into_the_records_and_nothing_else_changes(
    trained: Path, rescoring: tuple[Path, str]
) -> None:
    rescored, err = rescoring
    before = {str(rescored / Path(path).relative_to(trained)): record for path, record in records(trained).items()}
    assert "8 runs, 8 records written" in err
    assert set(records(rescored)) == set(before)
    for path, record in records(rescored).items():
        assert set(record["selections"]) == LABEL_FREE | {"oracle"}
        accuracies = {point["step"]: point["target_accuracy"] for point in record["checkpoints"]}
        for pick in record["selections"].values():
            assert pick["accuracy"] == accuracies[pick["step"]]
        for point in record["checkpoints"]:
            assert {"entropy", "snd", "bnm"} < set(point["scores"])
        new = {"selections", "checkpoints", HASH}
        kept = {key: value for key, value in record.items() if key not in new}
        assert kept == {key: value for key, value in before[path].items() if key not in new}
        written = record.pop(HASH)
        assert json.loads(RunRecord.model_validate(record).to_json())[HASH] == written


@pytest.mark.slow
def test_what_is_there_is_not_asked_again(cli: Cli, results: Path) -> None:
    cli("rescore", "toy", "--selector", "entropy,snd")
    first = records(results)
    shutil.rmtree(results / "cache")
    code, _, err = cli("rescore", "toy", "--selector", "snd,entropy")
    assert (code, records(results)) == (0, first)
    assert "0 records written" in err
    code, _, err = cli("rescore", "toy", "--selector", "snd", "--fresh")
    assert code == 1
    assert "no outputs for snd" in err
    assert records(results) == first


@pytest.mark.slow
def test_outputs_that_are_gone_are_named_with_the_remedy(cli: Cli, results: Path) -> None:
    gone = next((results / "cache/outputs").iterdir())
    shutil.rmtree(gone)
    code, _, err = cli("rescore", "toy", "--selector", "bnm,source_val")
    assert code == 1
    assert f"no outputs for bnm: {gone}" in err
    assert "1 of 8 runs have no outputs" in err
    assert "`dabench run toy --outputs 5000`" in err
    assert sum("bnm" in record["selections"] for record in records(results).values()) == 7


@pytest.mark.slow
def test_the_table_shows_another_selection(cli: Cli, rescored: Path) -> None:
    code, out, _ = cli("table", "toy", "--selector", "class-ami", "--format", "json", on=rescored)
    assert code == 0
    rows = {row["method"]: row["pairs"]["toy_a:toy_b"] for row in json.loads(out)}
    for method in ("dann", "coral", "source_only"):
        of_method = [record for record in records(rescored).values() if record["method"] == method]
        picked = [record["selections"]["class_ami"]["accuracy"] for record in of_method]
        assert rows[method]["mean"] == pytest.approx(sum(picked) / 2)
    assert "class ami" in cli("table", "toy", "--selector", "class_ami", on=rescored)[1].splitlines()[0]


@pytest.mark.slow
def test_last_step_needs_no_records(cli: Cli, results: Path) -> None:
    cli("results", "publish", "toy")
    shutil.rmtree(results / "runs")
    assert cli("table", "toy", "--selector", "last_step")[1] == cli("table", "toy")[1]
    code, _, err = cli("table", "toy", "--selector", "snd")
    assert code == 1
    assert "8 of 8 runs have no selection by snd" in err
    assert "`dabench rescore toy --selector snd`" in err


def test_selectors_without_picks_are_named(cli: Cli) -> None:
    code, _, err = cli("selectors", "toy")
    assert code == 0
    assert "no record has bnm, class_ami, dev, entropy, infomax, iwcv, snd. next: dabench rescore toy" in err


@pytest.mark.slow
def test_selectors_are_compared(cli: Cli, rescored: Path) -> None:
    code, out, err = cli("selectors", "toy", on=rescored)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "toy · 4 runs of several checkpoints, 2 of one, 0 left out because they lack a selection"
    names = {line.split()[0] for line in lines[2:12]}
    assert names == LABEL_FREE | {"oracle†"}
    assert lines[11].startswith("oracle†")
    found = json.loads(cli("selectors", "toy", "--json", on=rescored)[1])
    assert {quality["selector"] for quality in found["qualities"]} == LABEL_FREE | {"oracle"}
    for quality in found["qualities"]:
        assert 0 <= quality["mean_loss"] <= quality["worst_loss"] <= 1
        assert list(quality["by_method"]) == ["dann", "source_only"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["rescore", "toy", "--selector", "snt"], 2, ["unknown selector 'snt'", "Did you mean 'snd'"]),
        (["rescore", "toy", "--selector", "oracle"], 2, ["oracle uses target labels"]),
        (["rescore", "toy", "--selector", ""], 2, ["no selector is named"]),
        (["rescore", "mini"], 1, ["no records of finished runs of 'mini'", "--outputs 5000"]),
        (["selectors", "mini"], 1, ["no records of finished runs of 'mini'"]),
        (["table", "toy", "--selector", "oracle"], 2, ["uses target labels"]),
        (["table", "toy", "--selector", "entropi"], 2, ["unknown selector", "'entropy'"]),
        (["table", "toy", "--selector", "entropy"], 1, ["8 of 8 runs have no selection by entropy"]),
    ],
)
def test_bad_input(cli: Cli, arguments: list[str], code: int, words: list[str]) -> None:
    found, out, err = cli(*arguments)
    assert (found, out) == (code, "")
    for word in words:
        assert word in err


@pytest.mark.slow
@pytest.mark.parametrize("command", [["rescore", "toy", "--selector", "entropy"], ["selectors", "toy"]], ids=" ".join)
def test_files_that_are_no_records_are_reported(cli: Cli, results: Path, command: list[str]) -> None:
    broken = results / "runs/toy/broken.json"
    broken.write_text("{")
    code, _, err = cli(*command)
    assert code == 0
    assert f"Warning: {broken}" in err
    assert "(not counted)" in err


@pytest.mark.slow
def test_a_selector_of_a_plugin_takes_part(site, results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = """
        from dabench.selection.rule import ByScore, by_outputs

        @by_outputs
        def widest(outputs):
            return float(outputs.target_logits.std())

        def first(candidates):
            return 0
    """
    hooks = """
        from dabench import SelectorSpec, hookimpl
        @hookimpl
        def dabench_selectors():
            yield SelectorSpec(name="widest", entry_point="my_rules:widest", summary="mine", needs_outputs=True)
            yield SelectorSpec(name="first", entry_point="my_rules:first", summary="mine")
    """
    site.install("mine", {"mine": "my_hooks"}, my_rules=rules, my_hooks=hooks)
    with pytest.raises(SystemExit) as stop:
        main(["rescore", "toy", "--selector", "widest,first", "--results", str(results)])
    assert stop.value.code == 0
    for record in records(results).values():
        assert record["selections"]["first"]["step"] == record["checkpoints"][0]["step"]
        alive = [point for point in record["checkpoints"] if not point["scores"]["target_collapsed"]]
        best = max(alive or record["checkpoints"], key=lambda point: (point["scores"]["widest"], point["step"]))
        assert record["selections"]["widest"]["step"] == best["step"]
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["selectors", "toy", "--results", str(results), "--json"])
    assert "widest" in capsys.readouterr().out


@pytest.mark.slow
def test_run_keeps_outputs_on_request(cli: Cli, results: Path) -> None:
    base = ["run", "toy", "--device", "cpu", "--launcher", "inline", "--seeds", "7", "--methods", "dann"]
    assert cli(*base)[0] == 0
    outputs = results / "cache" / "outputs"
    before = len(list(outputs.iterdir()))
    code, _, err = cli(*base, "--outputs", "20")
    assert code == 0
    assert "3 runs, 0 of them done before" in err  # a record without outputs is not enough
    assert len(list(outputs.iterdir())) == before + 3
    assert "3 runs, 3 of them done before" in cli(*base, "--outputs", "20")[2]
    code, _, err = cli(*base, "--outputs", "5001")
    assert code == 2
    assert "--outputs" in err
