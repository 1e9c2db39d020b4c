"""Methods from a file, without an installation: `./my_method.py:MyMethod` on the command line."""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any

from dabench.errors import PluginError, UsageError, listed
from dabench.hashing.sources import text_sha256
from dabench.plain_files import read_plain
from dabench.plugin.registry import DISABLE, OWN, Registry
from dabench.plugin.uninstalled import UninstalledMethodSpec, snake
from dabench.specs.names import is_name
from dabench.specs.spec import TRACKS, MethodSpec, Origin, Registered

VERSION = "file"
"""What stands in a record for the version of the plugin."""
SUMMARY = "of a file"


@dataclass(frozen=True, kw_only=True)
class FileMethodSpec(UninstalledMethodSpec):
    """A method whose class is in a file that is not installed.

    Attributes:
        file: its path, absolute: workers may have another folder.
        sha256: of its syntax, when the command began; see `hashing.syntax`.
    """

    file: str

    def load(self) -> Any:
        """Return the class, from the file as it was when the command began.

        Raises:
            PluginError: the file has changed since, or cannot be run.
        """
        return getattr(_module(Path(self.file), self.sha256), self.entry_point.partition(":")[2])


def is_method_file(word: str) -> bool:
    """Whether a word that stands for a method is a file, with or without a class."""
    return word.endswith(".py") or word.rpartition(":")[0].endswith(".py")


def with_files(registry: Registry, words: Sequence[str]) -> tuple[Registry, list[str]]:
    """The registry with the methods of files besides, and the words with the methods' names in place of the files.

    Args:
        registry: of plugins; it stays as it is.
        words: names of methods or rows, and files, as in `./my_method.py:MyMethod`.

    Raises:
        UsageError: there is no such file or method in it, or its name is taken.
        PluginError: the file cannot be run.
    """
    found = {word: _registered(word) for word in dict.fromkeys(words) if is_method_file(word)}
    known, by_name = registry.all(MethodSpec), dict[str, tuple[str, Registered[FileMethodSpec]]]()
    for word, method in found.items():
        name = method.spec.name
        if name in known:
            raise _taken(word, name, known[name].origin)
        other, same = by_name.setdefault(name, (word, method))
        if (same.spec.file, same.spec.entry_point) != (method.spec.file, method.spec.entry_point):
            raise UsageError(f"{other} and {word} are both called {name!r}: rename one of the classes.")
    methods = [method for _, method in by_name.values()]
    wider = registry.with_specs(MethodSpec, methods)
    return wider, [found[word].spec.name if word in found else word for word in words]


def _taken(word: str, name: str, origin: Origin) -> UsageError:
    """The error where a method of a file is called like one of a plugin."""
    off = "" if origin.distribution == OWN else f", or leave the plugin out with {DISABLE}={origin.distribution}"
    return UsageError(f"{word} is called {name!r}, and so is a method of the plugin {origin}: rename the class{off}.")


def _registered(word: str) -> Registered[FileMethodSpec]:
    """The method that a word names.

    Its spec is what the file's hook yields for the class, if it has one. Else the method is called like its class, and
    runs in every track.
    """
    file, _, attribute = word.rpartition(":") if not word.endswith(".py") else (word, "", "")
    path = Path(file).expanduser().absolute()
    if not path.is_file():
        raise UsageError(f"there is no file {file}: a method of a file is named as in ./my_method.py:MyMethod.")
    _refuse_twins(file, path, attribute)
    sha256 = _sha256(path)
    module = _module(path, sha256)
    cls = _method(file, module, attribute)
    where: dict[str, Any] = {"file": str(path), "sha256": sha256, "entry_point": f"{path.stem}:{attribute}"}
    spec = _hooked(file, module, attribute)
    if spec is not None:
        content = {item.name: getattr(spec, item.name) for item in fields(spec)}
        form = spec.feature_entry_point
        if not hasattr(module, form.partition(":")[2] or ":"):  # its other form is not in this file
            form = ""
        made = FileMethodSpec(**{**content, **where, "feature_entry_point": form})
    else:
        summary = (cls.__doc__ or "").strip().partition("\n")[0]
        name = snake(attribute)
        if not is_name(name):
            raise UsageError(f"{file}: the class {attribute!r} would be called {name!r}, which is no name: rename it.")
        fitting = summary if summary.isprintable() else SUMMARY
        made = FileMethodSpec(name=name, summary=fitting, tracks=TRACKS, **where)
    return Registered(made, Origin(distribution=f"{path.name}:{attribute}", version=VERSION, entry_point=VERSION))


