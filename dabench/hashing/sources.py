"""A hash of the sources behind an entry point, so that a changed method or loader is a different run."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

from dabench.errors import PluginError
from dabench.hashing.syntax import reduced, text_of


def source_sha256(entry_point: str, *, without: Collection[str] = ()) -> str:
    """Hash the module of a `"module:attribute"` and all modules of the same package that it imports, also indirectly.

    What counts is their syntax without docstrings, comments and annotations (see `syntax.reduced`): rewording them
    keeps the hash; a changed constant, name, default or order of statements is another hash, and so another run.
    Modules of other packages do not count, whatever their version: a record notes the versions of those that the
    sources import (`foreign_imports`, `runs.machine.libraries`). `NUMERICS_VERSION` stands for those of dabench, and a
    run's identity names the release of torch besides.

    Args:
        entry_point: as in a spec.
        without: modules that do not count, nor what only they import: names, or patterns as of `fnmatch`.

    Raises:
        PluginError: the module has no Python source, or one of them is not valid Python.
    """
    seen, _ = _followed(entry_point, without)
    digest = hashlib.sha256()
    for name in sorted(seen):
        digest.update(f"{name}\0{len(seen[name])}\0{seen[name]}".encode())
    return digest.hexdigest()


@cache
def foreign_imports(entry_point: str) -> frozenset[str]:
    """The packages, other than its own, that the sources behind an entry point import, also inside functions.

    Args:
        entry_point: as in a spec.

    Returns:
        Names as in an import statement, such as `sklearn`; modules of Python itself are left out.

    Raises:
        PluginError: as of `source_sha256`.
    """
    _, imports = _followed(entry_point, ())
    return _packages(imports, entry_point.partition(":")[0].partition(".")[0])


def _packages(imports: Iterable[ast.Import | ast.ImportFrom], package: str) -> frozenset[str]:
    names: set[str] = set()
    for node in imports:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif not node.level:
            names.add((node.module or "").partition(".")[0])
    return frozenset(names - sys.stdlib_module_names - {package})


def _followed(entry_point: str, without: Collection[str]) -> tuple[dict[str, str], list[ast.Import | ast.ImportFrom]]:
    """The syntax of the modules behind an entry point, by name, and all that they import."""
    start = entry_point.partition(":")[0]
    package = start.partition(".")[0]
    seen: dict[str, str] = {}
    all_imports: list[ast.Import | ast.ImportFrom] = []
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in seen or any(fnmatchcase(name, pattern) for pattern in without):
            continue
        path = _source(name)
        if path is None:
            if name == start:
                raise PluginError(f"the module {name} of {entry_point!r} cannot be found, or has no Python source")
            continue  # an attribute of a module, not a module
        try:
            imports, seen[name] = _reduced(path.read_bytes(), package)
        except SyntaxError as error:
            raise PluginError(f"{path}, line {error.lineno}: not valid Python: {error.msg}") from error
        all_imports += imports
        parent = name if path.name == "__init__.py" else name.rpartition(".")[0]
        waiting += _modules(imports, parent, package)
    return seen, all_imports


def text_sha256(source: bytes, path: Path) -> str:
    """Hash the syntax of one file, as `source_sha256` does; its name and place do not count.

    Raises:
        PluginError: it is not valid Python.
    """
    try:
        _, text = _reduced(source, "")
    except SyntaxError as error:
        raise PluginError(f"{path}, line {error.lineno}: not valid Python: {error.msg}") from error
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)  # one module stands behind many runs
def _reduced(source: bytes, package: str) -> tuple[tuple[ast.Import | ast.ImportFrom, ...], str]:
    """The imports of a module, and the text of its syntax."""
    tree = reduced(source, package)
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)), text_of(tree)


def _source(name: str) -> Path | None:
    try:
        spec = find_spec(name)
    except (ModuleNotFoundError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def _modules(imports: Iterable[ast.Import | ast.ImportFrom], parent: str, package: str) -> list[str]:
    """The imports of a module in `parent` from its own package: modules, and names that may be modules."""
    found: list[str] = []
    for node in imports:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] == package]
        else:
            base = resolve_name("." * node.level + (node.module or ""), parent) if node.level else node.module or ""
            if base.partition(".")[0] != package:
                continue
            found.append(base)
            path = _source(base)
            if path is None or path.name == "__init__.py":  # looking for a name in a module would import the module
                found += [f"{base}.{alias.name}" for alias in node.names]
    return found
