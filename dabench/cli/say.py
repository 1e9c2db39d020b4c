"""Printing of commands: foreign names and messages cannot act on a terminal or on the log of a CI job.

Output of a command goes to a descriptor of its own. Output of plugins, methods and their libraries, also past Python to
descriptor 1, goes to stderr, so that it cannot come between.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dabench.cli.encoding import for_stream, is_unicode
from dabench.printable import no_commands, printable, printing_on, stdout


def echo(message: object, *, nl: bool = True, err: bool = False) -> None:
    """Print a message, which may hold names and texts of any origin."""
    _write(no_commands(printable(str(message), lines=True)), nl=nl, err=err)


def show(text: str, *, form: str = "console", nl: bool = True, err: bool = False) -> None:
    """Print what was made for the screen, with its colours, or for a program in a format such as `json`."""
    _write(for_stream(no_commands(text), form, _stream(err)), nl=nl, err=err)


def show_json(content: object) -> None:
    """Print an object as JSON."""
    import json  # `dabench --help` has no use for it

    _write(json.dumps(content, indent=2, ensure_ascii=not is_unicode(_stream(err=False))))


def _write(text: str, *, nl: bool = True, err: bool = False) -> None:
    # With the stream named, click does not put one of its own in the place of one that is ASCII.
    click.echo(text, nl=nl, file=_stream(err))


def _stream(err: bool) -> Any:
    return sys.stderr if err else stdout()


def results_flag(directory: Path) -> str:
    """` --results DIR`, for the command that is to come next; empty for the usual folder."""
    return "" if str(directory) == "results" else f" --results {shlex.quote(str(directory))}"


@contextmanager
def own_stdout(*, last: bool = False) -> Iterator[None]:
    """Within the block only this module, and click's help, print on stdout; descriptor 1 is stderr.

    Args:
        last: it stays so, since the process ends.
    """
    before = sys.stdout
    try:
        if before is None:  # it was closed before
            own, like = os.dup(os.open(os.devnull, os.O_WRONLY)), ("utf-8", "replace")  # the first of both may be 1
        else:
            before.flush()
            before.fileno()
            own, like = os.dup(1), (before.encoding, before.errors or "strict")
    except (OSError, ValueError):  # no file, as within tests
        yield
        return
    _point(1, at=2)
    stream = open(own, "w", encoding=like[0], errors=like[1], buffering=1)  # noqa: PTH123, SIM115
    sys.stdout = stream
    try:
        with printing_on(stream):
            yield
    finally:
        try:
            stream.flush()
        except OSError:  # as on a full disk, which was reported
            _point(own, at=os.open(os.devnull, os.O_WRONLY))
        sys.stdout = sys.stderr if last else before
        if not last:
            _point(1, at=own)
            stream.close()


def _point(descriptor: int, *, at: int) -> None:
    try:
        os.dup2(at, descriptor)
    except OSError:  # there is no stderr
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def kept_apart(command: click.Command) -> click.Command:
    """A command, and those below it, whose `sys.stdout` is stderr while they run."""
    for below in getattr(command, "commands", {}).values():
        kept_apart(below)
    if command.callback is not None:
        command.callback = _diverted(command.callback)
    return command


def _diverted(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def run(*arguments: Any, **options: Any) -> Any:
        with printing_on(stdout()), redirect_stdout(sys.stderr):
            return callback(*arguments, **options)

    return run
