"""Shell completion of suites, domains, pairs and methods.

`eval "$(_DABENCH_COMPLETE=bash_source dabench)"` in ~/.bashrc enables it; zsh_source and fish_source are for the
other shells. bash splits words at colons: `COMP_WORDBREAKS=${COMP_WORDBREAKS//:}` makes it complete pairs as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from dabench.specs.names import canonical, items
from dabench.specs.spec import (
    BackboneSpec,
    CheckFormatSpec,
    DomainSpec,
    FormatSpec,
    LauncherSpec,
    MethodSpec,
    SelectorSpec,
    Spec,
    SuiteSpec,
)

if TYPE_CHECKING:
    import click

    from dabench.plugin.registry import Registry


# The sections that `--set` changes with their classes in `config.settings`, and its keys without a section.
SECTIONS = {
    "backbone": "Named",
    "budget": "Budget",
    "input": "Input",
    "optimiser": "Optimiser",
    "sample": "SourceSample",
    "schedule": "Schedule",
}
SINGLE = ("precision", "readout", "selector")


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


def complete_selector(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
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


def complete_launchers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of launchers."""
    return _beginning(incomplete, LauncherSpec)


def complete_launcher_options(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Options of the launcher that the command names."""
    from dabench.cli.fields import options_of

    def names(registry: Registry) -> Iterable[str]:
        launcher = registry.get(LauncherSpec, str(ctx.params.get("launcher") or "processes"))
        return options_of(launcher.spec.entry_point)

    return [CompletionItem(f"{name}=") for name in _known(names) if name.startswith(canonical(incomplete))]


def complete_selectors(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last of a comma-separated list of selectors."""
    return _last_item(incomplete, _known(lambda registry: registry.all(SelectorSpec)))


def complete_scores(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Scores that `dabench tune` can maximise, and selectors that it refuses: telling them apart would import torch."""
    return _beginning(incomplete, SelectorSpec, more=["reverse_validation"])


def complete_settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Settings of `--set`: options of methods, and keys of the suite's sections."""
    before, dot, rest = incomplete.partition(".")
    word = f"{canonical(before)}{dot}{canonical(rest)}"
    return [CompletionItem(f"{key}=") for key in _known(_settings) if key.startswith(word)]


def _settings(registry: Registry) -> Iterable[str]:
    from dabench.cli.fields import fields_of, options_of

    for section, model in SECTIONS.items():
        yield from (f"{section}.{key}" for key in fields_of(f"dabench.config.settings:{model}") if key != "options")
    yield from SINGLE
    for name, found in registry.all(MethodSpec).items():
        yield from (f"{name}.{option}" for option in options_of(found.spec.entry_point))


def complete_methods(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last of a comma-separated list of methods."""
    return _last_item(incomplete, _known(lambda registry: registry.all(MethodSpec)))


def _beginning(incomplete: str, *kinds: type[Spec], more: Sequence[str] = ()) -> list[CompletionItem]:
    """Names of some kinds, and more, that begin with the typed text, each once."""
    names = [*_known(lambda registry: [name for kind in kinds for name in registry.all(kind)]), *more]
    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]


def _pairs(registry: Registry, words: set[str]) -> Iterable[str]:
    from dabench.config.pairs import pairs_of_file, suites_by_pair

    files = [word for word in words if word.lower().endswith((".yaml", ".yml"))]
    if files:
        return pairs_of_file(Path(files[0]))
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
