"""A plugin that was written and built for dabench 0.1.0 still installs and runs.

`tests/support/yesterday` holds its wheel and its sources. They stay as they are: other people's plugins look like this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

YESTERDAY = Path(__file__).parents[1] / "support" / "yesterday"
WHEEL = YESTERDAY / "dabench_yesterday-1.0-py3-none-any.whl"

METHODS = ("yesterday_means", "yesterday_views", "yesterday_shift")

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


def ended(lines: list[str], method: str, seed: int) -> str:
    """The status that its observer printed of one run."""
    start = f"yesterday: {method} seed {seed} "
    (status,) = (line.removeprefix(start) for line in lines if line.startswith(start))
    return status


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """The command line in an environment where the wheel is installed."""
    folder = tmp_path_factory.mktemp("yesterday")
    site = folder / "site"
    options = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--target", str(site)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(WHEEL)], check=True, capture_output=True)

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(site)}
        command = [sys.executable, "-m", "dabench", "--strict-plugins", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done

    return call


@pytest.fixture(scope="module")
def unsupervised(cli: Cli) -> subprocess.CompletedProcess[str]:
    """Its suite, carried out by a worker process."""
    return cli("run", "yesterday", "--workers", "1", "--device", "cpu", "--results", "results")


def test_the_wheel_holds_the_sources_beside_it() -> None:
    with zipfile.ZipFile(WHEEL) as wheel:
        for file in (YESTERDAY / "dabench_yesterday").glob("*.*"):
            assert wheel.read(f"dabench_yesterday/{file.name}") == file.read_bytes()


def test_its_parts_are_listed(cli: Cli) -> None:
    assert "yesterday" in cli("list", "plugins").stdout
    listed = {item["name"] for item in json.loads(cli("list", "methods", "--json").stdout)}
    assert {*METHODS, "yesterday_two_networks"} <= listed


@pytest.mark.slow
def test_its_suite_runs_and_its_hooks_hear_of_it(unsupervised: subprocess.CompletedProcess[str]) -> None:
    lines = unsupervised.stderr.splitlines()
    assert "yesterday: 10 runs" in lines
    for method in METHODS:
        for seed in (0, 1):
            assert ended(lines, method, seed) in ("ok", "collapsed")
    heard = [line for line in lines if line.startswith("yesterday: yesterday_views step ")]
    assert heard == [
        f"yesterday: yesterday_views step {step} of seed {seed}: ['source_val_accuracy']"
        for seed in (0, 1)
        for step in (20, 40, 60)
    ]


@pytest.mark.slow
def test_its_format_shows_the_table(cli: Cli, unsupervised: subprocess.CompletedProcess[str]) -> None:
    shown = cli("table", "yesterday", "--format", "yesterday", "--results", "results")
    assert shown.stdout == "1 tables\n"


@pytest.mark.slow
def test_its_launcher_carries_out_paired_runs(cli: Cli) -> None:
    done = cli("run", "yesterday_paired", "--launcher", "yesterday", "--device", "cpu", "--results", "paired")
    lines = done.stderr.splitlines()
    assert ended(lines, "yesterday_two_networks", 0) in ("ok", "collapsed")
