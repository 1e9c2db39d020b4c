"""The domains that the pairs of a suite may name: those of plugins, and the suite's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import permutations

from dabench.config.suite import Suite
from dabench.data.prepared import PreparedDomain
from dabench.errors import UsageError, listed, shortened, unknown
from dabench.plugin.registry import Registry
from dabench.specs.spec import DomainSpec

NEAR = 0.8
"""How alike a name must be to that of a plugin's domain, from 0 to 1, where a suite has domains of its own."""


def names_of(suite: Suite) -> list[str]:
    """The domains that the suite's pairs name, each once."""
    return list(dict.fromkeys(name for entry in suite.pairs for name in entry.pair.split(":")))


def known_domains(suite: Suite, registry: Registry) -> dict[str, DomainSpec]:
    """Every domain that the suite can name, with its descriptor.

    Raises:
        UsageError: the suite's own folder does not exist, holds none of its domains, or one that is called like that of
            a plugin.
        DataError: its own domains do not fit each other.
        PluginError: two plugins claim one domain.
    """
    specs = registry.specs(DomainSpec)
    if suite.domains is None:
        return specs
    from dabench.domains.own.specs import own_specs

    sources = [entry.pair.partition(":")[0] for entry in suite.pairs]
    own = own_specs(suite.domains, names_of(suite), list(dict.fromkeys(sources)))
    nowhere = [name for name in names_of(suite) if name not in own and name not in specs]
    if nowhere and not own:  # the whole folder is another than the suite takes it for: say so once
        raise _not_there(nowhere, suite, specs)
    both = sorted(set(own) & set(specs))
    if both:
        raise UsageError(
            f"{listed(both)} {'are domains of plugins' if len(both) > 1 else 'is a domain of a plugin'}, and "
            f"{'lie' if len(both) > 1 else 'lies'} in {own[both[0]].root} as well: rename the "
            f"{'folders, files or values' if len(both) > 1 else 'folder, file or value'}. "
            "`dabench list domains` shows the others."
        )
    return specs | own


def domain_of(name: str, known: Mapping[str, DomainSpec], suite: Suite) -> DomainSpec:
    """A domain by its name.

    Raises:
        UsageError: there is none of that name; the message names the nearest and where to look.
    """
    if name in known:
        return known[name]
    if suite.domains is None:
        raise unknown("domain", name, known, listing="dabench list domains")
    raise _not_there([name], suite, known)


def _not_there(names: Sequence[str], suite: Suite, known: Iterable[str]) -> UsageError:
    """An error for domains that neither a plugin nor the suite's own folder has: its contents, and similar names."""
    from dabench.domains.own.layout import explain
    from dabench.domains.own.specs import own_names

    assert suite.domains is not None
    own = list(own_names(suite.domains))
    near = [*get_close_matches(names[0], own, cutoff=0.5), *get_close_matches(names[0], [*known], cutoff=NEAR)]
    hint = f" Did you mean {' or '.join(map(repr, dict.fromkeys(near[:3])))}?" if near else ""
    called = " and ".join(map(repr, names))
    also = "" if near and near[0] in own else " `dabench list domains` lists the domains of plugins."
    return UsageError(
        f"unknown domain{'s' if len(names) > 1 else ''} {called}.{hint} {explain(suite.domains, names, own)}{also}"
    )


def misfit(source: PreparedDomain, target: PreparedDomain, track: str) -> str:
    """The reason why two domains cannot be a pair, as a clause; empty if they can."""
    if source.classes != target.classes:
        alone = [
            f"{one.name} alone has {shortened(missing, 4)}"
            for one, other in ((source, target), (target, source))
            if (missing := [name for name in one.classes if name not in other.classes])
        ]
        return f"their classes differ: {', and '.join(alone) or 'they stand in another order'}"
    if source.shape != target.shape and track != "paired":
        shapes = [f"{_kind(domain.shape)} of {domain.name}" for domain in (source, target)]
        return f"their examples differ: {' and '.join(shapes)}"
    return ""


def _kind(shape: tuple[int, ...]) -> str:
    """The kind of an example: `vectors of 800 values`."""
    size = "x".join(map(str, shape))
    return f"vectors of {size} values" if len(shape) == 1 else f"images or signals {size}"


def no_recording(pair: str, domains: Mapping[str, DomainSpec]) -> str:
    """The reason why a pair cannot be of the track paired; empty if it can.

    Args:
        pair: `source:target`.
        domains: all there are, by name.
    """
    recordings = [domains[name].recording for name in pair.split(":")]
    if recordings[0] and recordings[0] == recordings[1]:
        return ""
    said = " and ".join(
        f"{name} is {f'a view of {recording}' if recording else 'of none'}"
        for name, recording in zip(pair.split(":"), recordings, strict=True)
    )
    known = [
        f"{first.name}:{second.name}"
        for first, second in permutations(domains.values(), 2)
        if first.recording and first.recording == second.recording
    ]
    return (
        f"{pair} cannot be a pair of the track paired: its domains have no simultaneous samples ({said}; "
        f"DomainSpec.recording). Pairs that have: {', '.join(sorted(known)) or 'none'}."
    )
