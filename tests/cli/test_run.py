"""`dabench run`: what it prints, and what it says to bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dabench import DeepMethod
from dabench.cli.main import main
from dabench.plugin.registry import Registry

Run = Callable[..., tuple[int, str, str]]

SUITE = """\
name: mine
version: 1
seeds: 0-1
backbone: toy_net
budget: {steps: 4, batch: 8}
methods: [dann]
pairs: [toy_a:toy_b]
"""


@pytest.fixture
def run(registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, which tries few steps to tell a cost; returns exit code, stdout and stderr."""
    monkeypatch.setattr("dabench.runner.cost.PROBE_STEPS", 8)

    def call(*arguments: str, steps: int = 4, results: Path = tmp_path / "results") -> tuple[int, str, str]:
        words = ["run", "--results", str(results), "--device", "cpu", "--launcher", "inline"]
        words += [f"--steps={steps}", *arguments]
        with pytest.raises(SystemExit) as stop:
            main(words)
        out, err = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return stop.value.code, out, err

    return call


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the runs of the suite of toys: whoever comes first makes them, and the others find them there."""
    return tmp_path_factory.mktemp("toy")


@pytest.mark.slow
def test_ends_with_a_leaderboard(run: Run, results: Path) -> None:
    code, out, err = run("toy", results=results)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("toy · unsupervised")
    rows = [line.split("  ")[0].strip() for line in lines if line.startswith(" ")]
    assert [row for row in rows if row] == ["source only", "CORAL", "Deep CORAL", "DANN", "train on target†"]
    assert "toy_a → toy_b" in out
    assert "10 runs, " in err
    assert "dabench explain toy toy_a:toy_b" in err


@pytest.mark.slow
def test_a_second_call_answers_from_the_records(run: Run) -> None:
    first = run("toy")
    assert "10 runs, 0 of them done before" in first[2]
    second = run("toy")
    assert second[1] == first[1]
    assert "10 runs, 10 of them done before" in second[2]
    assert "[1/" not in second[2]
    assert "10 runs, 0 of them done before" in run("toy", "--fresh")[2]


@pytest.mark.slow
def test_json_is_the_contract(run: Run, results: Path) -> None:
    _, out, _ = run("toy", "--json", results=results)
    rows = json.loads(out)
    assert [row["method"] for row in rows] == ["source_only", "coral", "deep_coral", "dann", "target_only"]
    cell = rows[1]["pairs"]["toy_a:toy_b"]
    assert {"mean", "std", "ci95", "n", "gap_covered", "gap_covered_ci95", "oracle", "last", "status"} <= set(cell)


@pytest.mark.slow
def test_dry_run_shows_the_cost_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("toy", "--dry-run")
    assert code == 0
    assert "10 runs, 0 of them done before" in out
    assert "toy_a:toy_b dann" in out
    assert "ms each" in out
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_dry_run_trains_and_evaluates_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """To evaluate can take many times longer than a few steps."""
    evaluated = []
    predict = DeepMethod.predict
    monkeypatch.setattr(DeepMethod, "predict", lambda method, x: evaluated.append(len(x)) or predict(method, x))
    code, out, _ = run("toy", "--dry-run", "--methods", "dann")
    assert (code, out.count("ms each"), evaluated) == (0, 3, [])


@pytest.mark.slow
def test_dry_run_names_a_method_that_raises(run: Run) -> None:
    code, out, _ = run("toy", "--dry-run", "--methods", "toy_raises,dann", steps=40)
    assert code == 0
    assert "toy_raises (budget.steps=40): 2 runs of 40 steps, cannot run: RuntimeError: the toy broke at step 5" in out
    assert "toy_a:toy_b dann" in out


@pytest.mark.slow
def test_dry_run_says_once_which_data_are_missing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "suite.yaml"
    file.write_text(SUITE.replace("[toy_a:toy_b]", "[toy_a:toy_missing, toy_b:toy_missing]"))
    code, out, _ = run(str(file), "--dry-run", "--methods", "dann", "--seeds", "0")
    assert code == 0
    assert "  6 runs cannot be made:\n    toy_missing needs the file toys.tar" in out
    assert out.count("toys.tar") == 1


@pytest.mark.slow
def test_settings_of_the_command_are_a_variant(run: Run, tmp_path: Path) -> None:
    code, _, _ = run(
        "toy", "--methods", "dann", "--set", "dann.weight=0.5", "--set", "optimiser.lr=0.2", "--seeds", "3"
    )
    assert code == 0
    record = json.loads(next(tmp_path.rglob("dann/*.json")).read_text())
    assert record["variant"] == "budget.steps=4,optimiser.lr=0.2,weight=0.5"
    assert record["settings"]["options"] == {"weight": 0.5, "gamma": 10.0}
    assert record["settings"]["optimiser"]["lr"] == 0.2
    assert record["chosen_by"] == "user"
    bound = json.loads(next(tmp_path.rglob("source_only/*.json")).read_text())
    assert bound["comparison_sha256"] == record["comparison_sha256"]


@pytest.mark.slow
def test_dashes_and_underscores_mean_the_same(run: Run, tmp_path: Path) -> None:
    assert run("toy", "--methods", "deep-coral", "--pairs", "toy-a:toy-b", "--seeds", "0")[0] == 0
    assert len(list(tmp_path.rglob("deep_coral/*.json"))) == 1


@pytest.mark.slow
def test_a_failed_run_shows_and_is_exit_code_1(run: Run) -> None:
    code, out, err = run("toy", "--methods", "toy_raises,dann", "--seeds", "0-1", steps=8)
    assert code == 1
    assert "2 failed" in out
    assert (
        "failed: toy_a:toy_b toy_raises seed 0 and 1 more: RuntimeError: the toy broke at step 5. Log of the first: "
        in err
    )
    assert err.count(" · failed · RuntimeError: the toy broke at step 5") == 2
    log = Path(err.split("Log of the first: ")[1].split()[0])
    assert log.is_file()


@pytest.mark.slow
def test_missing_data_are_exit_code_1_and_name_the_remedy(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SUITE.replace("[toy_a:toy_b]", "[toy_a:toy_b, toy_a:toy_missing]"))
    code, out, err = run(str(file), "--seeds", "0")
    assert code == 1
    assert "put it into DABENCH_DATA_DIR/toys" in err
    assert "toy_a → toy_b" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mni"], ["unknown suite 'mni'", "Did you mean 'mini'", "dabench list suites"]),
        (["absent.yaml"], ["no suite file absent.yaml"]),
        (["toy", "--methods", "dan"], ["unknown method 'dan'", "'dann'", "dabench list methods"]),
        (["toy", "--methods", ""], ["no method is named"]),
        (
            ["toy", "--methods", "dann:long"],
            ["no row dann:long in the suite toy, but dann:;", "dann means all"],
        ),
        (["toy", "--methods", ","], ["no method is named"]),
        (
            ["toy", "--pairs", "toy_a:toy_c"],
            [
                "no pair of the suite toy",
                "Did you mean 'toy_a:toy_b'",
                "unknown domain 'toy_c'",
                "dabench list domains",
            ],
        ),
        (["toy", "--pairs", "toy_a"], ["--pairs: pair 'toy_a' is not of the form source:target", "has toy_a:toy_b"]),
        (
            ["toy", "--pairs", "toy_a:toy_other_classes"],
            ["toy_a:toy_other_classes cannot be a pair: their classes differ: toy_a alone has"],
        ),
        (
            ["toy", "--pairs", "toy_a:toy_vectors_b"],
            ["toy_a:toy_vectors_b cannot be a pair", "images or signals 3x", "vectors of"],
        ),
        (["toy", "--backbone", "toy_nett"], ["unknown backbone 'toy_nett'", "'toy_net'", "dabench list backbones"]),
        (["toy", "--backbone", "resnet18", "--set", "input.normalise=image"], ["--set input.normalise=unit"]),
        (
            ["toy", "--backbone", "identity", "--methods", "dann"],
            ["the backbone identity trains nothing"],
        ),
        (["toy", "--selector", "last"], ["unknown selector 'last'", "'last_step'", "dabench list selectors"]),
        (["toy", "--selector", "oracle"], ["the selector oracle uses target labels"]),
        (["toy", "mini", "toy"], ["toy and toy are both the suite 'toy': name one of them"]),
        (["toy", "absent.yaml"], ["no suite file absent.yaml"]),
        (["toy", "--methods", "./no.py:Mine"], ["there is no file ./no.py", "./my_method.py:MyMethod"]),
        (["toy", "--pairs", ""], ["no pair is named"]),
        (["toy", "--seeds", "0..4"], ["--seeds", "0-4 or 0,2,5-7"]),
        (["toy", "--seeds", "4-0"], ["runs backwards"]),
        (["toy", "--seeds", "1,1"], ["seed 1 is named twice"]),
        (["toy", "--seeds", "0-3,2"], ["seed 2 is named twice"]),
        (["toy", "--seeds", "-1"], ["--seeds"]),
        (["toy", "--seeds", ""], ["--seeds"]),
        (["toy", "--set", "dann.wieght=1"], ["dann.wieght", "no such key", "weight"]),
        (["toy", "--set", "dann.weight=heavy"], ["dann.weight", "valid number"]),
        (["toy", "--set", "dann.weight=-1"], ["dann.weight", "greater than or equal to 0"]),
        (["toy", "--set", "dann.weight"], ["method.option=value"]),
        (["toy", "--set", "uda.weight=1"], ["unknown setting 'uda'"]),
        (["toy", "--set", "dann.weight=1", "--set", "dann.weight=2"], ["set twice"]),
        (["toy", "--set", "budget.batch=0"], ["budget.batch", "greater than or equal to 1"]),
        (["toy", "--set", "backbone.name=big"], ["unknown backbone 'big'"]),
        (["toy", "--launcher", "slum"], ["unknown launcher 'slum'", "dabench list launchers"]),
        (["toy", "--workers", "0"], ["--workers"]),
        (["toy", "--timeout", "0"], ["--timeout"]),
    ],
)
def test_bad_arguments_are_usage_errors(run: Run, tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert not out
    assert all(word in err for word in words), err
    assert "Traceback" not in err
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("steps", [0, -5])
def test_no_steps(run: Run, steps: int) -> None:
    code, _, err = run("toy", steps=steps)
    assert code == 2
    assert "budget.steps: input should be greater than or equal to 1" in err


def test_cuda_without_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    code, _, err = run("toy", "--device", "cuda")
    assert code == 2
    assert "finds no CUDA device" in err
    assert "--device cpu" in err


def test_a_method_that_cannot_be_imported(run: Run) -> None:
    code, _, err = run("toy", "--methods", "toy_absent,dann")
    assert code == 4
    assert "toy_absent" in err
    assert "no_such_module" in err


def test_a_suite_file_with_several_mistakes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "name: wrong\nversion: 1\nseeds: 0,0\nbackbone: toy_net\n"
        "budget: {steps: none, batch: 8}\noptimizer: {lr: 1}\nmethods: [dann]\n"
        "pairs:\n  - toy_a:toy_b\n  - toy_a-toy_b\n"
    )
    code, _, err = run(str(file))
    assert code == 2
    for words in (
        "line 3: seeds: seed 0 is named twice",
        "line 5: budget.steps",
        "line 6: optimizer: there is no such key",
        "line 10: pairs.1.pair",
    ):
        assert words in err


def test_a_suite_file_with_several_unknown_names(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(SUITE.replace("[dann]", "[dan, corl]").replace("toy_a:toy_b", "toy_a:toy_c"))
    code, _, err = run(str(file))
    assert code == 2
    assert "3 mistakes" in err
    for words in ("unknown method 'dan'", "unknown method 'corl'", "unknown domain 'toy_c'"):
        assert words in err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", "is not valid YAML"),
        ("- a\n- b\n", "must be a mapping"),
        ("", "must be a mapping"),
        (SUITE + "name: again\n", "named twice"),
        (SUITE.replace("[toy_a:toy_b]", "[toy_a:toy_b, toy_a:toy_b]"), "named twice"),
        (SUITE + "selector: oracle\n", "uses target labels"),
        (SUITE + "track: few_shot\n", "the track few_shot needs `shots`"),
        (SUITE + "track: paired\n", "the track paired needs `shots`"),
        (SUITE + "track: paired\nshots: [2, all]\n", "the track paired needs `shots`"),
        (SUITE + "shots: 10\n", "this suite is unsupervised"),
        (SUITE.replace("[dann]", "[dann, {method: dann, as: again}]"), "are the same run"),
    ],
)
def test_more_wrong_suite_files(run: Run, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    code, _, err = run(str(file))
    assert code == 2, err
    assert words in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "stays", "left_out"),
    [(4, "dann", "dann (long,budget.steps=4)"), (8, "dann (long)", "dann (budget.steps=8)")],
)
def test_rows_that_the_steps_make_the_same_run_once(
    run: Run, tmp_path: Path, steps: int, stays: str, left_out: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SUITE.replace("[dann]", "[dann, {method: dann, as: long, recipe: {budget: {steps: 8}}}]"))
    code, out, err = run(str(file), "--dry-run", steps=steps)
    assert code == 0, err
    assert [line.split(":")[1] for line in out.splitlines() if " dann" in line] == [f"toy_b {stays}"]
    assert f"{left_out} is the same run as {stays}, which stands for both" in err


@pytest.mark.slow
def test_a_results_folder_that_is_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("")
    code, _, err = run("toy")
    assert code == 1
    assert "results" in err
    assert "--results" in err or "another place" in err


@pytest.mark.slow
def test_an_unwritable_results_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)  # root, who may run the tests, would be allowed to write anywhere
    code, out, err = run("toy")
    assert code == 1
    assert not out
    assert "cannot be written (Permission denied)" in err


@pytest.mark.slow
def test_a_full_disk_ends_before_the_first_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, out, err = run("toy")
    assert code == 1
    assert not out
    assert "No space left on device" in err
    assert "Free some space" in err


@pytest.mark.slow
def test_records_that_are_none_are_reported_and_kept(run: Run, tmp_path: Path) -> None:
    run("toy", "--methods", "dann", "--seeds", "0")
    record = next(tmp_path.rglob("dann/*.json"))
    truncated = record.with_name("7-truncated.json")
    truncated.write_text(record.read_text()[:200])
    foreign = record.with_name("8-foreign.json")
    foreign.write_text('{"accuracy": 1.0}')
    older = record.with_name("9-older.json")
    older.write_text(json.dumps({**json.loads(record.read_text()), "schema": 0}))
    code, out, err = run("toy", "--methods", "dann", "--seeds", "0")
    assert code == 0
    for path in (truncated, foreign, older):
        assert path.is_file()
        assert path.name in err
    assert err.count("not counted") == 3
    assert "3 runs" in out


@pytest.mark.slow
def test_runs_that_are_repeated_for_their_outputs_say_so(run: Run) -> None:
    choice = ("toy", "--methods", "dann", "--seeds", "0")
    assert run(*choice)[0] == 0
    code, _, err = run(*choice, "--outputs", "20")
    assert code == 0
    assert "3 of 3 runs were made without keeping outputs, or theirs are gone: they are repeated" in err
    assert "3 runs, 0 of them done before" in err
    code, _, err = run(*choice, "--outputs", "20")
    assert "keeping outputs" not in err
    assert "3 runs, 3 of them done before" in err
