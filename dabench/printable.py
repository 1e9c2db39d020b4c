"""Foreign texts, made fit to be printed, stored and compared by eye: names, error messages, output of methods."""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|##(?=\[)", re.MULTILINE)
MOST_CHARACTERS = 20_000  # of an error message that is kept


_output: list[TextIO] = []


def stdout() -> TextIO:
    """The stream for the output of a command: apart from `sys.stdout` while foreign code may print there."""
    return _output[-1] if _output else sys.stdout


@contextmanager
def printing_on(stream: TextIO) -> Iterator[None]:
    """Within the block commands print on this stream, whatever `sys.stdout` is."""
    _output.append(stream)
    try:
        yield
    finally:
        _output.pop()


def width_of_terminal() -> int:
    """The columns of the terminal that a command prints on, or 100 where there is none."""
    try:
        return int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(stdout().fileno()).columns or 100
    except (ValueError, OSError, AttributeError):
        return shutil.get_terminal_size((100, 24)).columns


def printable(text: str, *, lines: bool = False) -> str:
    r"""A text with every character escaped that a terminal, a log or a file would act on, as `\x1b` or `\u202e`.

    These are control characters, marks of direction, characters without a width, and lone surrogates, which no file
    can hold.

    Args:
        text: of any origin.
        lines: line ends and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(part if _harmless(part, lines) else _escaped(part) for part in text)


def _harmless(character: str, lines: bool) -> bool:
    if character in "\n\t":
        return lines
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escaped(character: str) -> str:
    code = ord(character)
    short = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(character)
    return short or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def no_commands(text: str) -> str:
    """A text of which no line is a command to the log of a GitHub job, as `::` at its beginning or `##[` makes it."""
    return (
        _COMMAND.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", text) if "::" in text or "##[" in text else text
    )


def capped(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text of about `most` characters at most: both ends of a longer one, and how much is left out between them."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n... {len(text) - 2 * half:,} characters are left out ...\n{text[-half:]}"


def kept(text: str) -> str:
    """A text of several lines as a record keeps it: capped and escaped."""
    return capped(printable(capped(text), lines=True))


def shown(value: object, most: int = 80) -> str:
    """A value as a message quotes it: escaped, on one line, and short."""
    text = repr(capped(value, 4 * most) if isinstance(value, str) else value)
    return printable(text if len(text) <= most else f"{text[: most // 2]} ... {text[-most // 4 :]}")
