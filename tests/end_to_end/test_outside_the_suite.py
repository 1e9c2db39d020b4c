"""`dabench run` with pairs, methods and options from outside the suite, and with several suites."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dabench.cli.main import main
from dabench.plugin.registry import Registry
from tests.support.method_file import SOURCE

QUICK = ["--device", "cpu", "--launcher", "inline", "--steps", "4", "--seeds", "0"]


@pytest.fixture
def here(registry: Registry, dabench_here, tmp_path: Path) -> Path:
    """The current folder, with a method in a file and another suite."""
    (tmp_path / "my_method.py").write_text(SOURCE)
    (tmp_path / "other.yaml").write_text(
        "backbone: toy_net\nbudget: {steps: 4, batch: 8}\nmethods: [coral]\npairs: [toy_b:toy_a]\n"
    )
    return tmp_path


def records(here: Path) -> dict[str, dict]:
    """Records by pair and method."""
    found = [json.loads(path.read_text()) for path in here.rglob("runs/**/*.json")]
    return {f"{item['suite']} {item['source']}:{item['target']} {item['method']}": item for item in found}


def test_a_pair_that_the_suite_lacks(here: Path, dabench_here) -> None:
    pairs = ["--pairs", "toy-b:toy-a,toy_a:toy_b", "--methods", "dann"]
    dry = dabench_here("run", "toy", *QUICK, *pairs, "--dry-run")
    assert "toy_a:toy_b, toy_b:toy_a" in dry.stdout
    done = dabench_here("run", "toy", *QUICK, *pairs)
    assert done.returncode == 0
    assert "toy_b → toy_a" in done.stdout
    found = records(here)
    assert set(found) == {
        f"toy {pair} {method}"
        for pair in ("toy_a:toy_b", "toy_b:toy_a")
        for method in ("source_only", "dann", "target_only")
    }
    assert found["toy toy_b:toy_a dann"]["settings"] == found["toy toy_a:toy_b dann"]["settings"]
    assert "toy_b → toy_a" in dabench_here("table", "toy").stdout


def test_a_method_of_a_file(here: Path, dabench_here) -> None:
    method = ["--methods", "./my_method.py:MyMethod", "--set", "my_method.weight=0.25"]
    assert "toy_a:toy_b my_method" in dabench_here("run", "toy", *QUICK, *method, "--dry-run").stdout
    done = dabench_here("run", "toy", *QUICK, *method)
    assert done.returncode == 0, done.stderr
    assert " my method" in done.stdout
    record = records(here)["toy toy_a:toy_b my_method"]
    assert (record["plugin"]["distribution"], record["plugin"]["version"]) == ("my_method.py:MyMethod", "file")
    assert record["settings"]["options"] == {"weight": 0.25}
    assert "3 runs, 3 of them done before" in dabench_here("run", "toy", *QUICK, *method).stderr
    (here / "moved").mkdir()
    (here / "my_method.py").rename(here / "moved" / "other_name.py")
    assert " my method" in dabench_here("table", "toy").stdout, "a table needs no file"
    file = str(next(here.rglob("my_method/0-*.json")))
    lost = dabench_here("reproduce", file, "--launcher", "inline")
    assert lost.returncode == 2
    assert "its method is the class of a file, my_method.py:MyMethod, which is not installed" in lost.stderr
    assert "dabench reproduce RECORD.json --method PATH/my_method.py:MyMethod" in lost.stderr
    again = ["reproduce", file, "--launcher", "inline", "--method"]
    assert "identical: " in dabench_here(*again, "moved/other_name.py:MyMethod").stdout
    wrong = dabench_here(*again, "moved/other_name.py:DANNPlus")
    assert "--method moved/other_name.py:DANNPlus is 'dann_plus', and the run is of 'my_method'" in wrong.stderr


def test_it_works_in_worker_processes(here: Path, dabench_here) -> None:
    words = ["--device", "cpu", "--workers", "1", "--steps", "4", "--seeds", "0", "--methods", "my_method.py:MyMethod"]
    done = dabench_here("run", "toy", *words)
    assert done.returncode == 0, done.stderr
    assert records(here)["toy toy_a:toy_b my_method"]["status"] in ("ok", "collapsed")


def test_other_commands_take_it_too(here: Path, dabench_here) -> None:
    quick = ["--device", "cpu", "--launcher", "inline", "--steps", "4"]
    tuned = dabench_here("tune", "my_method.py:MyMethod", "--suite", "toy", "--space", "weight=1,2", *quick)
    assert tuned.returncode == 0, tuned.stderr
    assert "method: my_method" in tuned.stdout
    checked = dabench_here("plugin", "check", "./my_method.py:MyMethod", "-k", "contract")
    assert "my_method on the toy" in checked.stdout


def test_a_method_that_nobody_has_any_more(here: Path, dabench_here) -> None:
    assert dabench_here("run", "toy", *QUICK, "--methods", "toy_mean,dann").returncode == 0
    path = next(here.rglob("dann/0-*.json"))
    from dabench.results.record_file import read_record, write_record

    record = read_record(path)
    write_record(here / "far", record.model_copy(update={"method": "gone", "run_id": "0" * 64}))
    lost = dabench_here("reproduce", str(next((here / "far").rglob("*.json"))))
    assert "no plugin has the method 'gone'. It was of dabench " in lost.stderr
    assert lost.returncode == 2


def test_another_backbone(here: Path, dabench_here) -> None:
    words = ["--backbone", "mlp", "--methods", "dann"]
    done = dabench_here("run", "toy", *QUICK, *words)
    found = records(here)["toy toy_a:toy_b dann"]
    assert found["backbone"] == "mlp"
    assert found["variant"].startswith("backbone.name=mlp")
    assert "backbone.name=mlp" in done.stdout
    assert "backbone.name=mlp" in dabench_here("table", "toy").stdout


def test_another_selector(here: Path, dabench_here) -> None:
    words = ["run", "toy", *QUICK, "--methods", "dann"]
    assert dabench_here(*words).returncode == 0
    done = dabench_here(*words, "--selector", "iwcv")
    assert "3 runs, 0 of them done before" in done.stderr
    assert "iwcv" in done.stdout.splitlines()[0]
    assert records(here)["toy toy_a:toy_b dann"]["selector"] == "iwcv"


def test_several_suites(here: Path, dabench_here) -> None:
    words = ["run", "toy", "other.yaml", *QUICK, "--methods", "dann"]
    dry = dabench_here(*words, "--dry-run").stdout
    assert dry.index("toy · unsupervised") < dry.index("other · unsupervised")
    done = dabench_here(*words)
    assert done.returncode == 0
    assert done.stdout.index("toy_a → toy_b") < done.stdout.index("toy_b → toy_a")
    assert "dabench explain toy toy_a:toy_b dann" in done.stderr
    assert "dabench explain other.yaml toy_b:toy_a dann" in done.stderr
    rows = json.loads(dabench_here(*words, "--json").stdout)
    assert [row["suite"] for row in rows] == ["toy"] * 3 + ["other"] * 3


def test_a_mistake_in_the_last_suite_stops_the_first(here: Path, dabench_here) -> None:
    (here / "wrong.yaml").write_text((here / "other.yaml").read_text().replace("toy_a", "toy_z"))
    done = dabench_here("run", "toy", "wrong.yaml", *QUICK)
    assert done.returncode == 2
    assert not (here / "results").exists()


def test_a_failure_of_the_first_suite_is_the_exit_code(here: Path, dabench_here) -> None:
    done = dabench_here("run", "toy", "other.yaml", *QUICK[:5], "8", "--seeds", "0", "--methods", "toy_raises")
    assert done.returncode == 1
    assert "toy_b → toy_a" in done.stdout
    stopped = dabench_here("run", "toy", "other.yaml", *QUICK[:5], "9", "--fail-fast", "--methods", "toy_raises")
    assert stopped.returncode == 1
    assert "toy_b → toy_a" not in stopped.stdout


def test_help_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for part in ("[SUITE]...", "./my_method.py:MyMethod", "--backbone", "--selector", "also others than the suite's"):
        assert part in text


def test_the_estimator_of_the_page(here: Path, dabench_here) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/estimators.md").read_text(encoding="utf-8")
    (here / "self_training.py").write_text(page.split("```python\n")[1].split("```")[0])
    done = dabench_here("run", "toy", *QUICK, "--methods", "./self_training.py:SelfTraining")
    assert done.returncode == 0, done.stderr
    assert records(here)["toy toy_a:toy_b self_training"]["status"] in ("ok", "collapsed")
