"""Options of a launcher: of the command line over those of `dabench.toml` in the folder where the command is given."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dabench.config import safe_yaml as yamlsafe
from dabench.errors import UsageError
from dabench.plain_files import read_plain
from dabench.specs.names import canonical

FILE = Path("dabench.toml")


def launcher_options(launcher: str, assignments: Sequence[str], file: Path = FILE) -> dict[str, Any]:
    """The options of a launcher, not yet validated.

    Args:
        launcher: its name.
        assignments: of the command line, as in `gpus=0.5`; values are YAML.
        file: with a table `[launcher.NAME]` for each launcher; it need not exist.

    Raises:
        UsageError: an assignment or the file is not of that form.
    """
    given: dict[str, Any] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--launcher-option {text!r} is not of the form option=value, as in gpus=0.5")
        if canonical(name) in given:
            raise UsageError(f"--launcher-option {name} is given twice")
        try:
            given[canonical(name)] = yamlsafe.load(value)
        except (yaml.YAMLError, ValueError) as error:
            raise UsageError(f"--launcher-option {text!r}: the value is not valid YAML") from error
    return {**_of_file(canonical(launcher), file), **given}


def _of_file(launcher: str, file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    try:
        content = tomllib.loads(read_plain(file, most=2**20).decode())
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
    tables = content.get("launcher", {})
    if set(content) - {"launcher"} or not isinstance(tables, dict):
        raise UsageError(f"{file} holds tables [launcher.NAME] and nothing else, and it has {', '.join(content)}")
    found = tables.get(launcher, {})
    if not isinstance(found, dict):
        raise UsageError(f"{file}: launcher.{launcher} is no table of options: [launcher.{launcher}]")
    return found
