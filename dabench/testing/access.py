"""Notices files, programs and the network being used while a method trains.

By an audit hook, so it does not matter by which name a method calls `open`. Importing a module is allowed, and so is
what the system offers of itself below /proc and /sys, which libraries read to count processors.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

FILE_EVENTS = (
    *("open", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"),
    *("os.listdir", "os.scandir"),
)
PROGRAM_EVENTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn")
NETWORK_PREFIXES = ("socket.", "urllib.", "http.client.", "ftplib.", "smtplib.")
HARMLESS = ("/proc/", "/sys/", "/dev/null", "/dev/urandom")
METADATA = str(Path(importlib.metadata.__file__).parent)
CODE = (".py", ".pyc", ".so", ".pyd")


@dataclass(eq=False)
class Access:
    """The files and the network that were used, in the order of use: one line each."""

    files: list[str] = field(default_factory=list)
    network: list[str] = field(default_factory=list)


@contextmanager
def recording(access: Access) -> Iterator[None]:
    """Add the files and the network that any thread uses within the block to `access`."""
    listeners = _listeners()
    save = torch.save

    def noted_save(obj: Any, f: Any, *args: Any, **options: Any) -> None:
        # torch writes files from C++, where no audit hook looks.
        if not hasattr(f, "write"):
            access.files.append(f"torch.save to {str(f)!r}")
        save(obj, f, *args, **options)

    listeners.append(access)
    try:
        with patch.object(torch, "save", noted_save):
            yield
    finally:
        listeners.remove(access)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Within the block the harness itself works with files."""
    listeners = _listeners()
    paused, listeners[:] = list(listeners), []
    try:
        yield
    finally:
        listeners[:] = paused


@cache
def _listeners() -> list[Access]:
    """The present listeners. An audit hook cannot be taken out again, so there is one for the whole process."""
    listeners: list[Access] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if listeners:
            _note(event, arguments, listeners)

    sys.addaudithook(hook)
    return listeners


def _note(event: str, arguments: tuple[Any, ...], listeners: list[Access]) -> None:
    if event in FILE_EVENTS:
        path = arguments[0]
        name = path.decode(errors="replace") if isinstance(path, bytes) else str(path)
        if isinstance(path, int) or name.startswith(HARMLESS) or name.endswith(CODE) or _importing():
            return
        for listener in listeners:
            listener.files.append(f"{event} {name!r}")
    elif event in PROGRAM_EVENTS:
        if not _importing():
            for listener in listeners:
                listener.files.append(f"{event} {arguments[0]!r}")
    elif event.startswith(NETWORK_PREFIXES) and not _importing():
        for listener in listeners:
            listener.network.append(f"{event} {', '.join(map(repr, arguments[1:]))}".rstrip())


def _importing() -> bool:
    """Whether an import is under way, or a library looks for its plugins."""
    frame = sys._getframe(2)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if file.startswith(("<frozen importlib.", METADATA)):
            return True
        frame = frame.f_back
    return False
