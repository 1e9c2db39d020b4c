"""Discovery of plugins: our own loop over entry points.

pluggy's loader silently drops a second entry point of the same name, and an entry point that cannot be imported stops
the program. Here each is keyed by `distribution:name`, a broken one is reported and left out, and what two plugins
claim is an error that names both, for whoever asks for it.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from importlib.metadata import EntryPoint, distributions
from inspect import signature
from itertools import islice
from typing import Any, TypeVar

import pluggy

from dabench.errors import PluginError, unknown
from dabench.plugin import hookspecs
from dabench.plugin.guard import PluginFault, guarded, named
from dabench.specs.names import canonical, items
from dabench.specs.spec import (
    AskSpec,
    BackboneSpec,
    CheckFormatSpec,
    DomainSpec,
    FormatSpec,
    LauncherSpec,
    MethodSpec,
    ObserverSpec,
    Origin,
    Registered,
    SelectorSpec,
    Spec,
    SuiteSpec,
)

GROUP = "dabench"
OWN = "dabench"
DISABLE = "DABENCH_DISABLE_PLUGINS"
MOST_SPECS = 10_000  # of one kind from one plugin
HEAVY = (
    "its hook module imports torch, for which every command and completion then waits: import it in the module that "
    "holds the method, and of dabench what is needed by name instead of `from dabench import *`"
)

# kind on the command line -> what its hook yields. The hook is called dabench_<kind>.
KINDS: Mapping[str, type[Spec]] = {
    "methods": MethodSpec,
    "domains": DomainSpec,
    "suites": SuiteSpec,
    "backbones": BackboneSpec,
    "selectors": SelectorSpec,
    "asks": AskSpec,
    "launchers": LauncherSpec,
    "formats": FormatSpec,
    "check_formats": CheckFormatSpec,
    "observers": ObserverSpec,
}
_NAMES = {spec: kind for kind, spec in KINDS.items()}
S = TypeVar("S", bound=Spec)


@dataclass(frozen=True)
class Plugin:
    """One entry point.

    Attributes:
        origin: where it comes from.
        module: what it names.
        error: why it is not in use, if so.
        disabled: the user has left it out.
        warning: what its author should fix.
    """

    origin: Origin
    module: str
    error: str = ""
    disabled: bool = False
    warning: str = ""


class Registry:
    """All plugins of this environment, and their specs.

    Attributes:
        plugins: every entry point.
        keeps_facts: plans may read the facts that are kept of classes, and keep more (see `planning.class_facts`).
    """

    def __init__(self, entry_points: Iterable[tuple[Origin, EntryPoint]], disabled: str = "") -> None:
        """Load every entry point. Broken ones are kept in `plugins` with their error, and nothing of theirs is used.

        Args:
            entry_points: pairs as `installed()` gives them.
            disabled: comma-separated distributions or `distribution:name`; `all` stands for all but dabench's own.
        """
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self.plugins: list[Plugin] = []
        self.keeps_facts = False
        self._observers: list[tuple[Origin, Any]] = []
        self._origins: dict[str, Origin] = {}
        self._found: dict[type[Spec], dict[str, Registered[Any]]] = {kind: {} for kind in KINDS.values()}
        self._conflicts: dict[type[Spec], dict[str, str]] = {kind: {} for kind in KINDS.values()}
        off = set(items(disabled))
        for origin, entry_point in sorted(entry_points, key=lambda pair: str(pair[0])):
            is_off = bool({origin.distribution, str(origin)} & off) or ("all" in off and origin.distribution != OWN)
            light = "torch" not in sys.modules
            error = "" if is_off else self._load(origin, entry_point)
            warning = HEAVY if light and "torch" in sys.modules else ""
            self.plugins.append(Plugin(origin, entry_point.value, error, is_off, warning))

    def _load(self, origin: Origin, entry_point: EntryPoint) -> str:
        """Take in one entry point, whole or not at all; return its error, or an empty string."""
        key = str(origin)
        if key in self._origins:
            return f"the distribution {origin.distribution} names the entry point {origin.entry_point!r} twice"
        try:
            with guarded():
                module = entry_point.load()
                self._manager.register(module, name=key)
                self._manager.check_pending()
                if not self._manager.get_hookcallers(module):
                    raise TypeError(f"{module.__name__} has no hook: mark its functions with @dabench.hookimpl")
                yielded = {kind: self._collect(kind, key) for kind in KINDS.values()}
        except (Exception, PluginFault) as error:  # whatever foreign code raises, the others go on
            if self._manager.has_plugin(key):
                self._manager.unregister(name=key)
            return named(error)
        self._origins[key] = origin
        for kind, specs in yielded.items():
            for spec in specs:
                self._add(kind, Registered(spec, origin))
        return ""

    def _collect(self, kind: type[Spec], key: str) -> list[Spec]:
        """The specs of one kind that one plugin yields."""
        hook = f"dabench_{_NAMES[kind]}"
        specs: list[Spec] = []
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if implementation.plugin_name == key:
                specs += islice(implementation.function(), MOST_SPECS + 1)
        if len(specs) > MOST_SPECS:
            raise ValueError(f"{hook} yields more than {MOST_SPECS:,} specs, perhaps without an end")
        for spec in specs:
            if not isinstance(spec, kind):
                raise TypeError(f"{hook} must yield {kind.__name__}, not {spec!r}")
            if type(spec) is not kind:  # a subclass may have left out the checks
                kind.__post_init__(spec)
        names = [spec.name for spec in specs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{hook} yields {', '.join(map(repr, twice))} more than once")
        return specs

    def _add(self, kind: type[Spec], new: Registered[Any]) -> None:
        old = self._found[kind].setdefault(new.spec.name, new)
        if old is not new:
            foreign = old if new.origin.distribution == OWN else new
            self._conflicts[kind][new.spec.name] = (
                f"two plugins claim the {_noun(kind)} {new.spec.name!r}: {old.origin} and {new.origin}. "
                f"Uninstall one, or leave one out with {DISABLE}={foreign.origin}."
            )

    def with_specs(self, kind: type[S], specs: Iterable[Registered[S]]) -> Registry:
        """The same registry with something of one kind besides, whose names are free."""
        wider = copy(self)
        wider._found = self._found | {kind: self._found[kind] | {found.spec.name: found for found in specs}}
        return wider

    def with_observers(self, observers: Iterable[tuple[Origin, Any]]) -> Registry:
        """The same registry, which tells some objects besides what it tells the hooks of observers."""
        wider = copy(self)
        wider._observers = [*self._observers, *observers]
        return wider

    @property
    def broken(self) -> list[Plugin]:
        """Plugins that could not be loaded or whose hooks raised."""
        return [plugin for plugin in self.plugins if plugin.error]

    @property
    def conflicts(self) -> list[str]:
        """One sentence for each name that two plugins claim."""
        return [text for texts in self._conflicts.values() for text in texts.values()]

    @property
    def troubles(self) -> list[str]:
        """One sentence for each plugin that is left out, or slows every command down, and for each conflict."""
        out = [f"plugin {it.origin} ({it.module}) is left out: {it.error}" for it in self.broken]
        slow = [f"plugin {it.origin} ({it.module}): {it.warning}" for it in self.plugins if it.warning]
        return [*out, *slow, *self.conflicts]

    def notify(self, hook: str, **arguments: Any) -> None:
        """Call an observer hook of every plugin and observer; one that raises causes a warning that names it."""
        calls: list[tuple[Origin, Any, Sequence[str]]] = [
            (self._origins[found.plugin_name], found.function, found.argnames)
            for found in getattr(self._manager.hook, hook).get_hookimpls()
        ]
        for origin, observer in self._observers:
            method = getattr(observer, hook.removeprefix("dabench_"), None)
            if method is not None:
                calls.append((origin, method, tuple(signature(method).parameters)))
        for origin, function, names in calls:
            try:
                function(*(arguments[name] for name in names))
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # an observer must never cost a run
                warnings.warn(f"{hook} of {origin} raised {type(error).__name__}: {error}", stacklevel=2)

    def all(self, kind: type[S]) -> dict[str, Registered[S]]:
        """Everything of one kind, such as `MethodSpec`, by name, with its origin; without what two plugins claim."""
        return dict(sorted((name, it) for name, it in self._found[kind].items() if name not in self._conflicts[kind]))

    def specs(self, kind: type[S]) -> dict[str, S]:
        """The specs of one kind, by name."""
        return {name: registered.spec for name, registered in self.all(kind).items()}

    def get(self, kind: type[S], name: str) -> Registered[S]:
        """One thing by name; `-` and `_` mean the same.

        Raises:
            UsageError: nobody registered it; the message names the nearest and how to list all.
            PluginError: two plugins claim it; the message names both.
        """
        if canonical(name) in self._conflicts[kind]:
            raise PluginError(self._conflicts[kind][canonical(name)])
        known = self.all(kind)
        registered = known.get(canonical(name))
        if registered is None:
            raise unknown(_noun(kind), name, known, listing=f"dabench list {_NAMES[kind]}")
        return registered

    def check(self) -> None:
        """Raise a PluginError that names every broken plugin and every conflict, for `--strict-plugins`."""
        lines = [f"{plugin.origin} ({plugin.module}): {plugin.error}" for plugin in self.broken]
        if lines or self.conflicts:
            found = "; ".join([*lines, *self.conflicts])
            raise PluginError(f"broken plugins: {found.rstrip('.')}. `dabench list plugins` shows them.")


def _noun(kind: type[Spec]) -> str:
    """The noun of a kind in messages: `method`, `check format`."""
    return _NAMES[kind].removesuffix("s").replace("_", " ")


def installed() -> list[tuple[Origin, EntryPoint]]:
    """Every entry point of the group `dabench` in this environment, with its distribution."""
    found: dict[str, list[tuple[Origin, EntryPoint]]] = {}
    for distribution in distributions():
        if GROUP not in (distribution.read_text("entry_points.txt") or ""):  # most of them, and parsing takes longest
            continue
        entry_points = distribution.entry_points.select(group=GROUP)
        if entry_points:
            metadata = distribution.metadata  # parsed at every access
            name, version = metadata["Name"], metadata["Version"]
            # A distribution can lie on sys.path twice (an editable install is also seen from its checkout); as with
            # any import, the first one counts.
            found.setdefault(
                re.sub(r"[-_.]+", "-", name).lower(),
                [(Origin(distribution=name, version=version, entry_point=item.name), item) for item in entry_points],
            )
    return [pair for pairs in found.values() for pair in pairs]


def load_registry() -> Registry:
    """The registry of this environment, without the plugins that `DABENCH_DISABLE_PLUGINS` names."""
    return Registry(installed(), os.environ.get(DISABLE, ""))
