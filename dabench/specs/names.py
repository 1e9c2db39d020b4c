"""Names: how users type them, and what they may be made of."""

from __future__ import annotations

import re

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
