"""Names of the options of a class, read from its source: completion has no time to import torch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec, resolve_name
from pathlib import Path


def options_of(entry_point: str) -> list[str]:
    """The fields of the class `Options` within a class, those of its bases included.

    Args:
        entry_point: `module:class`, as a spec has it.
    """
    return list(dict.fromkeys(_options(*entry_point.split(":", 1))))


def fields_of(entry_point: str) -> list[str]:
    """The fields of a class itself."""
    module, _, name = entry_point.partition(":")
    found = _class(module, name)
    return [] if found is None else list(_fields(found))


def _options(module: str, name: str) -> Iterator[str]:
    found = _class(module, name)
    if found is None:
        return
    for base in found.bases:
        if isinstance(base, ast.Name):
            yield from _options(*_where(module, base.id))
    yield from (field for inner in found.body if isinstance(inner, ast.ClassDef) and inner.name == "Options"
                for field in _fields(inner))  # fmt: skip


def _fields(cls: ast.ClassDef) -> Iterator[str]:
    for item in cls.body:
        if (
            isinstance(item, ast.AnnAssign)
            and isinstance(item.target, ast.Name)
            and "ClassVar" not in ast.unparse(item.annotation)
        ):
            yield item.target.id


def _class(module: str, name: str) -> ast.ClassDef | None:
    tree = _tree(module)
    return next((item for item in tree.body if isinstance(item, ast.ClassDef) and item.name == name), None)


def _where(module: str, name: str) -> tuple[str, str]:
    """The module of a class, and what it is called there, from a module that defines or imports it."""
    for item in _tree(module).body:
        if isinstance(item, ast.ImportFrom):
            for alias in item.names:
                if (alias.asname or alias.name) == name:
                    source = (
                        resolve_name("." * item.level + (item.module or ""), module.rpartition(".")[0])
                        if item.level
                        else item.module
                    )
                    return source or module, alias.name
    return module, name


@cache
def _tree(module: str) -> ast.Module:
    """The syntax of a module; empty where it has no source."""
    spec = find_spec(module)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return ast.Module([], [])
    return ast.parse(Path(spec.origin).read_bytes())
