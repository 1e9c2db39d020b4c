"""Weights whose tensors have other names than the network's: a file that says which is which.

A YAML mapping of beginnings of dotted names, of which the longest that fits counts; null leaves tensors out:

    _conv_stem: conv_stem
    _blocks.0._bn1: blocks.0.0.bn1
    _fc: null
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from dabench.config import safe_yaml as yamlsafe
from dabench.errors import DataError, listed, shortened
from dabench.plain_files import read_text
from dabench.printable import shown

FORM = "a mapping of beginnings of names to others is needed, as in `_conv_stem: conv_stem`"


def read_names(path: Path) -> dict[str, str | None]:
    """The names of a file, theirs -> the network's; None for tensors that are left out.

    Raises:
        DataError: it is no such file.
    """
    try:
        content = yamlsafe.load(read_text(path))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the names {path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DataError(f"the names {path} are not valid YAML: {shown(str(error))}") from error
    if not isinstance(content, dict) or not content:
        raise DataError(f"{path} holds no names: {FORM}")
    for theirs, ours in content.items():
        if not isinstance(theirs, str) or not (ours is None or (isinstance(ours, str) and ours)):
            raise DataError(f"{path}: {shown(theirs)}: {shown(ours)} is no pair of names: {FORM}")
    return content


def renamed(weights: Mapping[str, Any], names: Mapping[str, str | None], what: str) -> dict[str, Any]:
    """Tensors by the network's names.

    Args:
        weights: tensors by the names of their file.
        names: of `read_names`; a tensor that none of them fits keeps its name.
        what: the two files, for messages.

    Raises:
        DataError: a name fits no tensor, or two tensors get one name.
    """
    rules = {theirs: _rule(theirs, names) for theirs in weights}
    unused = [rule for rule in names if rule not in {*rules.values()}]
    if unused:
        parts = {part for theirs in weights for part in _beginnings(theirs)}
        phrases = []
        for rule in unused:
            near = get_close_matches(rule, parts, n=1)
            phrases.append(shown(rule) + (f" (did you mean {shown(near[0])}?)" if near else ""))
        raise DataError(f"{what}: no tensor is called, or lies in, {shortened(phrases)}")
    found: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for theirs, rule in rules.items():
        ours = names.get(rule, rule)
        if ours is None:
            continue
        name = ours + theirs[len(rule) :]
        if name in found:
            raise DataError(f"{what}: {listed([shown(origin[name]), shown(theirs)])} both become {shown(name)}")
        found[name], origin[name] = weights[theirs], theirs
    return found


def _rule(name: str, names: Mapping[str, str | None]) -> str:
    """The longest beginning of a name that there is a rule for; the name itself where there is none."""
    return next((part for part in _beginnings(name) if part in names), name)


def _beginnings(name: str) -> list[str]:
    """A dotted name and all of its beginnings, longest first."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
