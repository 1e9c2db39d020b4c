"""The little of BibTeX that citing needs: entries, their keys, and whether their braces close."""

from __future__ import annotations

import re
from collections.abc import Iterator

_START = re.compile(r"@\s*[A-Za-z]+\s*\{\s*([^\s,{}]+)\s*,")


def entries(text: str) -> dict[str, str]:
    """The entries of a text by their keys, in its order, as they are written there.

    Raises:
        ValueError: there is something other than entries in it, braces that do not close, or a key twice.
    """
    found: dict[str, str] = {}
    for key, entry in _entries(text):
        if key in found:
            raise ValueError(f"the key {key!r} occurs twice")
        found[key] = entry
    return found


def _entries(text: str) -> Iterator[tuple[str, str]]:
    rest = text.strip()
    while rest:
        start = _START.match(rest)
        if not start:
            raise ValueError(f"no entry of the form @kind{{key, ...}}: {rest[:40]!r}")
        end = _end(rest)
        yield start.group(1), rest[:end]
        rest = rest[end:].lstrip()


def _end(text: str) -> int:
    """The place where the first entry of a text ends."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "}" and depth == 0:
            return place + 1
    raise ValueError(f"braces that do not close: {text[:40]!r}")
