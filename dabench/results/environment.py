"""The code that the numbers come from: recorded, not part of a run's identity."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from dabench.hashing.canonical import NUMERICS_VERSION
from dabench.runs.record import CodeInfo


@cache
def code_info() -> CodeInfo:
    """The commit of dabench, if it runs from a git checkout of its own, and whether its code was changed since."""
    package = Path(__file__).parents[1]
    # site-packages may lie inside somebody else's repository: only a tracked file makes it ours.
    if _git(package, "ls-files", "--error-unmatch", "__init__.py") is None:
        return CodeInfo(commit=None, dirty=None, numerics=NUMERICS_VERSION)
    status = _git(package, "status", "--porcelain", "--", ".", "../plugins")
    return CodeInfo(commit=_git(package, "rev-parse", "HEAD"), dirty=bool(status), numerics=NUMERICS_VERSION)


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
