"""YAML text with limits: a line that is quick to write must not take hours or gigabytes to read.

Numbers that YAML 1.1 reads as other ones than people do are refused: `0100` is 64 there, and `1:30` is 90.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

MOST_CHARACTERS = 200_000
MOST_VALUES = 20_000  # with every alias counted as what it stands for
DEEPEST = 50
_OCTAL = re.compile(r"[-+]?0[0-9_]+")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it


class YamlLimitError(yaml.YAMLError):
    """The text is larger than any file of dabench."""


class UnclearNumberError(yaml.YAMLError):
    """Numbers that YAML reads as others than they look: a line for each."""


def load(text: str) -> Any:
    """The plain values of a YAML text.

    Raises:
        yaml.YAMLError: it is not valid, or over a limit.
    """
    try:
        check(text, QUICK)
        return _loaded(text)
    except yaml.YAMLError:  # the other one has the better words for it
        check(text)
        return yaml.safe_load(text)


def _loaded(text: str) -> Any:
    loader = QUICK(text)  # one of the two safe loaders
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def check(text: str, loader: Any = yaml.SafeLoader) -> None:
    """Look at the events of a YAML text, which neither expands aliases nor recurses.

    Args:
        text: of a file.
        loader: a class whose parser is to be used.

    Raises:
        yaml.YAMLError: it is not valid, or over a limit.
    """
    if len(text) > MOST_CHARACTERS:
        raise YamlLimitError(f"{len(text):,} characters, and at most {MOST_CHARACTERS:,} are read")
    sizes: dict[str, int] = {}  # by anchor
    unclear: list[str] = []
    within: list[tuple[str | None, int]] = [(None, 0)]  # the anchor of each collection that is open, and its values
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            within.append((event.anchor, 1))
            if len(within) > DEEPEST:
                raise YamlLimitError(f"{_line(event)} nested more than {DEEPEST} levels deep")
            continue
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and (why := _other_number(event.value)):
            unclear.append(f"  {_line(event)} {why}")
        anchor, size = within.pop() if isinstance(event, yaml.CollectionEndEvent) else _value(event, sizes)
        if anchor is not None:
            sizes[anchor] = size
        outer, count = within[-1]
        within[-1] = outer, count + size
        if count + size > MOST_VALUES:
            raise YamlLimitError(
                f"{_line(event)} more than {MOST_VALUES:,} values, aliases counted as what they stand for"
            )
    if unclear:
        raise UnclearNumberError("\n".join(unclear))


def _other_number(text: str) -> str:
    """The reason why a word without quotes is not the number that it looks like; empty if it is, or is no number."""
    octal = _OCTAL.fullmatch(text)
    if not (octal or _SEXAGESIMAL.fullmatch(text)):
        return ""
    value = yaml.safe_load(text)
    if isinstance(value, str):
        return ""
    if octal:
        return f"{text} is octal in YAML, {value}: write {int(text)}, or {text!r} in quotes if it is a name"
    return f"{text} is to the base of 60 in YAML, {value}: write {value}, or {text!r} in quotes if it is a name"


def _value(event: yaml.Event, sizes: Mapping[str, int]) -> tuple[str | None, int]:
    """The anchor of a scalar, and how many values it or an alias stands for; 0 for the marks of a document."""
    if isinstance(event, yaml.ScalarEvent):
        return event.anchor, 1
    if not isinstance(event, yaml.AliasEvent):
        return None, 0
    if event.anchor is None or event.anchor not in sizes:
        raise YamlLimitError(f"{_line(event)} the alias *{event.anchor} stands for nothing, or for itself")
    return None, sizes[event.anchor]


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}:" if event.start_mark else ""
