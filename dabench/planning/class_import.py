"""Facts of the classes of methods and backbones, found out by importing them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dabench.config.options import validated
from dabench.errors import PluginError
from dabench.plugin.guard import PluginFault, guarded, named
from dabench.plugin.uninstalled import UninstalledMethodSpec
from dabench.specs.spec import BackboneSpec, MethodSpec

BEGUN = time.time_ns()
Stamp = list[int]
"""Size and times of a file."""


@dataclass(frozen=True)
class Facts:
    """Facts that follow from a class and its options.

    Attributes:
        options: those that were asked for, with the defaults of the others, as JSON holds them.
        views: the values of its `views`.
        is_feature_method: it works on features, and trains no network.
        freezes: of a backbone: with these options a part of it is not trained.
        lasting: they follow from the code of the class alone.
    """

    options: dict[str, Any]
    views: list[Any]
    is_feature_method: bool = False
    freezes: bool = False
    lasting: bool = True


def facts_of(spec: MethodSpec | BackboneSpec, options: Mapping[str, Any]) -> Facts:
    """Facts of the class of a spec, with some of its options.

    Raises:
        UsageError: the options are wrong.
        PluginError: the class cannot be imported.
    """
    cls = _imported(spec)
    return _method_facts(cls, spec, options) if isinstance(spec, MethodSpec) else _backbone_facts(cls, spec, options)


def _method_facts(cls: Any, spec: MethodSpec, options: Mapping[str, Any]) -> Facts:
    from dabench.methods.base import FeatureMethod

    filled = validated(cls, dict(options), spec.name).model_dump(mode="json")
    views = [view for view in getattr(cls, "views", {}).values() if isinstance(view, str)]
    in_module = not isinstance(spec, UninstalledMethodSpec)  # whose stamp is kept
    return Facts(filled, views, is_feature_method=issubclass(cls, FeatureMethod), lasting=in_module and _lasts(cls))


def _backbone_facts(cls: Any, spec: BackboneSpec, options: Mapping[str, Any]) -> Facts:
    given = validated(cls, dict(options), spec.name)
    freezes = spec.trains and cls.frozen_key(given) is not None
    return Facts(given.model_dump(mode="json"), [], freezes=freezes, lasting=_lasts(cls))


def _lasts(cls: Any) -> bool:
    found = cls.Options.__pydantic_decorators__
    return not (found.validators or found.field_validators or found.root_validators or found.model_validators)


def _imported(spec: MethodSpec | BackboneSpec) -> Any:
    try:
        with guarded(times=10):  # torch may be imported with it
            return spec.load()
    except (Exception, PluginFault) as error:  # a plugin's module may raise anything on import
        raise PluginError(
            f"{spec.name!r} cannot be imported from {spec.entry_point}: {named(error)}. "
            "Fix its plugin, or leave it out with --methods."
        ) from error


def imported_files() -> list[str]:
    """The files of all modules that this process has imported."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return sorted({file for file in files if isinstance(file, str) and os.path.isabs(file)})  # noqa: PTH117 - see below


def stamp_of(path: str) -> Stamp | None:
    """The stamp of one of thousands of files, for each of which a `Path` would take three times as long.

    None if it cannot be looked at.
    """
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def settled_stamps() -> dict[str, Stamp] | None:
    """The stamps of all files that this process has imported; None if one of them has changed meanwhile."""
    stamps = {path: stamp_of(path) for path in imported_files()}
    settled = {path: stamp for path, stamp in stamps.items() if stamp is not None and max(stamp[1:]) < BEGUN}
    return settled if len(settled) == len(stamps) else None
