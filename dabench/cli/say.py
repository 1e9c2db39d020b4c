"""Printing of commands: foreign names and messages cannot act on a terminal or on the log of a CI job."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from dabench.printable import no_commands, printable


def echo(message: object, *, nl: bool = True, err: bool = False) -> None:
    """Print a message, which may hold names and texts of any origin."""
    click.echo(no_commands(printable(str(message), lines=True)), nl=nl, err=err)


def show(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print text that was made for the screen, with its colours."""
    click.echo(no_commands(text), nl=nl, err=err)


def results_flag(directory: Path) -> str:
    """` --results DIR`, for the command that is to come next; empty for the usual folder."""
    return "" if str(directory) == "results" else f" --results {shlex.quote(str(directory))}"
