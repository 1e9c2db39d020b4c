"""Progress of downloads on stderr: a bar in a terminal, else a line now and then."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import DownloadColumn, TaskID
from rich.progress import TransferSpeedColumn as SpeedColumn

from dabench.cli.data.text import size_text
from dabench.parallel.bars import FIXED, bars
from dabench.printable import no_commands, printable

EVERY_S = 10.0


class DownloadDisplay:
    """The display of downloads: a bar, or lines where there is no terminal. A `dabench.data.acquire.http.Show`."""

    def __init__(self, console: Console, every_s: float = EVERY_S) -> None:
        """Show downloads on a console; where that is no terminal, a line every so many seconds."""
        self._console, self._every_s = console, every_s
        self._name, self._done, self._total, self._next = "", 0, 0, 0.0
        self._bars = bars(console, DownloadColumn(table_column=FIXED), SpeedColumn(table_column=FIXED))
        self._task: TaskID | None = None

    def __enter__(self) -> DownloadDisplay:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, name: str, done: int, total: int | None) -> None:
        """A transfer begins."""
        self._name, self._done, self._total = name, done, total or 0
        self._next = time.monotonic() + self._every_s
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(name, completed=done, total=total)
        size = f", {size_text(total)}" if total else ""
        begun = f", {size_text(done)} of it already downloaded" if done else ""
        self._line(f"{name}{size}{begun}")

    def advance(self, count: int) -> None:
        """Count some more bytes."""
        self._done += count
        if self._task is not None:
            self._bars.advance(self._task, count)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every_s
            share = f" ({self._done / self._total:.0%})" if self._total else ""
            self._line(f"{self._name}: {size_text(self._done)}{share}")

    def say(self, text: str) -> None:
        """Print a line, also in a terminal."""
        self._console.print(no_commands(printable(text)), highlight=False, markup=False, soft_wrap=True)

    def _line(self, text: str) -> None:
        if not self._console.is_terminal:
            self.say(text)
