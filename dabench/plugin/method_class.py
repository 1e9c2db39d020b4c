"""Methods from classes of the program that runs, such as a notebook: tried before they are packaged."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cloudpickle

from dabench.errors import UsageError
from dabench.hashing.definitions import definition_sha256
from dabench.hashing.sources import source_sha256
from dabench.plugin.registry import Registry
from dabench.plugin.uninstalled import UninstalledMethodSpec, snake
from dabench.printable import shown
from dabench.specs.names import is_name
from dabench.specs.spec import TRACKS, MethodSpec, Origin, Registered

VERSION = "class"
"""What stands in a record for the version of the plugin."""
SUMMARY = "a class of the program that ran it"


@dataclass(frozen=True, kw_only=True)
class ClassMethodSpec(UninstalledMethodSpec):
    """A method that is a class of this program.

    Attributes:
        pickled: the class, as cloudpickle sends it to workers: by value where it is of no module that they can import.
    """

    pickled: bytes = field(repr=False)

    def load(self) -> Any:
        """Return the class: in the program that made it, the same object."""
        return cloudpickle.loads(self.pickled)


def with_classes(registry: Registry, methods: Sequence[Any]) -> tuple[Registry, list[str]]:
    """The registry with the methods that are classes besides, and the names of all.

    A class that a plugin registers is that plugin's method.

    Args:
        registry: of plugins; it stays as it is.
        methods: names of methods or rows, and classes.

    Raises:
        UsageError: one is neither, or two are called alike.
    """
    known = registry.all(MethodSpec)
    by_entry_point = {
        entry: name for name, it in known.items() for entry in (it.spec.entry_point, it.spec.feature_entry_point)
    }
    new: dict[str, tuple[type[Any], Registered[MethodSpec]]] = {}
    names: list[str] = []
    for method in methods:
        if isinstance(method, str):
            names.append(method)
            continue
        cls = _checked(method)
        name = by_entry_point.get(f"{cls.__module__}:{cls.__qualname__}") or snake(cls.__name__)
        if f"{cls.__module__}:{cls.__qualname__}" not in by_entry_point:
            if name in known:
                raise UsageError(
                    f"the class {cls.__name__} is called {name!r}, and so is a method of the plugin "
                    f"{known[name].origin}: rename the class."
                )
            other = new.setdefault(name, (cls, _registered(cls, name)))[0]
            if other is not cls:
                raise UsageError(f"two classes are both called {name!r}: rename one of them.")
        names.append(name)
    return registry.with_specs(MethodSpec, [registered for _, registered in new.values()]), names


def name_of(cls: type[Any], registry: Registry) -> str:
    """The name of a class as a method."""
    return with_classes(registry, [cls])[1][0]


def _checked(method: Any) -> type[Any]:
    """The class of a method.

    Raises:
        UsageError: it is none.
    """
    from dabench.methods.base import DeepMethod, FeatureMethod

    if isinstance(method, type) and issubclass(method, DeepMethod | FeatureMethod):
        if method in (DeepMethod, FeatureMethod):
            raise UsageError(f"dabench.{method.__name__} is the base of methods: name a class that inherits it.")
        return method
    if isinstance(method, DeepMethod | FeatureMethod):
        raise UsageError(f"methods: {type(method).__name__}(...) is an object: name its class, without parentheses.")
    raise UsageError(
        f"methods: {shown(method)} is no method. Name a method, or a class that inherits dabench.DeepMethod or "
        "dabench.FeatureMethod."
    )


def _registered(cls: type[Any], name: str) -> Registered[MethodSpec]:
    if not is_name(name):
        raise UsageError(f"the class {cls.__name__!r} would be called {name!r}, which is no name: rename it.")
    summary = (cls.__doc__ or "").strip().partition("\n")[0]
    entry_point = f"{cls.__module__}:{cls.__qualname__}"
    try:
        pickled = cloudpickle.dumps(cls)
        sha256 = source_sha256(entry_point) if _is_importable(cls) else definition_sha256(cls)
    except Exception as error:  # a class may name anything, such as an open file
        raise UsageError(
            f"the class {cls.__name__} cannot be sent to workers: {type(error).__name__}: {error}. Its functions name "
            "something that lives in this program alone: make that inside setup()."
        ) from error
    spec = ClassMethodSpec(
        name=name,
        entry_point=entry_point,
        summary=summary if summary and summary.isprintable() else SUMMARY,
        tracks=TRACKS,
        sha256=sha256,
        pickled=pickled,
    )
    return Registered(spec, Origin(distribution=f"class {cls.__name__}", version=VERSION, entry_point=VERSION))


def _is_importable(cls: type[Any]) -> bool:
    """Whether workers can import the class by its name."""
    if cls.__module__ == "__main__":
        return False
    try:
        return getattr(importlib.import_module(cls.__module__), cls.__qualname__, None) is cls
    except ImportError:
        return False
