"""Small plugin projects, to start from: one for each kind of thing that a plugin can bring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from dabench.errors import UsageError, unknown
from dabench.plugin.registry import Registry
from dabench.specs.names import canonical
from dabench.specs.spec import (
    DomainSpec,
    FormatSpec,
    LauncherSpec,
    MethodSpec,
    ObserverSpec,
    SelectorSpec,
    Spec,
    SuiteSpec,
)


@dataclass(frozen=True)
class Kind:
    """A kind of plugin.

    Attributes:
        spec: what its hook yields.
        noun: of it, in messages.
        file: of its code or content, below the package.
        use: the command that uses `NAME`.
    """

    spec: type[Spec]
    noun: str
    file: str
    use: str

    @property
    def is_method(self) -> bool:
        """Whether the conformance kit judges it."""
        return self.spec is MethodSpec


KINDS: Mapping[str, Kind] = {
    "deep": Kind(MethodSpec, "method", "method.py", "dabench run --methods NAME"),
    "feature": Kind(MethodSpec, "method", "method.py", "dabench run office_caltech_nn --methods NAME"),
    "few-shot": Kind(MethodSpec, "method", "method.py", "dabench run mini_few_shot --methods NAME"),
    "domain": Kind(DomainSpec, "domain", "data.py", "dabench data check NAME"),
    "suite": Kind(SuiteSpec, "suite", "{name}.yaml", "dabench run NAME"),
    "selector": Kind(SelectorSpec, "selector", "rule.py", "dabench run --selector NAME"),
    "launcher": Kind(LauncherSpec, "launcher", "launch.py", "dabench run --launcher NAME"),
    "format": Kind(FormatSpec, "format", "render.py", "dabench table --format NAME"),
    "observer": Kind(ObserverSpec, "observer", "observe.py", "dabench run --log NAME"),
}


def project_files(name: str, kind: str) -> dict[str, str]:
    """The files of a project: path below its folder -> text.

    Args:
        name: of the thing, which is one.
        kind: one of `KINDS`.
    """
    chosen = KINDS[kind]
    template = kind.replace("-", "_")
    package = f"dabench_{name}"
    facts = {
        "name": name,
        "title": "".join(word.capitalize() for word in name.split("_")),
        "package": package,
        "module": chosen.file.partition(".")[0],
        "distribution": distribution_of(name),
        "dabench": ".".join(version("dabench").split(".")[:2]),
        "kind": kind,
        "noun": chosen.noun,
        "method": chosen.is_method,
        "use": chosen.use.replace("NAME", name),
    }
    suffix = "yaml" if chosen.file.endswith(".yaml") else "py"
    templates = {
        "pyproject.toml.jinja": "pyproject.toml",
        "readme.md.jinja": "README.md",
        "init.py.jinja": f"{package}/__init__.py",
        f"{template}_hooks.py.jinja": f"{package}/hooks.py",
        f"{template}.{suffix}.jinja": f"{package}/{chosen.file.format(name=name)}",
        f"{template}_test.py.jinja": f"tests/test_{name}.py",
    }
    environment = Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # noqa: S701 - Python and TOML, no HTML; the name is checked above
    )
    texts = {
        path: (files("dabench.plugin.templates") / source).read_text(encoding="utf-8")
        for source, path in templates.items()
    }
    return {path: environment.from_string(text).render(facts) for path, text in texts.items()}


def distribution_of(name: str) -> str:
    """The name of a project."""
    return "dabench-" + name.replace("_", "-")


def write_plugin(name: str, into: Path, registry: Registry, kind: str = "deep") -> Path:
    """Write the project; returns its folder.

    Raises:
        UsageError: there is no such kind, the name cannot be one, a plugin has it already, or the folder is there.
    """
    if kind not in KINDS:
        raise unknown("kind of plugin", kind, KINDS)
    chosen, wanted = KINDS[kind], canonical(name)
    if not re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", wanted):
        raise UsageError(
            f"{name!r} cannot be the name of a {chosen.noun}: lower-case letters, digits and _, a letter first"
        )
    taken = registry.all(chosen.spec).get(wanted)
    if taken:
        raise UsageError(
            f"there is a {chosen.noun} {wanted!r} already, of the plugin {taken.origin}: choose another name"
        )
    folder = into / distribution_of(wanted)
    if folder.exists():
        raise UsageError(f"{folder} is there already: choose another name, or another folder with --into")
    for path, text in project_files(wanted, kind).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
