"""The folder that holds the data, and the files in it. Imports nothing heavy."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_dir() -> Path:
    """`DABENCH_DATA_DIR`, or the platform's cache folder; absolute, since jobs carry it to other processes."""
    named = os.environ.get("DABENCH_DATA_DIR") or platformdirs.user_cache_dir("dabench", appauthor=False)
    return Path(named).absolute()


def find(pattern: str) -> list[Path]:
    """The files below the data folder that a path or glob pattern matches, sorted."""
    return sorted(path for path in data_dir().glob(pattern) if path.is_file())
