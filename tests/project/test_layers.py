"""The contracts on imports in pyproject.toml: they hold, and an import that breaks one is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a checkout, as `make lint` does."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", script, "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the contracts are about."""
    shutil.copytree(ROOT / "dabench", tmp_path / "dabench", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_contracts_hold(checkout: Path) -> None:
    done = lint_imports(checkout)
    assert done.returncode == 0, done.stdout
    assert "Contracts: 2 kept, 0 broken." in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("stats/seeds.py", "from dabench.cli import main", "dabench.stats is not allowed to import dabench.cli"),
        (
            "errors.py",
            "def f():\n    import dabench.tuning",
            "dabench.errors is not allowed to import dabench.tuning",
        ),
        ("runs/job.py", "import dabench.domains", "dabench.runs is not allowed to import dabench.domains"),
        ("specs/names.py", "import torch", "dabench.specs is not allowed to import torch"),
        ("cli/context.py", "def f():\n    import rich", "dabench.cli.main is not allowed to import rich"),
        ("fresh/__init__.py", "", "dabench.fresh"),
    ],
    ids=["upward", "upward in a function", "sibling", "heavy", "heavy in a function of what is imported", "no place"],
)
def test_a_planted_import_breaks_them(checkout: Path, file: str, line: str, broken: str) -> None:
    planted = checkout / "dabench" / file
    planted.parent.mkdir(exist_ok=True)
    with planted.open("a") as source:
        source.write(f"\n\n{line}\n")
    done = lint_imports(checkout)
    assert done.returncode == 1
    assert broken in " ".join(done.stdout.split())
