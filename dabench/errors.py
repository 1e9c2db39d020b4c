"""Errors that a user can fix. The command line prints them as one paragraph, without a traceback."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class DabenchError(Exception):
    """An error that the user can fix: says what, where, and what to do next."""

    exit_code = 1


class UsageError(DabenchError):
    """The command or a file it names asks for something that does not exist or makes no sense."""

    exit_code = 2


class SuiteError(UsageError):
    """A suite file with mistakes; the message lists all of them."""


class PluginError(DabenchError):
    """A plugin that cannot be loaded, or two that claim the same name."""

    exit_code = 4


class DataError(DabenchError):
    """An error of data: they are missing, damaged or of another kind."""


class DataFolderError(DataError):
    """The folder for data cannot be read or written; nothing is said of the data."""


class ResultsError(DabenchError):
    """A results folder that cannot be read or written."""


def unknown(kind: str, name: str, known: Iterable[str], *, listing: str = "") -> UsageError:
    """An error for an unknown name: the nearest names, and the command that lists them all, or all of them."""
    known = sorted(set(known))
    near = get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(repr(item) for item in near)}?" if near else ""
    choices = f"`{listing}` lists the choices." if listing else f"There are {listed(known)}."
    return UsageError(f"unknown {kind} {name!r}.{hint} {choices}")


def shortened(items: Sequence[str], most: int = 5) -> str:
    """The first of some phrases, and how many more there are."""
    more = f"; and {len(items) - most:,} more" if len(items) > most else ""
    return "; ".join(items[:most]) + more


def listed(items: Sequence[str]) -> str:
    """Phrases as in a sentence: `a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def warn_renamed(old: str, new: str) -> None:
    """Warn the caller of the calling function that a public name is removed in the next release.

    The built-in methods are spared. The text of their files is part of the identity of published runs, so that they may
    keep old names.
    """
    caller = sys._getframe(2).f_globals.get("__name__", "")
    if not caller.startswith("dabench_plugins."):
        warnings.warn(f"{old} is now {new}: the next release removes the old name", DeprecationWarning, stacklevel=3)
