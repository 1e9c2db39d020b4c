"""Failures of checks."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path


class CheckFailedError(AssertionError):
    """A method does not keep the contract: what was expected, what it got, how to fix it."""

    def __init__(self, *, expected: str, got: str, fix: str) -> None:
        super().__init__(f"\nexpected  {expected}\ngot       {got}\nfix       {fix}")


class CrashError(CheckFailedError):
    """The method raised.

    Attributes:
        found: what the watch had seen by then, see `Watch`.
        got: the error, in one phrase.
    """

    def __init__(self, error: Exception, cls: type[object], where: str, found: dict[str, str]) -> None:
        self.found = found
        self.got = f"{type(error).__name__}: {error}"
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == getattr(sys.modules[cls.__module__], "__file__", None)]
        frame = (own or frames)[-1]
        super().__init__(
            expected=f"a method that works with {where}",
            got=f"{self.got} ({Path(frame.filename).name}, line {frame.lineno}, {frame.name})",
            fix=f"make it work with {where}, or raise a clear error where it is set up if the method cannot",
        )


class CheckSkippedError(Exception):
    """This machine cannot tell; the message says why."""
