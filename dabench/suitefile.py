"""Suite files: found by name or path, and every mistake in one reported at once, with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from dabench.config import Suite
from dabench.errors import SuiteError, UsageError
from dabench.options import message


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
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(f"cannot read the suite file {file}: {error}") from error
    try:
        content = yaml.safe_load(text)
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SuiteError(f"{file} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise SuiteError(f"{file} must be a mapping with the keys {', '.join(Suite.model_fields)}")
    twice = list(_keys_named_twice(tree))
    if twice:
        raise SuiteError(f"{file} is not a valid suite:\n" + "\n".join(twice))
    try:
        return Suite.model_validate(content)
    except ValidationError as error:
        raise SuiteError(f"{file} is not a valid suite:\n" + "\n".join(_explain(error, tree))) from error


def _explain(error: ValidationError, tree: yaml.Node | None) -> list[str]:
    lines = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"] if part != "tagged-union")
        lines.append(f"  line {_line(tree, item['loc'])}: {where}: {message(item)}")
    return lines


def _keys_named_twice(node: yaml.Node | None) -> Iterator[str]:
    """YAML takes the last of two equal keys without a word; here that is a mistake."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"  line {key.start_mark.line + 1}: {key.value}: the key is named twice"
            seen.add(key.value)
            yield from _keys_named_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _keys_named_twice(value)


def _line(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """The line of a place in the file, or of the nearest part of it that exists."""
    line = 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == part]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
