"""Progress of runs in a notebook: a bar that changes in its place, and below it what went wrong.

rich draws bars in notebooks by ipywidgets, which JupyterLab and Colab need not have. A display with an id is a part of
every notebook.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from html import escape
from importlib import import_module
from typing import Any

from dabench.printable import printable
from dabench.runs.job import Event, Finished
from dabench.runs.plan import PlannedRun
from dabench.session.lines import RunLines

EVERY_S = 0.25  # between two changes: a notebook keeps each message until it is drawn


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = sys.modules.get("IPython")
    found = shell.get_ipython() if shell else None
    return found is not None and hasattr(found, "kernel")


class NotebookProgress:
    """Shows events as they come."""

    def __init__(self, runs: Sequence[PlannedRun]) -> None:
        """Show the progress of `runs` in the output of the cell that is running."""
        self._lines, self._last, self._faults = RunLines(runs), "", list[str]()
        self._handle: Any = None
        self._next = 0.0

    def __enter__(self) -> NotebookProgress:
        if self._lines.count:
            self._handle = _display(self.html())
        return self

    def __exit__(self, *raised: object) -> None:
        self._draw()

    def show(self, event: Event) -> None:
        """Take one event."""
        self._lines.take(event)
        if not isinstance(event, Finished):
            return
        self._last = self._lines.line(event)
        self._faults += self._lines.warnings(event)
        if event.outcome.status != "ok":
            self._faults.append(self._last)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY_S
            self._draw()

    def html(self) -> str:
        """The bar, the last run that ended, and every run that did not end well."""
        done, count = self._lines.done, self._lines.count
        bar = f'<progress value="{done}" max="{count}"></progress>'
        faults = "".join(f"<br>{escape(printable(line))}" for line in self._faults)
        return f"<div>{bar} {escape(printable(self._last)) or f'{count} runs'}{faults}</div>"

    def _draw(self) -> None:
        if self._handle is not None:
            self._handle.update(_html(self.html()))


def _display(text: str) -> Any:
    """Show a piece of HTML, and return what changes it."""
    display: Any = import_module("IPython.display")  # an import that mypy does not look into: it has few types
    return display.display(display.HTML(text), display_id=True)


def _html(text: str) -> Any:
    return import_module("IPython.display").HTML(text)
