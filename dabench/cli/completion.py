"""Shell completion of suites, domains, pairs and methods.

`eval "$(_DABENCH_COMPLETE=bash_source dabench)"` in ~/.bashrc enables it; zsh_source and fish_source are for the
other shells. bash splits words at colons: `COMP_WORDBREAKS=${COMP_WORDBREAKS//:}` makes it complete pairs as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from dabench.specs.names import canonical, items
from dabench.specs.spec import (
    BackboneSpec,
    CheckFormatSpec,
    DomainSpec,
    FormatSpec,
    MethodSpec,
    SelectorSpec,
    Spec,
    SuiteSpec,
)

if TYPE_CHECKING:
    import click

    from dabench.plugin.registry import Registry


def complete_suites(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of suites, or files where the word cannot be one."""
    names = _beginning(incomplete, SuiteSpec)
    return names or [CompletionItem(incomplete, type="file")]


def complete_domains(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of domains."""
    return _beginning(incomplete, DomainSpec)


def complete_backbones(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of backbones."""
    return _beginning(incomplete, BackboneSpec)


def complete_selectors(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of selectors."""
    return _beginning(incomplete, SelectorSpec)


def complete_formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of formats of `dabench table`."""
    return _beginning(incomplete, FormatSpec)


def complete_check_formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of formats of `dabench check`."""
    return _beginning(incomplete, CheckFormatSpec)


def complete_citable(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of all that has a citation."""
    return _beginning(incomplete, SuiteSpec, DomainSpec, MethodSpec, BackboneSpec)


def complete_pairs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last of a comma-separated list of pairs, from the suite that the command names or from all."""
    # Behind an option without its value click does not assign the words before it: they are in `args`.
    named = ctx.params.get("suites") or (ctx.params.get("suite"),)
    words = {*map(str, named), *ctx.args}
    return _last_item(incomplete, _known(lambda registry: _pairs(registry, words)))


def complete_methods(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last of a comma-separated list of methods."""
    return _last_item(incomplete, _known(lambda registry: registry.all(MethodSpec)))


def _beginning(incomplete: str, *kinds: type[Spec]) -> list[CompletionItem]:
    """Names of some kinds that begin with the typed text, each once."""
    names = _known(lambda registry: [name for kind in kinds for name in registry.all(kind)])
    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]


def _pairs(registry: Registry, words: set[str]) -> Iterable[str]:
    from dabench.config.pairs import suites_by_pair

    suites = registry.all(SuiteSpec)
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
    taken = {canonical(item) for item in items(before)}
    return [
        CompletionItem(f"{before}{comma}{name}")
        for name in known
        if name.startswith((last, canonical(last))) and canonical(name) not in taken
    ]
