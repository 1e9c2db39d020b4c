"""Text for a terminal: its width and its colours."""

from __future__ import annotations

import os
from io import StringIO

from rich.console import Console

from dabench.printable import stdout, width_of_terminal


def text_console(width: int | None = None, colour: bool | None = None) -> Console:
    """A console that writes into a text.

    Args:
        width: columns; of the terminal, or 100 where there is none, if not given.
        colour: whether to use ANSI colours; if not given, for a terminal unless `NO_COLOR` is set.
    """
    width = width or width_of_terminal()
    if colour is None:
        colour = stdout().isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Console(
        file=StringIO(), width=width, force_terminal=colour, color_system="standard" if colour else None,
        no_color=not colour, highlight=False, emoji=False, markup=False, legacy_windows=False, force_jupyter=False,
    )  # fmt: skip
