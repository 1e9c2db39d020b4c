"""A log file per run: prints, warnings and log lines of the method, and the end of the run."""

from __future__ import annotations

import logging
import sys
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import TextIOWrapper
from pathlib import Path

from dabench.printable import printable

NAME = "dabench.run"
HEAD, TAIL = 1_000_000, 200_000  # characters of a log that are kept: the first ones and the last ones


class CappedFile(TextIOWrapper):
    """A text file that takes any text, and keeps both ends of a long one; the last part is written by `finish`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("wb"), encoding="utf-8", errors="backslashreplace", line_buffering=True)
        self._room, self._left_out = HEAD, 0
        self._tail: deque[str] = deque()
        self._kept = 0

    def write(self, text: str, /) -> int:
        """Write a text, or keep it for later once the file has its first part."""
        head, rest = text[: self._room], text[self._room :]
        self._room -= len(head)
        if head:
            self._put(head)
        if rest:
            self._left_out += max(0, len(rest) - TAIL)
            self._tail.append(rest[-TAIL:])
            self._kept += len(self._tail[-1])
            while self._kept - len(self._tail[0]) >= TAIL:
                self._kept -= len(self._tail[0])
                self._left_out += len(self._tail.popleft())
        return len(text)

    def finish(self) -> None:
        """Write the last part, and how much is left out before it."""
        if self._tail:
            note = f"\n... {self._left_out:,} characters are left out ...\n" if self._left_out else ""
            self._put(note + "".join(self._tail))
            self._tail.clear()
        with suppress(OSError):  # see `_put`
            self.close()

    def _put(self, text: str) -> None:
        """Write to the file. A full disk ends the log alone: a record that cannot be written either is an error."""
        try:
            _write(self, text)
        except OSError:
            self._room = 0


def _write(file: TextIOWrapper, text: str) -> None:
    TextIOWrapper.write(file, text)


def warn_on_console(text: str) -> None:
    """Warn in the log of the run, and on the console of the command."""
    logging.getLogger(NAME).warning("%s", text)
    if sys.__stderr__ is not None:
        print(f"Warning: {printable(text)}", file=sys.__stderr__, flush=True)


@contextmanager
def run_log(path: Path) -> Iterator[logging.Logger]:
    """Send printed text, warnings and log lines of the block to a file, which is started anew.

    Raises:
        OSError: the file cannot be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger(NAME)
    before = logger.level, logger.propagate
    file = CappedFile(path)
    handler = logging.StreamHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        with redirect_stdout(file), redirect_stderr(file), warnings.catch_warnings():
            yield logger
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before
        file.finish()
