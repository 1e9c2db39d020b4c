"""Which code and machine the numbers come from: recorded, not part of a run's identity."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dabench.runs.record import CodeInfo, Environment


@cache
def code_info() -> CodeInfo:
    """The commit of dabench, if it runs from a git checkout of its own, and whether its code was changed since."""
    package = Path(__file__).parents[1]
    # site-packages may lie inside somebody else's repository: only a tracked file makes it ours.
    if _git(package, "ls-files", "--error-unmatch", "__init__.py") is None:
        return CodeInfo(commit=None, dirty=None)
    status = _git(package, "status", "--porcelain", "--", ".", "../plugins")
    return CodeInfo(commit=_git(package, "rev-parse", "HEAD"), dirty=bool(status))


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],  # noqa: S607 - the git that the user has
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # no git on this machine: the record says that the commit is unknown
    return done.stdout.strip() if done.returncode == 0 else None


@cache
def processor() -> str:
    """The processor's model, as far as the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def environment(torch: str, device: str, threads: int = 1) -> Environment:
    """The environment of a run; torch's version and the device as the worker saw them."""
    return Environment(
        dabench=version("dabench"),
        python=platform.python_version(),
        torch=torch or version("torch"),
        device=device,
        processor=processor(),
        threads=threads,
    )
