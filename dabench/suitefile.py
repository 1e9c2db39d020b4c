"""Suite files, found by name or path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dabench.config import Suite
from dabench.errors import SuiteError, UsageError
from dabench.yamlfile import read_yaml


def find_suite(name: str, registry: Any) -> Suite:
    """A suite by name, or from a path that ends in .yaml or .yml.

    Raises:
        UsageError: there is no such suite or file.
    """
    if name.endswith((".yaml", ".yml")):
        if not Path(name).is_file():
            raise UsageError(f"there is no suite file {name}. `dabench list suites` lists the suites that ship.")
        return read_suite(Path(name))
    spec = registry.get("suites", name).spec
    suite = read_suite(spec.load())
    if suite.name != spec.name:
        raise SuiteError(f"the suite file {spec.target} calls itself {suite.name!r}, its plugin says {spec.name!r}")
    return suite


def read_suite(file: Path | Any) -> Suite:
    """Read a suite file.

    Args:
        file: a path or an `importlib.resources` traversable.

    Raises:
        SuiteError: it cannot be read, is not YAML, or breaks the schema; lists every mistake with its line.
    """
    return read_yaml(file, Suite, "suite", SuiteError)
