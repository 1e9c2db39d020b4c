"""Names: how users type them, and what they may be made of."""

from __future__ import annotations

import re
from unicodedata import normalize

# A part of a name has at most 100 characters: two names and a suffix make a file name, which may have 255.
NAME = r"[a-z][a-z0-9_]{0,99}"
PATH_NAME = r"(?=.{1,100}$)[a-z][a-z0-9_]*(/[a-z0-9][a-z0-9_]*)*"
_NAME, _PATH_NAME = re.compile(NAME), re.compile(PATH_NAME)


def canonical(name: str) -> str:
    """`feature-matching` and `feature_matching` mean the same."""
    return name.strip().replace("-", "_")


def is_name(text: str, *, grouped: bool = False) -> bool:
    """Whether a text is a name: small letters, digits and `_`, no more than 100 of them.

    Args:
        text: of any kind.
        grouped: `/` may stand between parts, as in `amazon/books`.
    """
    return bool((_PATH_NAME if grouped else _NAME).fullmatch(text))


def pair_name(text: str) -> str:
    """What a folder, a file or a value is called in a pair: `Real World` becomes `real_world`, and `7` becomes `d7`."""
    name = re.sub(r"[^a-z0-9]+", "_", normalize("NFC", text).lower()).strip("_")
    return (f"d{name}" if name[:1].isdigit() else name)[:100]
