"""What must be quick imports nothing heavy."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest

HEAVY = {
    "torch",
    "torchvision",
    "pandas",
    "pydantic",
    "rich",
    "numpy",
    "scipy",
    "sklearn",
    "matplotlib",
    "PIL",
    "jinja2",
}

QUICK = [
    ["--help"],
    ["--version"],
    ["list"],
    ["list", "methods", "--json"],
    ["list", "pairs"],
    ["list", "plugins"],
    ["data", "list"],
    ["data", "list", "digits", "--json"],
    ["plugin", "--help"],
    ["lisst"],
]


@pytest.mark.parametrize("arguments", QUICK, ids=" ".join)
def test_command_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import atexit, sys\n"
        "from dabench.cli.main import main\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"main({arguments!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    loaded = set(done.stderr.split())
    assert "dabench.cli.main" in loaded
    assert not loaded & HEAVY
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "module",
    [
        "dabench",
        "dabench.cli.completion",
        "dabench.plugin.builtin",
        "dabench.plugin.hookspecs",
        "dabench.specs.spec",
        "dabench_plugins.hooks",
    ],
)
def test_hook_modules_import_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & HEAVY


def test_every_public_name_exists() -> None:
    import dabench

    for name in dabench.__all__:
        assert getattr(dabench, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Methodspec'"):
        _ = dabench.Methodspec


@pytest.mark.parametrize("arguments", [["--help"], ["list", "methods", "--json"]], ids=" ".join)
def test_command_answers_in_half_a_second(arguments: list[str]) -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "dabench", *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.5
