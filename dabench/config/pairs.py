"""The pairs that suites name, read from their files alone: no pydantic, so that listing and completion are quick.

And which domains can be a pair of the track paired.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dabench.config import safe_yaml as yamlsafe
from dabench.errors import SuiteError
from dabench.specs.names import items
from dabench.specs.spec import Registered, SuiteSpec


def pairs_of(suite: Registered[SuiteSpec]) -> list[str]:
    """The pairs of one suite, `SOURCE:TARGET`, in its order.

    Raises:
        SuiteError: the file cannot be read as a suite; `dabench run SUITE --dry-run` says more.
    """
    where = f"suite {suite.spec.name!r} of the plugin {suite.origin} ({suite.spec.entry_point})"
    return _pairs(suite.load(), where, suite.spec.name)


def pairs_of_file(file: Path) -> list[str]:
    """The pairs of a suite file.

    Raises:
        SuiteError: as above.
    """
    return _pairs(file, f"suite file {file}", str(file))


def _pairs(file: Path | Any, where: str, name: str) -> list[str]:
    try:
        content: Any = yamlsafe.load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SuiteError(f"{where} cannot be read: {error}") from error
    entries = content.get("pairs") if isinstance(content, dict) else None
    entries = items(entries) if isinstance(entries, str) else [entries] if isinstance(entries, dict) else entries
    pairs: list[Any] = [entry.get("pair") if isinstance(entry, dict) else entry for entry in entries or []]
    if not pairs or not all(isinstance(pair, str) and ":" in pair for pair in pairs):
        raise SuiteError(f"{where} has no valid list `pairs`. `dabench run {name} --dry-run` says more.")
    return pairs


def suites_by_pair(suites: Mapping[str, Registered[SuiteSpec]]) -> tuple[dict[str, list[str]], list[SuiteError]]:
    """Every pair of these suites, with the names of the suites; and the errors of suites that cannot be read."""
    found: dict[str, list[str]] = {}
    errors: list[SuiteError] = []
    for name, suite in suites.items():
        try:
            pairs = pairs_of(suite)
        except SuiteError as error:  # the caller reports it; one broken suite hides no other
            errors.append(error)
            continue
        for pair in pairs:
            found.setdefault(pair, []).append(name)
    return found, errors
