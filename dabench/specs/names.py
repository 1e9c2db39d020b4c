"""Names: the forms that users type, their rules, and those that dabench itself knows."""

from __future__ import annotations

import re
from typing import Literal, get_args
from unicodedata import normalize

Bound = Literal["source_only", "target_only"]
BOUNDS: tuple[Bound, Bound] = get_args(Bound)  # the lower and the upper one
LOWER, UPPER = BOUNDS

SUITE_SUFFIXES = (".yaml", ".yml")

# A part of a name has at most 100 characters: two names and a suffix make a file name, which may have 255.
NAME = r"[a-z][a-z0-9_]{0,99}"
PATH_NAME = r"(?=.{1,100}$)[a-z][a-z0-9_]*(/[a-z0-9][a-z0-9_]*)*"
_NAME, _PATH_NAME = re.compile(NAME), re.compile(PATH_NAME)


def canonical(name: str) -> str:
    """`feature-matching` and `feature_matching` mean the same."""
    return name.strip().replace("-", "_")


def is_suite_file(word: str) -> bool:
    """Whether a word that stands for a suite is a file, not a name."""
    return word.lower().endswith(SUITE_SUFFIXES)


def items(text: str) -> list[str]:
    """The items of a comma-separated list, without blanks around them; empty ones are left out."""
    return [item.strip() for item in text.split(",") if item.strip()]


def bound_rank(method: str) -> int:
    """The place of a method among others: 0 for the lower bound, 2 for the upper one, 1 for all that is no bound."""
    return 0 if method == LOWER else 2 if method == UPPER else 1


def is_name(text: str, *, grouped: bool = False) -> bool:
    """Whether a text is a name: small letters, digits and `_`, no more than 100 of them.

    Args:
        text: of any kind.
        grouped: `/` may stand between parts, as in `amazon/books`.
    """
    return bool((_PATH_NAME if grouped else _NAME).fullmatch(text))


def is_model(text: str) -> bool:
    """Whether a text can stand behind the name of a backbone, as in `timm:resnet50.a1_in1k`."""
    return bool(re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", text))


def pair_name(text: str) -> str:
    """The name of a folder, a file or a value in a pair: `Real World` becomes `real_world`, and `7` becomes `d7`."""
    name = re.sub(r"[^a-z0-9]+", "_", normalize("NFC", text).lower()).strip("_")
    return (f"d{name}" if name[:1].isdigit() else name)[:100]
