"""Shell completion of suites, domains, pairs and methods.

`eval "$(_DABENCH_COMPLETE=bash_source dabench)"` in ~/.bashrc enables it; zsh_source and fish_source are for the
other shells. bash splits words at colons: `COMP_WORDBREAKS=${COMP_WORDBREAKS//:}` makes it complete pairs as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from dabench.specs.names import canonical

if TYPE_CHECKING:
    import click

    from dabench.plugin.registry import Registry


def complete_suites(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of suites, or files where the word cannot be one."""
    names = [CompletionItem(name) for name in _known(_suites) if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]


def complete_domains(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of domains."""
    return [CompletionItem(name) for name in _known(_domains) if name.startswith(incomplete)]


def complete_citable(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of all that has a citation."""
    return [CompletionItem(name) for name in dict.fromkeys(_known(_citable)) if name.startswith(incomplete)]


def complete_pairs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last of a comma-separated list of pairs, from the suite that the command names or from all."""
    # Behind an option without its value click does not assign the words before it: they are in `args`.
    words = {str(ctx.params.get("suite")), *ctx.args}
    return _last_item(incomplete, _known(lambda registry: _pairs(registry, words)))


def complete_methods(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last of a comma-separated list of methods."""
    return _last_item(incomplete, _known(_methods))


def _suites(registry: Registry) -> Iterable[str]:
    return registry.all("suites")


def _domains(registry: Registry) -> Iterable[str]:
    return registry.all("domains")


def _citable(registry: Registry) -> Iterable[str]:
    return [name for kind in ("suites", "domains", "methods", "backbones") for name in registry.all(kind)]


def _methods(registry: Registry) -> Iterable[str]:
    return registry.all("methods")


def _pairs(registry: Registry, words: set[str]) -> Iterable[str]:
    from dabench.config.pairs import suites_by_pair

    suites = registry.all("suites")
    pairs, _ = suites_by_pair(
        {name: suites[name] for name in suites if name in words} or suites
    )  # errors: see `_known`
    return pairs


def _known(names: Callable[[Registry], Iterable[str]]) -> list[str]:
    """Names from the plugins; none if that fails."""
    from dabench.plugin.registry import load_registry

    try:
        return list(names(load_registry()))
    except Exception:  # a traceback would ruin the line being typed; the command itself reports what is wrong
        return []


def _last_item(incomplete: str, known: Iterable[str]) -> list[CompletionItem]:
    """Completions of the last item of a comma-separated list; the items before it stay, and are not offered again."""
    before, comma, last = incomplete.rpartition(",")
    taken = {canonical(item) for item in before.split(",")}
    return [
        CompletionItem(f"{before}{comma}{name}")
        for name in known
        if name.startswith((last, canonical(last))) and canonical(name) not in taken
    ]
