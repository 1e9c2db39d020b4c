"""Modules that must be quick import nothing heavy."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dabench.plugin.registry import Registry

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


@pytest.mark.slow
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


@pytest.mark.slow
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


# What every command imports from other distributions before it knows what it is to do.
NEEDED = "import importlib.metadata, click, pluggy, yaml"


def _processor_time(*command: str) -> float:
    """Seconds that a Python process takes of the processor, which a busy machine changes little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["list", "methods", "--json"]], ids=" ".join)
def test_command_takes_little_more_than_what_it_imports(arguments: list[str]) -> None:
    commands = (["-c", NEEDED], ["-m", "dabench", *arguments])
    least, ours = map(min, zip(*([_processor_time(*command) for command in commands] for _ in range(5)), strict=True))
    assert ours < 6 * least  # importing numpy alone is as much again, torch 30 times


PARENT = (
    "dabench.cli.run, dabench.planning.plan, dabench.planning.jobs, dabench.runner.runner, dabench.runner.intake, "
    "dabench.runner.launchers.cluster, dabench.runner.launchers.staging"
)
OF_WORKERS = {"sklearn", "pandas", "matplotlib", "torchvision", "scipy.stats", "jinja2"}  # but where a run needs them


@pytest.mark.slow
def test_the_parent_of_runs_imports_no_torch() -> None:
    script = f"import sys, {PARENT}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "torch" not in done.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "never"),
    [
        ("from dabench import run, load, pair", {"torch", "scipy.stats", "sklearn", "matplotlib", "safetensors"}),
        ("from dabench import DeepMethod, FeatureMethod", {"scipy", "sklearn", "pandas", "matplotlib", "torchvision"}),
        ("import dabench; dabench.load('results/mini.csv').table()", {"torch", "scipy.stats", "sklearn", "matplotlib"}),
    ],
)
def test_the_api_imports_what_it_needs(statement: str, never: set[str]) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & never


@pytest.mark.slow
def test_a_worker_imports_what_it_needs() -> None:
    script = "import sys, dabench.execution.execute; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "torch" in loaded
    assert not loaded & OF_WORKERS


@pytest.mark.slow  # it makes runs, and asks twice for them
def test_a_command_with_nothing_to_do_imports_no_torch(data: Path, registry: Registry, tmp_path: Path) -> None:
    script = (
        "import atexit, sys\n"
        "from dabench.cli.main import main\n"
        "if __name__ == '__main__':\n"
        "    atexit.register(lambda: print('torch' in sys.modules, file=sys.stderr))\n"
        "    main(['run', 'toy', '--seeds', '0', '--steps', '2', '--launcher', 'inline'])\n"
    )
    (tmp_path / "twice.py").write_text(script)
    command = [sys.executable, str(tmp_path / "twice.py")]
    first, again = (subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True) for _ in range(2))
    assert first.stderr.split()[-1] == "True"
    assert again.stderr.split()[-1] == "False"
    assert again.stdout == first.stdout
