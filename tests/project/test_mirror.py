"""Tests lie as the packages do, and helpers lie in tests/support/."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
# Tests of no module: of whole runs, of the project's files, and what is beside the study that it is about.
OF_NO_MODULE = {"end_to_end", "project", "studies"}
HELPERS = {"benchmarks", "studies", "support"}


def is_named_after_something(test: Path) -> bool:
    """Whether there is the module or the package that a test file is named after."""
    parts = test.relative_to(TESTS).parts
    package = ROOT / "plugins" if parts[0] == "plugins" else ROOT.joinpath("dabench", *parts[:-1])
    tested = package / test.stem.removeprefix("test_")
    return tested.with_suffix(".py").is_file() or (tested / "__init__.py").is_file()


def test_each_test_file_is_named_after_a_module_or_a_package() -> None:
    files = [file for file in TESTS.rglob("test_*.py") if file.relative_to(TESTS).parts[0] not in OF_NO_MODULE]
    assert len(files) > 100
    assert [str(file) for file in files if not is_named_after_something(file)] == []


def test_helpers_lie_apart() -> None:
    found = {file.relative_to(TESTS) for file in TESTS.rglob("*.py") if not file.name.startswith("test_")}
    assert [str(file) for file in found if file.parts[0] not in HELPERS and file.name != "conftest.py"] == []


def test_no_test_file_imports_another() -> None:
    for file in TESTS.rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not (line.startswith("from tests.") and ".test_" in line), f"{file}: {line}"
