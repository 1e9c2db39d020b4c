"""Progress bars that fit the terminal: a long name is shortened, so that the count and the time left are seen."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

ROOMY, NARROW = 100, 70  # columns of a terminal
LEAST = 8  # of a name
FIXED = Column(no_wrap=True)
"""The `table_column` of all columns but the name: they keep their width."""


def bars(console: Console, count: ProgressColumn, speed: ProgressColumn | None = None) -> Progress:
    """Bars of names, with a count and the time left; nothing where the console is no terminal.

    Args:
        console: for the terminal. Where it is narrow, there is no speed, and where it is very narrow, no bar.
        count: what is done of how much, `FIXED`.
        speed: beside it, `FIXED`.
    """
    bar = BarColumn(bar_width=20 if console.width >= ROOMY else 10, table_column=FIXED)
    return Progress(
        NameColumn(),
        *([bar] if console.width >= NARROW else []),
        count,
        *([speed] if speed and console.width >= ROOMY else []),
        TimeRemainingColumn(table_column=FIXED),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


class NameColumn(ProgressColumn):
    """The description of a task, the one column that gives way."""

    def render(self, task: Task) -> ShortText:
        """The text for the table."""
        return ShortText(task.description)


class ShortText:
    """Text in one line that loses its middle where there is no room: a run's pair and its seed stay."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(LEAST, len(self._text)), len(self._text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text(shortened(self._text, options.max_width), no_wrap=True)


def shortened(text: str, width: int) -> str:
    """The text with `…` in place of its middle, if it is longer than that; two thirds of the rest are its beginning."""
    if len(text) <= width:
        return text
    end = max(0, (width - 1) // 3)
    return f"{text[: max(0, width - 1 - end)]}…{text[len(text) - end :]}"
