"""Facts of the classes of methods and backbones that a plan needs: importing them means importing torch, for seconds.

They are kept in the data folder with the state of every file that was imported for it. A command that finds one of them
otherwise has the classes imported again, in another process (`planning.class_process`). Nothing is kept of a class
whose options have validators: those may look at more than their code, such as a file of weights.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from dabench.data.folder import data_dir
from dabench.files import replacing
from dabench.hashing.canonical import sha256
from dabench.planning.class_import import Facts, Stamp, facts_of, settled_stamps, stamp_of
from dabench.planning.class_process import ClassProcess
from dabench.plugin.uninstalled import UninstalledMethodSpec, method_sha256
from dabench.specs.spec import BackboneSpec, MethodSpec


class ClassFacts:
    """Facts of classes, each found out once; a context, at whose end nothing more can be found out.

    Args:
        path: the file that keeps them; None to keep nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._found: dict[str, Facts] = {}
        self._sources: dict[str, str] = {}
        self._process: ClassProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.close()

    @classmethod
    def kept(cls) -> ClassFacts:
        """The facts that are kept in a file, which all commands share."""
        return cls(data_dir() / "classes" / f"{sha256([sys.version, sys.prefix, sys.path])[:16]}.json")

    def of_method(self, spec: MethodSpec, options: Mapping[str, Any]) -> Facts:
        """Facts of a method's class.

        Raises:
            UsageError: the options are wrong.
            PluginError: the class cannot be imported.
        """
        return self._facts(spec, options)

    def of_backbone(self, spec: BackboneSpec, options: Mapping[str, Any]) -> Facts:
        """Facts of a backbone's class; raises as `of_method`."""
        return self._facts(spec, options)

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
        imported = settled_stamps() if self._process is None else self._process.settled_stamps()
        if imported is None:
            return
        stamps = self._before[0] | imported
        facts = {key: asdict(found) for key, found in {**self._before[1], **self._found}.items() if found.lasting}
        with suppress(OSError), replacing(self._path) as temporary:  # without the file it takes longer, and no more
            temporary.write_text(json.dumps({"files": stamps, "facts": facts}), encoding="utf-8")

    def _facts(self, spec: MethodSpec | BackboneSpec, options: Mapping[str, Any]) -> Facts:
        key = sha256([type(spec).__name__, spec.name, spec.entry_point, _plain(options)])
        if key not in self._found:
            before = self._before[1].get(key) if spec.entry_point.partition(":")[0] not in sys.modules else None
            self._found[key] = self._find(spec, options) if before is None else before
        return self._found[key]

    def _find(self, spec: MethodSpec | BackboneSpec, options: Mapping[str, Any]) -> Facts:
        """Facts that are not kept: from another process, where this one would import torch for them.

        A class that no plugin registers may be of this process alone.
        """
        if self._path is None or "torch" in sys.modules or isinstance(spec, UninstalledMethodSpec):
            return facts_of(spec, options)
        if self._process is None:
            self._process = ClassProcess()
        return self._process.facts_of(spec, options)

    @cached_property
    def _before(self) -> tuple[dict[str, Stamp | None], dict[str, Facts]]:
        """The stamps and the facts of the file; none if there is none, or not of today's code."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8")) if self._path else {}
            files: dict[str, Stamp | None] = dict(content["files"])
            facts = {key: Facts(**found) for key, found in dict(content["facts"]).items()}
            return (files, facts) if all(stamp_of(path) == stamp for path, stamp in files.items()) else ({}, {})
        except (OSError, ValueError, LookupError, TypeError, AttributeError):  # whatever lies there, it is made anew
            return {}, {}


def _plain(options: Mapping[str, Any]) -> str:
    return json.dumps(options, sort_keys=True, default=repr)
