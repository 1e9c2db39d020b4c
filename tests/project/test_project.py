"""Promises of the project's files: pins, packages, entry points, and a wheel that holds everything."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from importlib.metadata import entry_points, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.+!]+)")
BUILD_TOOLS = {"pip", "setuptools", "wheel"}  # they make the environment; no number depends on them


def normalized(name: str) -> str:
    """The spelling that all spellings of a distribution share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    """The distributions that requirements name."""
    return {normalized(re.match(r"[A-Za-z0-9._-]+", item).group()) for item in requirements}


CORE = names(PROJECT["project"]["dependencies"])
# Imported by what an extra is for alone.
ALONE = ("h5py", "latex2mathml", "optuna", "pyarrow", "safetensors", "skada", "timm", "trackio")
OF_EXTRAS = {name: {name} for name in ALONE} | {"huggingface_hub": {"huggingface-hub"}, "mlflow": {"mlflow-skinny"}}
EXTRAS = names([item for extra in PROJECT["project"]["optional-dependencies"].values() for item in extra])


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    """constraints.txt, as name -> version."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert all(PIN.fullmatch(line) for line in lines), "constraints.txt holds name==version and nothing else"
    return {normalized(name): version for name, version in (line.split("==") for line in lines)}


def test_every_dependency_is_pinned(pins) -> None:
    assert (CORE | EXTRAS) - set(pins) == EXTRAS & BUILD_TOOLS


def test_the_project_and_build_tools_are_not_pinned(pins) -> None:
    assert not set(pins) & (BUILD_TOOLS | {"dabench"})


def test_pins_satisfy_the_lower_bounds(pins) -> None:
    def numbers(version: str) -> list[int]:
        return [int(part) for part in re.findall(r"\d+", version)]

    for requirement in PROJECT["project"]["dependencies"]:
        name, bound = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)", requirement).groups()
        assert numbers(pins[normalized(name)]) >= numbers(bound), requirement


@cache
def imported(folder: str) -> set[str]:
    """Top-level modules that the sources of a folder import, anywhere in them."""
    found: set[str] = set()
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names)


@pytest.mark.slow
def test_everything_imported_is_a_declared_dependency() -> None:
    distributions = packages_distributions()
    # pytest is imported by dabench.testing.conformance_checks alone, which is called in tests alone.
    for module in (imported("dabench") | imported("plugins")) - {"dabench", "dabench_plugins", "pytest"}:
        if module in OF_EXTRAS:  # need not be installed
            assert OF_EXTRAS[module] & (CORE | EXTRAS)
            continue
        assert {normalized(name) for name in distributions[module]} & CORE, f"{module} is not a dependency"


@pytest.mark.slow
def test_the_harness_does_not_import_its_methods() -> None:
    assert "dabench_plugins" not in imported("dabench")


@pytest.mark.slow
def test_plugins_import_only_public_names_of_dabench() -> None:
    for file in (ROOT / "plugins").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "dabench":
                assert node.module == "dabench", f"{file.name} imports from {node.module}"


def test_every_package_is_listed() -> None:
    packages = {".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / "dabench").rglob("__init__.py")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages | {"dabench_plugins"}


def test_declared_entry_points_are_installed_and_load() -> None:
    declared = PROJECT["project"]["entry-points"]["dabench"]
    installed = {item.name: item for item in entry_points(group="dabench") if item.dist.name == "dabench"}
    assert {name: item.value for name, item in installed.items()} == declared
    for item in installed.values():
        item.load()
    (script,) = (item for item in entry_points(group="console_scripts") if item.name == "dabench")
    assert script.value == PROJECT["project"]["scripts"]["dabench"]
    assert callable(script.load())


def test_every_target_loads() -> None:
    from dabench.plugin.registry import KINDS, load_registry

    registry = load_registry()
    for kind in KINDS:
        for registered in registry.all(KINDS[kind]).values():
            there = find_spec(getattr(registered.spec, "needs", "") or "dabench")  # an observer's library is an extra
            if registered.origin.distribution == "dabench" and there:
                assert registered.load() is not None


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that the build leaves nothing behind and finds nothing stale."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for folder in ("dabench", "plugins"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(out)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(source)], check=True, capture_output=True)
    (built,) = out.glob("dabench-*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_every_source_and_data_file(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {str(file.relative_to(ROOT)) for file in (ROOT / "dabench").rglob("*.py")}
    expected |= {f"dabench_plugins/{file.name}" for file in (ROOT / "plugins").glob("*.py")}
    expected |= {f"dabench/leaderboard/page/page.{suffix}" for suffix in ("css", "html", "js")}
    expected |= {
        str(file.relative_to(ROOT)) for kind in ("yaml", "jinja") for file in ROOT.glob(f"dabench/**/*.{kind}")
    }
    expected |= {"dabench/py.typed", "dabench/suites/mini.yaml", "dabench_plugins/hooks.py"}
    assert expected <= inside
    assert {name.split("/")[0] for name in inside} == {"dabench", "dabench_plugins", "dabench-0.1.0.dist-info"}
    assert "dabench-0.1.0.dist-info/licenses/LICENSE" in inside


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["list", "pairs", "--strict-plugins"], "digits:digits_m"),
        (["plugin", "check", "coral"], "28 passed"),
        (["plugin", "new", "mine"], "dabench-mine/dabench_mine/method.py"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path, arguments: list[str], expected: str) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        # The editable install of the checkout maps the same packages: leave only the wheel.
        "sys.meta_path = [finder for finder in sys.meta_path if 'editable' not in getattr(finder, '__module__', '')]\n"
        "import dabench, dabench_plugins\n"
        "assert all(module.__path__[0].startswith(sys.argv[1]) for module in (dabench, dabench_plugins))\n"
        "from dabench.cli.main import main\n"
        "main(sys.argv[2:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(site), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert expected in done.stdout


def test_ci_runs_the_tests_of_the_readme() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert "set -euo pipefail" in ci
    assert "make test" in ci
    assert "make test" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    "target", ["run", "test", "test-fast", "lint", "bench", "bench-store", "check", "tables", "help"]
)
def test_make_has_the_target(target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_the_package_says_its_version() -> None:
    import dabench

    assert dabench.__version__ == version("dabench")
    assert "__version__" in dir(dabench)
