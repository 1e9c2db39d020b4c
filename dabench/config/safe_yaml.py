"""YAML text with limits: what takes a line to write must not take hours or gigabytes to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

MOST_CHARACTERS = 200_000
MOST_VALUES = 20_000  # with every alias counted as what it stands for
DEEPEST = 50
QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it


class YamlLimitError(yaml.YAMLError):
    """The text is larger than any file of dabench."""


def load(text: str) -> Any:
    """What a YAML text stands for, as plain values.

    Raises:
        yaml.YAMLError: it is not valid, or over a limit.
    """
    try:
        check(text, QUICK)
        return yaml.load(text, Loader=QUICK)  # noqa: S506 - one of the two safe loaders
    except yaml.YAMLError:  # the other one has the better words for it
        check(text)
        return yaml.safe_load(text)


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
    within: list[tuple[str | None, int]] = [(None, 0)]  # the anchor of each collection that is open, and its values
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            within.append((event.anchor, 1))
            if len(within) > DEEPEST:
                raise YamlLimitError(f"{_line(event)} nested more than {DEEPEST} levels deep")
            continue
        anchor, size = within.pop() if isinstance(event, yaml.CollectionEndEvent) else _value(event, sizes)
        if anchor is not None:
            sizes[anchor] = size
        outer, count = within[-1]
        within[-1] = outer, count + size
        if count + size > MOST_VALUES:
            raise YamlLimitError(
                f"{_line(event)} more than {MOST_VALUES:,} values, aliases counted as what they stand for"
            )


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
