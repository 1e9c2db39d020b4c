"""Citations of suites, domains, methods and backbones: each BibTeX entry once, with the names that it is for."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from dabench.citations.bibtex import entries
from dabench.errors import PluginError, unknown
from dabench.specs.names import canonical, is_suite_file
from dabench.specs.spec import AskSpec, BackboneSpec, DomainSpec, MethodSpec, SuiteSpec

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry

CITED: Mapping[str, type[DomainSpec] | type[MethodSpec] | type[BackboneSpec] | type[AskSpec]] = {
    "domains": DomainSpec,
    "methods": MethodSpec,
    "backbones": BackboneSpec,
    "asks": AskSpec,
}


class Bibliography:
    """Collects entries, in the order in which they are first needed.

    Attributes:
        notes: what could not be cited, and what is ambiguous; one sentence each.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._entries: dict[str, str] = {}
        self._uses: dict[str, dict[str, list[str]]] = {}  # key of an entry -> kind -> names of what it is for
        self.notes: list[str] = []

    def add(self, name: str) -> None:
        """Add all that a name stands for.

        Raises:
            UsageError: nothing is called so, or a suite names what there is not.
            PluginError: a citation that is not BibTeX.
        """
        from dabench.config.suite_file import is_own_suite

        known: dict[str, Collection[str]] = {"suites": self._registry.all(SuiteSpec)}
        known |= {kind: self._registry.all(spec) for kind, spec in CITED.items()}
        kinds = [kind for kind in known if canonical(name) in known[kind]]
        if is_suite_file(name) or (not kinds and is_own_suite(name)):
            self._suite(name)
            return
        if not kinds:
            names = {item for of_kind in known.values() for item in of_kind}
            raise unknown("suite, domain, method or backbone", name, names, listing="dabench list")
        if len(kinds) > 1:
            what = " and a ".join(kind.removesuffix("s") for kind in kinds)
            self._note(f"{canonical(name)} is a {what}: both are cited")
        for kind in kinds:
            if kind == "suites":
                self._suite(name)
            else:
                self._thing(kind, name)

    def add_all(self, distribution: str) -> None:
        """Add all suites, domains, methods and backbones of a distribution.

        Raises:
            PluginError: a citation that is not BibTeX.
        """
        for name, found in self._registry.all(SuiteSpec).items():
            if found.origin.distribution == distribution:
                self._suite(name)
        for kind, spec in CITED.items():
            for name, thing in self._registry.all(spec).items():
                if thing.origin.distribution == distribution:
                    self._thing(kind, name)

    def text(self) -> str:
        """The entries, each below comments that say what it is for."""
        blocks = []
        for key, entry in self._entries.items():
            uses = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in self._uses[key].items())
            blocks.append(textwrap.fill(uses, 79, initial_indent="% ", subsequent_indent="% ") + f"\n{entry}")
        return "\n\n".join(blocks)

    def _suite(self, name: str) -> None:
        from dabench.config.suite_file import find_suite
        from dabench.domains.own.specs import own_names
        from dabench.planning.domains import names_of

        suite = find_suite(name, self._registry)
        own = own_names(suite.domains) if suite.domains else {}  # nobody cites them
        domains = [name for name in names_of(suite) if name not in own]
        methods = [*suite.bounds, *(entry.method for entry in suite.methods)]
        others = [entry.backbone for entry in suite.pairs] + [entry.recipe.backbone for entry in suite.methods]
        backbones = [suite.backbone.name, *(backbone.name for backbone in others if backbone)]
        rules = suite.ask.rules if suite.ask else ()
        for kind, names in (("domains", domains), ("methods", methods), ("backbones", backbones), ("asks", rules)):
            for item in dict.fromkeys(names):
                self._thing(kind, item)
        self._enter(_own_entry(), "benchmark", "dabench")

    def _thing(self, kind: str, name: str) -> None:
        """A domain, method, backbone or rule."""
        registered = self._registry.get(CITED[kind], name)
        spec, what = registered.spec, f"{kind.removesuffix('s')} {registered.spec.name}"
        if not spec.citation:
            reference = getattr(spec, "reference", "")
            if reference:
                self._note(f"the {what} comes without BibTeX; its reference is: {reference}")
            elif kind == "domains":
                self._note(f"the {what} does not say how to cite it")
            return
        try:
            self._enter(spec.citation, kind, spec.name)
        except ValueError as error:
            raise PluginError(
                f"the citation of the {what} of the plugin {registered.origin} is no BibTeX: {error}"
            ) from error

    def _enter(self, citation: str, kind: str, name: str) -> None:
        for key, entry in entries(citation).items():
            if self._entries.setdefault(key, entry).split() != entry.split():
                self._note(f"{kind} {name}: its entry {key} differs from the one that is printed")
            names = self._uses.setdefault(key, {}).setdefault(kind, [])
            if name not in names:
                names.append(name)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _own_entry() -> str:
    return (
        "@misc{dabench,\n"
        "  author = {{dabench developers}},\n"
        "  title = {dabench: a plugin-based benchmark suite for domain adaptation},\n"
        f"  note = {{Version {version('dabench')}}}\n"
        "}"
    )
