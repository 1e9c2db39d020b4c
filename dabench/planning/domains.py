"""The domains that the pairs of a suite may name: those of plugins, and the suite's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import permutations

from dabench.config.suite import Suite
from dabench.errors import UsageError, unknown
from dabench.plugin.registry import Registry
from dabench.specs.spec import DomainSpec


def names_of(suite: Suite) -> list[str]:
    """The domains that the suite's pairs name, each once."""
    return list(dict.fromkeys(name for entry in suite.pairs for name in entry.pair.split(":")))


def known_domains(suite: Suite, registry: Registry) -> dict[str, DomainSpec]:
    """Every domain that the suite can name, with its descriptor.

    Raises:
        UsageError: the suite's own folder does not exist, or a domain in it is called like that of a plugin.
        DataError: its own domains do not fit each other.
        PluginError: two plugins claim one domain.
    """
    specs = registry.specs(DomainSpec)
    if suite.domains is None:
        return specs
    from dabench.domains.own.specs import own_specs

    sources = [entry.pair.partition(":")[0] for entry in suite.pairs]
    own = own_specs(suite.domains, names_of(suite), list(dict.fromkeys(sources)))
    both = sorted(set(own) & set(specs))
    if both:
        raise UsageError(
            f"{', '.join(both)} is a domain of a plugin, and lies in {own[both[0]].root} as well: rename the folder, "
            "file or value. `dabench list domains` shows the others."
        )
    return specs | own


def domain_of(name: str, known: Mapping[str, DomainSpec], suite: Suite) -> DomainSpec:
    """One of them.

    Raises:
        UsageError: there is none of that name; the message names the nearest and where to look.
    """
    if name in known:
        return known[name]
    raise unknown("domain", name, [*known, *_lying(suite)], listing="dabench list domains")


def _lying(suite: Suite) -> Iterable[str]:
    if suite.domains is None:
        return []
    from dabench.domains.own.specs import own_names

    return own_names(suite.domains)


def no_recording(pair: str, domains: Mapping[str, DomainSpec]) -> str:
    """Why a pair cannot be of the track paired; empty if it can.

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
