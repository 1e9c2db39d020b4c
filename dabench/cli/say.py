"""Printing of commands: foreign names and messages cannot act on a terminal or on the log of a CI job."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import click

from dabench.cli.encoding import for_stream, is_unicode
from dabench.printable import no_commands, printable


def echo(message: object, *, nl: bool = True, err: bool = False) -> None:
    """Print a message, which may hold names and texts of any origin."""
    _write(no_commands(printable(str(message), lines=True)), nl=nl, err=err)


def show(text: str, *, form: str = "console", nl: bool = True, err: bool = False) -> None:
    """Print what was made for the screen, with its colours, or for a program in a format such as `json`."""
    _write(for_stream(no_commands(text), form, sys.stderr if err else sys.stdout), nl=nl, err=err)


def show_json(content: object) -> None:
    """Print an object as JSON."""
    _write(json.dumps(content, indent=2, ensure_ascii=not is_unicode(sys.stdout)))


def _write(text: str, *, nl: bool = True, err: bool = False) -> None:
    # With the stream named, click does not put one of its own in the place of one that is ASCII.
    click.echo(text, nl=nl, file=sys.stderr if err else sys.stdout)


def results_flag(directory: Path) -> str:
    """` --results DIR`, for the command that is to come next; empty for the usual folder."""
    return "" if str(directory) == "results" else f" --results {shlex.quote(str(directory))}"
