"""`dabench plot`: pictures. Each is a command in a file of its own, `plot_<name>.py`, and is added here."""

from __future__ import annotations

import click


@click.group("plot")
def command() -> None:
    """Draw pictures of runs."""
