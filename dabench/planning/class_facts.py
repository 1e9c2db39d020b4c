"""Facts of the classes of methods and backbones that a plan needs: importing them means importing torch, for seconds.

They are kept in the data folder with the state of every file that was imported for it. A command that finds one of them
otherwise imports the classes again. Nothing is kept of a class whose options have validators: those may look at more
than their code, such as a file of weights.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dabench.config.options import validated
from dabench.data.folder import data_dir
from dabench.errors import PluginError
from dabench.files import replacing
from dabench.hashing.canonical import sha256
from dabench.plugin.guard import PluginFault, guarded, named
from dabench.plugin.uninstalled import UninstalledMethodSpec, method_sha256
from dabench.specs.spec import BackboneSpec, MethodSpec, Spec

_BEGUN = time.time_ns()
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


class ClassFacts:
    """Facts of classes, each found out once.

    Args:
        path: the file that keeps them; None to keep nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._found: dict[str, Facts] = {}
        self._sources: dict[str, str] = {}

    @classmethod
    def kept(cls) -> ClassFacts:
        """Those that commands share."""
        return cls(data_dir() / "classes" / f"{sha256([sys.version, sys.prefix, sys.path])[:16]}.json")

    def of_method(self, spec: MethodSpec, options: Mapping[str, Any]) -> Facts:
        """Facts of a method's class.

        Raises:
            UsageError: the options are wrong.
            PluginError: the class cannot be imported.
        """
        return self._facts(spec, options, _method_facts)

    def of_backbone(self, spec: BackboneSpec, options: Mapping[str, Any]) -> Facts:
        """Facts of a backbone's class; raises as `of_method`."""
        return self._facts(spec, options, _backbone_facts)

    def source_sha256(self, spec: MethodSpec) -> str:
        """The hash of the sources behind a method; see `hashing.sources`."""
        if spec.entry_point not in self._sources:
            self._sources[spec.entry_point] = method_sha256(spec)
        return self._sources[spec.entry_point]

    def keep(self) -> None:
        """Write what is new to the file, unless a file that was imported has changed meanwhile."""
        new = {key for key, found in self._found.items() if found.lasting} - self._before[1].keys()
        if self._path is None or not new:
            return
        stamps = self._before[0] | {path: _stamp(path) for path in _imported_files()}
        if any(stamp is None or max(stamp[1:]) >= _BEGUN for stamp in stamps.values()):
            return
        facts = {key: asdict(found) for key, found in {**self._before[1], **self._found}.items() if found.lasting}
        with suppress(OSError), replacing(self._path) as temporary:  # without the file it takes longer, and no more
            temporary.write_text(json.dumps({"files": stamps, "facts": facts}), encoding="utf-8")

    def _facts(
        self, spec: Spec, options: Mapping[str, Any], find: Callable[[Any, Any, Mapping[str, Any]], Facts]
    ) -> Facts:
        key = sha256([type(spec).__name__, spec.name, spec.entry_point, _plain(options)])
        if key not in self._found:
            before = self._before[1].get(key) if spec.entry_point.partition(":")[0] not in sys.modules else None
            self._found[key] = find(_imported(spec), spec, options) if before is None else before
        return self._found[key]

    @cached_property
    def _before(self) -> tuple[dict[str, Stamp | None], dict[str, Facts]]:
        """The stamps and the facts of the file; none if there is none, or not of today's code."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8")) if self._path else {}
            files: dict[str, Stamp | None] = dict(content["files"])
            facts = {key: Facts(**found) for key, found in dict(content["facts"]).items()}
            return (files, facts) if all(_stamp(path) == stamp for path, stamp in files.items()) else ({}, {})
        except (OSError, ValueError, LookupError, TypeError, AttributeError):  # whatever lies there, it is made anew
            return {}, {}


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


def _imported(spec: Spec) -> Any:
    try:
        with guarded(times=10):  # torch may be imported with it
            return spec.load()
    except (Exception, PluginFault) as error:  # a plugin's module may raise anything on import
        raise PluginError(
            f"{spec.name!r} cannot be imported from {spec.entry_point}: {named(error)}. "
            "Fix its plugin, or leave it out with --methods."
        ) from error


def _plain(options: Mapping[str, Any]) -> str:
    return json.dumps(options, sort_keys=True, default=repr)


def _imported_files() -> list[str]:
    """The files of all modules that this process has imported."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return sorted({file for file in files if isinstance(file, str) and os.path.isabs(file)})  # noqa: PTH117 - see _stamp


def _stamp(path: str) -> Stamp | None:
    """The stamp of one of thousands of files, for each of which a `Path` would take three times as long."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns]
