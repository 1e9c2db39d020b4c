"""dabench runs where modules and signals of POSIX are missing, as on Windows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Imported by every interpreter at its start, in workers as well.
MISSING = """
import os, signal, sys
sys.modules["resource"] = None  # an import raises ModuleNotFoundError
for name in ("SIGKILL", "SIGALRM", "SIGHUP", "SIGCHLD", "SIGUSR1", "SIGUSR2", "setitimer"):
    delattr(signal, name)
for name in ("killpg", "setpgid", "sched_getaffinity"):
    delattr(os, name)
"""


@pytest.mark.slow
@pytest.mark.parametrize("launcher", ["inline", "processes"])
def test_a_run_without_modules_and_signals_of_posix(tmp_path: Path, launcher: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(MISSING)
    toys = Path(__file__).parents[1] / "support" / "toys"
    words = ["run", "toy", "--methods", "dann", "--seeds", "0", "--steps", "4", "--device", "cpu", "--workers", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "dabench", *words, "--launcher", launcher],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(toys)])},
        cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3 runs, 0 failed" in done.stdout
    assert "ResourceWarning" not in done.stderr


def test_what_is_missing_is_missed(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(MISSING)
    script = "import signal, sys; print(sys.modules['resource'], hasattr(signal, 'SIGKILL'))"
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "None False\n"
