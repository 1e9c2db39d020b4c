"""Closes the labels of prepared copies to this process while it executes a method.

By an audit hook, so it does not matter by which name a method opens a file. It is no defence against malice: another
program, or code that is not Python's, opens what the user may open.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dabench.data.prepared import PreparedExamples
from dabench.data.prepared_copy import labels_folder

EVENTS = frozenset({"open", "os.listdir", "os.scandir", "os.link", "os.symlink", "os.rename", "shutil.copyfile"})


class ClosedLabelsError(PermissionError):
    """A method has tried to open labels on disk."""


@dataclass
class Door:
    """The folders that are closed at present, with all that is in them; none at first."""

    folders: tuple[str, ...] = ()

    def check(self, path: Any) -> None:
        """Refuse a path within the folders.

        Raises:
            ClosedLabelsError: it is one.
        """
        if not isinstance(path, str | bytes | os.PathLike):  # a file that is open already
            return
        real = os.path.realpath(os.fsdecode(path))
        if any(real == folder or real.startswith(folder + os.sep) for folder in self.folders):
            raise ClosedLabelsError(
                f"labels are closed while a method runs: {real}. Use nothing but problem and batch."
            )


@contextmanager
def labels_closed(copy: PreparedExamples, others: Sequence[Path] = ()) -> Iterator[None]:
    """Within the block labels can neither be opened nor listed.

    Args:
        copy: whose labels, and of those beside it.
        others: more folders of labels.
    """
    door = _door()
    closed = [labels_folder(copy.folder).parent, *others]
    before, door.folders = door.folders, tuple(map(os.path.realpath, closed))
    try:
        yield
    finally:
        door.folders = before


@cache
def _door() -> Door:
    """Make the door of this process: an audit hook cannot be taken out again, so there is one."""
    door = Door()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if door.folders and event in EVENTS:
            door.check(arguments[0])

    sys.addaudithook(hook)
    return door
