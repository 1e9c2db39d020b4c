"""Classes that all domains of a suite share, and the rows of other classes, which are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dabench.domains.own.names import alike, shown
from dabench.errors import DataError


@dataclass(frozen=True)
class Shared:
    """The classes that all domains have.

    Attributes:
        classes: sorted names.
        left_out: what each domain has besides, one phrase for each class.
        notes: what each domain has besides the classes that the suite names.
    """

    classes: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, tuple[str, ...]]


def share(
    found: Mapping[str, Mapping[str, int]], chosen: Sequence[str] | None, unusable: Mapping[str, Mapping[str, str]]
) -> Shared:
    """Find the classes by name.

    Args:
        found: usable examples by domain and class.
        chosen: the classes that the suite names; None for all that there are.
        unusable: classes that a domain has and that cannot be used, with the reason.

    Raises:
        DataError: fewer than two are left, or a chosen one is missing.
    """
    domains = list(found)
    if chosen is not None:
        missing = [
            f"{shown(name)} in {domain}{_why(unusable, domain, name) or _resembling(name, found[domain])}"
            for name in chosen
            for domain in domains
            if name not in found[domain]
        ]
        if missing:
            raise DataError(f"classes that the suite names are missing: {', '.join(missing)}. {_listed(found)}")
        others = {
            domain: [f"{name} ({count:,} examples)" for name, count in classes.items() if name not in chosen]
            for domain, classes in found.items()
        }
        notes = {
            domain: (f"classes that the suite does not name: {', '.join(names)}",) if names else ()
            for domain, names in others.items()
        }
        return Shared(tuple(sorted(chosen)), dict.fromkeys(domains, ()), notes)
    common = set.intersection(*(set(classes) for classes in found.values()))
    if len(common) < 2:
        also = [f"{domain}: {shown(name)} ({why})" for domain, names in unusable.items() for name, why in names.items()]
        cannot = f" Cannot be used: {', '.join(also)}." if also else ""
        raise DataError(f"the domains {', '.join(domains)} share fewer than two classes. {_listed(found)}{cannot}")
    left_out = {
        domain: (
            *(f"the class {shown(name)}: {why}" for name, why in unusable.get(domain, {}).items()),
            *(
                f"the class {shown(name)} ({count:,} examples): {_lacking(name, found)}"
                for name, count in found[domain].items()
                if name not in common
            ),
        )
        for domain in domains
    }
    return Shared(tuple(sorted(common)), left_out, dict.fromkeys(domains, ()))


def _lacking(name: str, found: Mapping[str, Mapping[str, int]]) -> str:
    """The domains that lack a class, and the classes there that may be the same."""
    texts = [domain + _resembling(name, classes) for domain, classes in found.items() if name not in classes]
    return f"not in {', '.join(texts)}"


def _resembling(name: str, classes: Collection[str]) -> str:
    """A class that reads as this one does, and is written otherwise."""
    for other in classes:
        if other.casefold() == name.casefold():
            return f" (but {other!r}, in other capitals)"
    same = [other for other in classes if alike(other) == alike(name)]
    return f" (but {same[0]!r}, written differently from {name!r})" if same else ""


def _why(unusable: Mapping[str, Mapping[str, str]], domain: str, name: str) -> str:
    why = unusable.get(domain, {}).get(name)
    return f" ({why})" if why else ""


def _listed(found: Mapping[str, Mapping[str, int]]) -> str:
    return " ".join(
        f"{domain} has {', '.join(map(shown, sorted(classes))) or 'none'}." for domain, classes in found.items()
    )
