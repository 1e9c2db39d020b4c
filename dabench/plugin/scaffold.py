"""A small plugin project, to start a method from."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from dabench.errors import UsageError
from dabench.plugin.registry import Registry
from dabench.specs.names import canonical
from dabench.specs.spec import MethodSpec

# template -> path below the project's folder
FILES = {
    "pyproject.toml.jinja": "pyproject.toml",
    "readme.md.jinja": "README.md",
    "init.py.jinja": "{package}/__init__.py",
    "hooks.py.jinja": "{package}/hooks.py",
    "method.py.jinja": "{package}/method.py",
    "test.py.jinja": "tests/test_{name}.py",
}


def write_plugin(name: str, into: Path, registry: Registry) -> Path:
    """Write the project; returns its folder.

    Raises:
        UsageError: the name cannot be a method's, a plugin has it already, or the folder is there.
    """
    method = canonical(name)
    if not re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", method):
        raise UsageError(f"{name!r} cannot be the name of a method: lower-case letters, digits and _, a letter first")
    taken = registry.all(MethodSpec).get(method)
    if taken:
        raise UsageError(f"there is a method {method!r} already, of the plugin {taken.origin}: choose another name")
    distribution = "dabench-" + method.replace("_", "-")
    folder = into / distribution
    if folder.exists():
        raise UsageError(f"{folder} is there already: choose another name, or another folder with --into")
    facts = {
        "name": method,
        "title": "".join(word.capitalize() for word in method.split("_")),
        "package": f"dabench_{method}",
        "distribution": distribution,
        "dabench": ".".join(version("dabench").split(".")[:2]),
    }
    environment = Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python and TOML, no HTML; the name is checked above
    )
    for template, path in FILES.items():
        text = (files("dabench.plugin.templates") / template).read_text(encoding="utf-8")
        file = folder / path.format(**facts)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(environment.from_string(text).render(facts), encoding="utf-8")
    return folder
