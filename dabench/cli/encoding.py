"""Output that is not Unicode, as of an old terminal or a pipe: stand-in characters, never an error."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from collections.abc import Mapping
from typing import IO

STAND_INS: Mapping[str, str] = {
    "→": "->", "←": "<-", "±": "+-", "·": "-", "…": "...", "†": "+", "‡": "++", "✓": "ok", "✅": "ok", "❌": "x",
    "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u00d7": "x", "≤": "<=", "≥": ">=", "≈": "~", "λ": "lambda",
    "μ": "mu", "√": "sqrt", "\u207b": "-", "•": "-", "│": "|", "━": "-", "─": "-", "╸": "-", "╺": "-", "↕": "",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\xa0": " ",
}  # fmt: skip
"""What dabench itself writes beyond ASCII."""

ERRORS = "dabench.stand_in"
# Of formats for other programs the characters are kept, by the escapes of the format.
ESCAPED = {"json": "dabench.json", "junit": "xmlcharrefreplace", "html": "xmlcharrefreplace"}


def stand_in(error: UnicodeError) -> tuple[str, int]:
    """Characters in place of those that cannot be encoded: similar ones, letters without accents, or `?`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_similar, error.object[error.start : error.end])), error.end


def _similar(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return STAND_INS.get(character) or plain or "?"


def _json(error: UnicodeError) -> tuple[str, int]:
    """The escapes of JSON: a pair of them beyond 16 bits."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[place : place + 2].hex() for place in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs), error.end


codecs.register_error(ERRORS, stand_in)
codecs.register_error("dabench.json", _json)


def use_stand_ins() -> None:
    """Let stdout and stderr write stand-ins for what they cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not is_unicode(stream):
            stream.reconfigure(errors=ERRORS)


def is_unicode(stream: IO[str]) -> bool:
    """Whether a stream can write every character."""
    return codecs.lookup(getattr(stream, "encoding", None) or "utf-8").name.startswith("utf")


def for_stream(text: str, form: str, stream: IO[str]) -> str:
    """A text in a format, with the escapes of the format for all but ASCII where the stream is not Unicode."""
    if form not in ESCAPED or is_unicode(stream):
        return text
    return text.encode("ascii", ESCAPED[form]).decode("ascii")
