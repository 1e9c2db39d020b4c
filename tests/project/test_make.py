"""Targets of `make` before anything is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Make with an environment that is not there yet."""
    return subprocess.run(
        ["make", f"VENV={folder / 'venv'}", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def old_python(tmp_path: Path) -> str:
    """A Python that takes itself for 3.10."""
    file = tmp_path / "python3.10"
    code = "import sys; sys.version_info = (3, 10, 4); exec(sys.argv[2])"
    file.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{code}' \"$@\"\n")
    file.chmod(0o755)
    return str(file)


@pytest.mark.parametrize("target", ["run", "test"])
def test_an_old_python_is_refused_before_anything_is_made(tmp_path: Path, old_python: str, target: str) -> None:
    done = make(tmp_path, target, f"PYTHON={old_python}")
    assert done.returncode != 0
    assert f"dabench needs Python 3.11 or newer, and {old_python} is 3.10." in done.stderr
    assert f"make {target} PYTHON=python3.12" in done.stderr
    assert "Installing" not in done.stdout
    assert not (tmp_path / "venv").exists()


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = make(tmp_path, "run", "PYTHON=python9.9")
    assert done.returncode != 0
    assert "There is no python9.9. Name a Python of 3.11 or newer" in done.stderr


def test_the_versions_agree() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    assert f">= ({needed.replace('.', ', ')})" in (ROOT / "Makefile").read_text()
    assert f"Python {needed} or newer" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("target", "extra"), [("run", "'.'"), ("tables", "'.'"), ("test", "'.[dev]'"), ("lint", "'.[dev]'")]
)
def test_runs_need_less_than_tests(tmp_path: Path, target: str, extra: str) -> None:
    shown = make(tmp_path, "-n", target).stdout
    (installed,) = re.findall(r"pip install .*", shown)
    assert installed.endswith(f"--editable {extra}")
    assert "--quiet" not in installed, "progress is to be seen"
    assert "about 6 GB on Linux" in shown


def test_what_the_tests_need_holds_what_a_run_needs(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "dabench.stamp").touch()
    assert "pip install" not in make(tmp_path, "-n", "run").stdout


def test_wheels_without_cuda(tmp_path: Path) -> None:
    shown = make(tmp_path, "-n", "run", "TORCH=cpu").stdout
    first, second = re.findall(r"pip install .*", shown)
    assert first.endswith("--index-url https://download.pytorch.org/whl/cpu --no-deps torch torchvision")
    assert "--index-url" not in second
    assert "TORCH is gpu, and there is only TORCH=cpu" in make(tmp_path, "-n", "run", "TORCH=gpu").stderr