def _refuse_twins(file: str, path: Path, attribute: str) -> None:
    """Refuse a class that the file defines twice: Python takes the last one without a word."""
    try:
        body = ast.parse(_read(path)).body
    except SyntaxError as error:
        raise PluginError(f"{file}, line {error.lineno}: not valid Python: {error.msg}") from error
    lines = [str(node.lineno) for node in body if isinstance(node, ast.ClassDef) and node.name == attribute]
    if len(lines) > 1:
        raise UsageError(f"{file} defines the class {attribute} in lines {listed(lines)}: rename all but one of them.")


def _method(file: str, module: ModuleType, attribute: str) -> type[Any]:
    """The class of a method.

    Raises:
        UsageError: there is no such class, or it is no method; the message names those that there are.
    """
    from dabench.methods.base import DeepMethod, FeatureMethod

    def is_method(value: object) -> bool:
        return isinstance(value, type) and issubclass(value, DeepMethod | FeatureMethod)

    cls = getattr(module, attribute, None)
    if isinstance(cls, type) and is_method(cls) and cls.__module__ == module.__name__:
        return cls
    own = [name for name, value in vars(module).items() if is_method(value) and value.__module__ == module.__name__]
    fix = f"name one as in {file}:{own[0]}" if own else "write one: a class that inherits dabench.DeepMethod"
    has = f"it has {listed(own)}" if own else "it has none"
    if not attribute:
        raise UsageError(f"{file} names no class. Of methods {has}: {fix}.")
    lacks = "has no class" if cls is None else "has no method"
    kind = "" if cls is None else ", which is neither a DeepMethod nor a FeatureMethod of this file"
    raise UsageError(f"{file} {lacks} {attribute}{kind}. Of methods {has}: {fix}.")


def _hooked(file: str, module: ModuleType, attribute: str) -> MethodSpec | None:
    """The spec of the file's own hook for the class; None without one."""
    hook = getattr(module, "dabench_methods", None)
    try:
        specs = list(hook()) if callable(hook) else []
    except Exception as error:  # whatever the hook raises, the message says where
        raise PluginError(f"{file}: dabench_methods raised {type(error).__name__}: {error}") from error
    found = [spec for spec in specs if isinstance(spec, MethodSpec) and spec.entry_point.partition(":")[2] == attribute]
    return found[0] if found else None


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, most=2**24)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _sha256(path: Path) -> str:
    return text_sha256(_read(path), path)


def _module(path: Path, sha256: str) -> ModuleType:
    """The module of a file, run once in a process: as long as the process lives, the file may change."""
    name = f"dabench_file_{path.stem}_{sha256[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    source = _read(path)
    if text_sha256(source, path) != sha256:
        raise PluginError(f"{path} has changed since the command began: the same command makes the runs that are left.")
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # before it runs: dataclasses and pydantic look classes up there
    try:
        exec(compile(source, str(path), "exec"), vars(module))  # noqa: S102  # what an import does with a file
    except BaseException as error:
        del sys.modules[name]
        if not isinstance(error, Exception | SystemExit):
            raise
        raise PluginError(
            f"{path}{_line(error, path)}: {type(error).__name__}: {error}.{_hint(error, path)}"
        ) from error
    return module


def _line(error: BaseException, path: Path) -> str:
    """`, line 7`: the last line of the file that was running."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f", line {lines[-1]}" if lines else ""


def _hint(error: BaseException, path: Path) -> str:
    """Advice for an import of a module beside the file, which is not looked for."""
    name = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if not (name and (path.with_name(f"{name}.py").is_file() or path.with_name(name).is_dir())):
        return ""
    return (
        f" A method of a file is that file alone, since its hash stands for the method: put {name} into it, or make a "
        "plugin (`dabench plugin new`)."
    )
