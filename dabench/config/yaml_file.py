"""YAML files with a schema: every mistake in one reported at once, with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from dabench.config import safe_yaml as yamlsafe
from dabench.config.mistakes import mistakes
from dabench.errors import UsageError
from dabench.plain_files import read_text
from dabench.printable import printable, shown

Model = TypeVar("Model", bound=BaseModel)


# By hand: pydantic names the place of a mistake but not its line, and PyYAML knows the lines but no schema.
def read_yaml(
    file: Path | Any,
    model: type[Model],
    what: str,
    error: type[UsageError] = UsageError,
    defaults: Mapping[str, Any] | None = None,
) -> Model:
    """Read a file as a pydantic model.

    Args:
        file: a path or an `importlib.resources` traversable.
        model: its schema.
        what: what the file is, for messages: `suite`.
        error: what is raised.
        defaults: values of keys that the file does not have, where they depend on the file.

    Raises:
        UsageError: it cannot be read, is not YAML, or breaks the schema; lists every mistake with its line.
    """
    try:
        if isinstance(file, Path):
            text = read_text(file, most=4 * yamlsafe.MOST_CHARACTERS)
        else:
            text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        reason = why.strerror if isinstance(why, OSError) and why.strerror else why
        raise error(f"cannot read the {what} file {file}: {reason}") from why
    try:
        content = yamlsafe.load(text)
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yamlsafe.UnclearNumberError as why:
        raise error(f"{file} is not a valid {what}:\n{why}") from why
    except yaml.YAMLError as why:
        raise error(printable(f"{file} is not valid YAML: {' '.join(str(why).split())}")) from why
    except (ValueError, RecursionError, OverflowError) as why:  # a number or date that is none
        raise error(f"{file} cannot be read as YAML: {shown(str(why))}") from why
    if not isinstance(content, dict):
        raise error(f"{file} must be a mapping with the keys {', '.join(model.model_fields)}")
    twice = list(_keys_named_twice(tree))
    if twice:
        raise error(f"{file} is not a valid {what}:\n" + "\n".join(twice))
    try:
        return model.model_validate({**(defaults or {}), **content})
    except ValidationError as why:
        raise error(f"{file} is not a valid {what}:\n" + "\n".join(_explain(why, model, tree))) from why


def _explain(error: ValidationError, model: type[BaseModel], tree: yaml.Node | None) -> list[str]:
    return [
        ": ".join([f"  line {_line(tree, place)}", *filter(None, [".".join(map(str, place))]), text])
        for place, text in mistakes(error, model)
    ]


def _keys_named_twice(node: yaml.Node | None) -> Iterator[str]:
    """YAML silently takes the last of two equal keys; here that is a mistake."""
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
