"""Settings given on the command line: `--set dann.weight=0.5`, `--steps 100`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from dabench.config import safe_yaml as yamlsafe
from dabench.errors import UsageError, unknown
from dabench.specs.names import canonical

SECTIONS = ("backbone", "budget", "input", "optimiser", "sample", "schedule")
SCALARS = ("readout", "precision")


@dataclass(frozen=True)
class Overrides:
    """What the command line changes in the suite's settings.

    Attributes:
        shared: settings of all methods, nested as in a suite file.
        options: options by method.
    """

    shared: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.shared or self.options)

    def check(self, methods: Sequence[str]) -> None:
        """Refuse options of methods that do not run.

        Raises:
            UsageError: naming those that do.
        """
        for name in self.options:
            if name not in methods:
                raise unknown("setting", name, [*methods, *SECTIONS, *SCALARS], listing="dabench run SUITE --dry-run")


def parse_overrides(assignments: Sequence[str], steps: int | None = None, precision: str | None = None) -> Overrides:
    """Overrides from `key=value` texts; values are YAML scalars or lists.

    Raises:
        UsageError: not of that form, or one key twice.
    """
    shared: dict[str, Any] = {}
    options: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    if steps is not None:
        assignments = [*assignments, f"budget.steps={steps}"]
    if precision is not None:
        assignments = [*assignments, f"precision={precision}"]
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        path = [canonical(part) for part in key.split(".")]
        scalar = path[0] in SCALARS
        if not equals or not all(path) or (len(path) == 1) != scalar:
            raise UsageError(f"--set {assignment!r} is not of the form method.option=value or section.key=value")
        if ".".join(path) in seen:
            raise UsageError(f"{'.'.join(path)} is set twice")
        seen.add(".".join(path))
        try:
            value = yamlsafe.load(text)
        except (yaml.YAMLError, ValueError) as error:
            raise UsageError(f"--set {assignment!r}: the value is not valid YAML") from error
        if path[0] in SECTIONS or scalar:
            _put(shared, path, value)
        else:
            _put(options.setdefault(path[0], {}), path[1:], value)
    return Overrides(shared, options)


def merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `change` put over it, mappings within mappings too."""
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """How settings differ, as `budget.steps=20,weight=0.5`: the name of a variant."""
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
