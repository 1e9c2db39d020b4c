"""Settings given on the command line: `--set dann.weight=0.5`, `--steps 100`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from dabench.config import safe_yaml as yamlsafe
from dabench.config.mistakes import places_of
from dabench.config.settings import SECTIONS
from dabench.errors import UsageError, unknown
from dabench.specs.names import canonical

SCALARS = ("readout", "precision")
OF_SUITE = ("selector",)  # no part of a run's settings
NAMED = ("backbone", "optimiser", "schedule")  # `optimiser=adam` is `optimiser.name=adam`
FORM = "method.option=value or section.key=value"


class Unset:
    """A mark in place of a value: the setting is as if the suite did not say it."""


UNSET = Unset()


@dataclass(frozen=True)
class Overrides:
    """Changes of the command line to the suite's settings. `UNSET` stands for the default of a key.

    Attributes:
        shared: settings of all methods, nested as in a suite file.
        options: options by method.
        suite: what is no part of a run's settings, such as the selector, by its key in a suite file.
        backbone: instead of the suite's and its pairs', with its own defaults; empty for theirs.
    """

    shared: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    suite: Mapping[str, Any] = field(default_factory=dict)
    backbone: str = ""

    def __bool__(self) -> bool:
        return bool(self.shared or self.options or self.suite or self.backbone)

    def check(self, methods: Sequence[str]) -> None:
        """Refuse options of methods that do not run.

        Raises:
            UsageError: naming those that do.
        """
        for name in self.options:
            if name not in methods:
                raise unknown("setting", name, [*methods, *SECTIONS, *SCALARS, *OF_SUITE])


def parse_overrides(
    assignments: Sequence[str], steps: int | None = None, *, backbone: str | None = None, precision: str | None = None
) -> Overrides:
    """Overrides from `key=value` texts; values are YAML scalars or lists, and an empty one restores the default.

    Raises:
        UsageError: not of that form, or one key twice.
    """
    return _overrides(map(_parsed, assignments), steps, backbone, precision)


def overrides_of(
    settings: Mapping[str, Any], steps: int | None = None, *, backbone: str | None = None, precision: str | None = None
) -> Overrides:
    """Overrides from keys as on the command line, with values as they are; None restores the default.

    Raises:
        UsageError: a key is no setting, or names the same as another.
    """
    pairs = ((_path(key, has_value=True, said=repr(key)), value) for key, value in settings.items())
    return _overrides(((path, UNSET if value is None else value) for path, value in pairs), steps, backbone, precision)


def _overrides(
    assigned: Iterable[tuple[list[str], Any]], steps: int | None, backbone: str | None, precision: str | None
) -> Overrides:
    shared: dict[str, Any] = {}
    options: dict[str, dict[str, Any]] = {}
    of_suite: dict[str, Any] = {}
    seen: set[str] = set()
    if steps is not None:
        assigned = [*assigned, (["budget", "steps"], steps)]
    if precision is not None:
        assigned = [*assigned, (["precision"], precision)]
    for path, value in assigned:
        if ".".join(path) in seen:
            raise UsageError(f"{'.'.join(path)} is set twice")
        seen.add(".".join(path))
        if path[0] in OF_SUITE:
            of_suite[path[0]] = value
        elif path[0] in SECTIONS or path[0] in SCALARS:
            _put(shared, path, value)
        else:
            _put(options.setdefault(path[0], {}), path[1:], value)
    return Overrides(shared, options, of_suite, (backbone or "").strip())


def _path(key: str, *, has_value: bool, said: str, text: str = "") -> list[str]:
    """The parts of a key.

    Raises:
        UsageError: it is no setting.
    """
    path = [canonical(part) for part in key.split(".")]
    if len(path) == 1 and path[0] in NAMED:
        path.append("name")
    alone = path[0] in SCALARS or path[0] in OF_SUITE
    if not has_value or not all(path) or (len(path) == 1) != alone:
        raise UsageError(f"{said} is not of the form {FORM}{_meant(path, text)}")
    return path


def _parsed(assignment: str) -> tuple[list[str], Any]:
    """The parts of the key, and the value.

    Raises:
        UsageError: it is no setting, or its value is no YAML.
    """
    key, equals, text = assignment.partition("=")
    path = _path(key, has_value=bool(equals), said=f"--set {assignment!r}", text=text)
    if not text.strip():
        return path, UNSET
    try:
        return path, yamlsafe.load(text)
    except yamlsafe.UnclearNumberError as error:
        raise UsageError(f"--set {assignment!r}: {str(error).partition(': ')[2]}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UsageError(f"--set {assignment!r}: the value is not valid YAML") from error


def _meant(path: Sequence[str], text: str) -> str:
    """A setting of the same key that there is, as a question; empty if there is none."""
    known = [f"{section}.{name}" for section, name in places_of(path[0])] if len(path) == 1 and path[0] else []
    known = known or get_close_matches(path[0], [*SCALARS, *OF_SUITE], n=1)
    return f". Did you mean --set {known[0]}={text or '…'}?" if known else ""


def merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `change` put over it, mappings within mappings too; without those that are `UNSET`."""
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(value, Mapping):
            value = merge(old if isinstance(old, Mapping) else {}, value)
        merged[key] = value
    return {key: value for key, value in merged.items() if value is not UNSET}


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The differences of settings, as `budget.steps=20,weight=0.5`: the name of a variant."""
    before, after = dict(flat(old)), dict(flat(new))
    return ",".join(
        f"{key.removeprefix('options.')}={after.get(key)}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )


def flat(content: Mapping[str, Any], *, empty: bool = False, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Settings without nesting: dotted names (`budget.steps`) with their values; empty groups only where `empty`."""
    for key, value in content.items():
        if isinstance(value, Mapping) and (value or not empty):
            yield from flat(value, empty=empty, prefix=f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _put(content: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        content = content.setdefault(part, {})
    content[path[-1]] = value
