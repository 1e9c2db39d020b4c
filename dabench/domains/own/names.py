"""Names of classes, as messages show and compare them."""

from __future__ import annotations

from unicodedata import normalize


def shown(name: str) -> str:
    """A name for a message: in quotes where spaces or invisible characters would be overlooked."""
    return name if name.isprintable() and name == " ".join(name.split()) else repr(name)


def alike(name: str) -> str:
    """The common form of names that a person reads as the same word."""
    plain = "".join(letter for letter in normalize("NFKC", name).casefold() if letter.isprintable())
    text = " ".join(plain.split())
    return (text.lstrip("0") or "0") if text.isdecimal() else text
