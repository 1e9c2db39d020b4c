"""Notes on the data, for records and tables: rows that were left out, and remarks of the loaders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dabench.errors import shortened
from dabench.printable import capped

if TYPE_CHECKING:
    from dabench.data.prepared import PreparedDomain

SEPARATOR = " | "
SHOWN = 3  # phrases on files and rows
MOST_STORED, MOST_SHOWN = 50_000, 1000  # characters: of all notes in a record, and of one of them in a table


def left_out(name: str, phrases: Sequence[str]) -> str:
    """`left out of photos, 4 in all: …`: all classes by name, the first of the files and rows; empty for no phrases."""
    if not phrases:
        return ""
    classes = [phrase for phrase in phrases if phrase.startswith("the class ")]
    others = [phrase for phrase in phrases if phrase not in classes]
    named = "; ".join([*classes, *([shortened(others, SHOWN)] if others else [])])
    return f"left out of {name}, {len(phrases):,} in all: {named}"


def data_notes(domains: Sequence[PreparedDomain]) -> list[str]:
    """A phrase for each domain that lacks something, and for each note of its loader."""
    found = []
    for domain in domains:
        found += [left_out(domain.name, domain.left_out)] if domain.left_out else []
        found += [f"{domain.name}: {note}" for note in domain.notes]
    return found


def joined(notes: Sequence[str]) -> str | None:
    """The notes as the one text that a record holds; of a longer one both ends."""
    return _line(SEPARATOR.join(notes), MOST_STORED) or None


def apart(text: Any) -> list[str]:
    """The notes of a record's text; none where a frame of runs has no text."""
    return [_line(note, MOST_SHOWN) for note in text.split(SEPARATOR)] if isinstance(text, str) and text else []


def _line(text: str, most: int) -> str:
    return capped(text, most).replace("\n", " ") if len(text) > most else text
