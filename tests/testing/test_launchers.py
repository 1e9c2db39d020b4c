"""Launchers that ship pass the kit. Those of clusters have more tests in `tests/runner/launchers/`."""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dabench.plugin.scaffold import project_files
from dabench.testing.failure import CheckFailedError
from dabench.testing.launchers import LAUNCHER_CHECKS, Check, check_dying_driver, check_records


@pytest.mark.slow
@pytest.mark.parametrize("check", LAUNCHER_CHECKS[:2])  # tests of `runner` stop commands that use processes
def test_processes(check: Check, tmp_path: Path) -> None:
    check("processes", tmp_path, {})


@pytest.mark.slow
# submitit does not wait for the end of the programs that it has started here: Python says so when it clears them away.
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("check", LAUNCHER_CHECKS)
def test_slurm_without_slurm(check: Check, tmp_path: Path) -> None:
    pytest.importorskip("submitit")
    check("slurm", tmp_path, {"local": True})
    gc.collect()  # so that it says so in this test


@pytest.mark.slow
def test_a_check_that_fails_leaves_no_command_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    class Command(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            begun.append(self)

    def fail(*arguments: Any) -> None:
        raise CheckFailedError(expected="an end", got="no patience", fix="")

    monkeypatch.setattr("dabench.testing.launchers.subprocess.Popen", Command)
    monkeypatch.setattr("dabench.testing.launchers.wait_for", fail)
    with pytest.raises(CheckFailedError, match="no patience"):
        check_dying_driver("inline", tmp_path, {})
    assert begun[0].returncode == -signal.SIGKILL


@pytest.mark.slow
def test_inline(tmp_path: Path) -> None:
    check_records("inline", tmp_path, {})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return inline.launch(sorted(jobs, key=lambda job: job.network is None))", "coral after the network"),
    ],
)
def test_what_a_launcher_does_wrong_is_found(site: Any, tmp_path: Path, body: str, words: str) -> None:
    hooks = f"""
        from dabench import LauncherSpec, hookimpl
        from dabench.runner.launchers import inline
        from dabench.runs.job import Progress, Started
        @hookimpl
        def dabench_launchers():
            yield LauncherSpec(name="mine", entry_point="wrong_launcher:launch", summary="mine")
        def launch(jobs, workers):
            events = list(inline.launch(jobs))
            {body}
    """
    site.install("wrong-launcher", {"hooks": "wrong_launcher"}, wrong_launcher=hooks)
    with pytest.raises((CheckFailedError, ValueError), match=words):
        check_records("mine", tmp_path, {})


PAGE = Path(__file__).parents[2] / "docs/how-to/cluster.md"
PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "dabench-my-cluster"
version = "0.1.0"
[project.entry-points.dabench]
my_cluster = "my_cluster"
[tool.setuptools]
py-modules = ["my_cluster"]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of two projects, installed by pip: of `dabench plugin new`, and of the page."""
    folder = tmp_path_factory.mktemp("plugins")
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    _write(folder / "function", project_files("my_launcher", "launcher"))
    _write(folder / "class", {"pyproject.toml": PROJECT, "my_cluster.py": code})
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    local = ["--no-deps", "--no-index"]
    wheels, site = folder / "wheels", folder / "site"
    projects = [folder / "function", folder / "class"]
    subprocess.run([*pip, "wheel", *local, "--no-build-isolation", "--wheel-dir", wheels, *projects], check=True)
    subprocess.run([*pip, "install", *local, "--target", site, *sorted(wheels.iterdir())], check=True)
    return site


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_installed_plugins(installed: Path, tmp_path: Path) -> None:
    """All in one process, as importing torch takes long."""
    script = f"""
        from pathlib import Path
        from dabench.testing.launchers import LAUNCHER_CHECKS, check_records
        for launcher, checks in {{"my_launcher": [check_records], "threads": LAUNCHER_CHECKS}}.items():
            for check in checks:
                folder = Path({str(tmp_path)!r}, f"{{launcher}}-{{check.__name__}}")
                folder.mkdir()
                check(launcher, folder, {{}})
                print(launcher, check.__name__)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env=os.environ | {"PYTHONPATH": str(installed)}, cwd=tmp_path,
        capture_output=True, text=True, timeout=580, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed = [("my_launcher", check_records), *(("threads", check) for check in LAUNCHER_CHECKS)]
    assert done.stdout.splitlines() == [f"{launcher} {check.__name__}" for launcher, check in passed]
