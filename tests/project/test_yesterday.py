"""A plugin that was written and built for dabench 0.1.0 still installs and runs.

`tests/support/yesterday` holds its wheel and its sources. They stay as they are: other people's plugins look like this.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from dabench.cli.main import main

YESTERDAY = Path(__file__).parents[1] / "support" / "yesterday"
WHEEL = YESTERDAY / "dabench_yesterday-1.0-py3-none-any.whl"

METHODS = ("yesterday_means", "yesterday_views", "yesterday_shift")

# Its names of 0.1.0 work for a release, and warn.
pytestmark = pytest.mark.filterwarnings("ignore:.* is now .*:DeprecationWarning")

Cli = Callable[..., tuple[str, str]]  # -> stdout, stderr


def ended(lines: list[str], method: str, seed: int) -> str:
    """The status that its observer printed of one run."""
    start = f"yesterday: {method} seed {seed} "
    (status,) = (line.removeprefix(start) for line in lines if line.startswith(start))
    return status


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """The command line in this process and its children, for which the wheel is installed."""
    folder = tmp_path_factory.mktemp("yesterday")
    site = folder / "site"
    options = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--target", str(site)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(WHEEL)], check=True, capture_output=True)

    def call(*arguments: str) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stop:
            main(["--strict-plugins", *arguments])
        assert stop.value.code == 0, err.getvalue()
        return out.getvalue(), err.getvalue()

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(str(site))
        patch.setenv("PYTHONPATH", str(site))
        yield call
    for name in [name for name in sys.modules if name.split(".")[0] == "dabench_yesterday"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def heard(cli: Cli) -> list[str]:
    """The output of its observers while a worker process carries out its suite."""
    _, err = cli("run", "yesterday", "--workers", "1", "--device", "cpu", "--results", "results")
    return err.splitlines()


def test_the_wheel_holds_the_sources_beside_it() -> None:
    with zipfile.ZipFile(WHEEL) as wheel:
        for file in (YESTERDAY / "dabench_yesterday").glob("*.*"):
            assert wheel.read(f"dabench_yesterday/{file.name}") == file.read_bytes()


@pytest.mark.slow
def test_its_parts_are_listed(cli: Cli) -> None:
    assert "dabench-yesterday 1.0" in " ".join(cli("list", "plugins")[0].split())
    listed = {item["name"] for item in json.loads(cli("list", "methods", "--json")[0])}
    assert {*METHODS, "yesterday_two_networks"} <= listed


@pytest.mark.slow
def test_its_suite_runs_and_its_hooks_hear_of_it(heard: list[str]) -> None:
    assert "yesterday: 10 runs" in heard
    for method in METHODS:
        for seed in (0, 1):
            assert ended(heard, method, seed) in ("ok", "collapsed")
    assert [line for line in heard if line.startswith("yesterday: yesterday_views step ")] == [
        f"yesterday: yesterday_views step {step} of seed {seed}: ['source_val_accuracy']"
        for seed in (0, 1)
        for step in (20, 40, 60)
    ]


@pytest.mark.slow
def test_its_format_shows_the_table(cli: Cli, heard: list[str]) -> None:
    assert cli("table", "yesterday", "--format", "yesterday", "--results", "results")[0] == "1 tables\n"


@pytest.mark.slow
def test_its_launcher_carries_out_paired_runs(cli: Cli) -> None:
    _, err = cli("run", "yesterday_paired", "--launcher", "yesterday", "--device", "cpu", "--results", "paired")
    assert ended(err.splitlines(), "yesterday_two_networks", 0) in ("ok", "collapsed")
