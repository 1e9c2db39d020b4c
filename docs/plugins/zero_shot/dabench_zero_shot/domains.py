"""Domains of signs with some of the classes, made from the domains that other plugins bring."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from dabench import DomainArrays, Split
from dabench_zero_shot.signs import UNSEEN


def syn_signs_seen(train: int = 4_300, test: int = 430) -> DomainArrays:
    """The first drawn signs, those of the seen classes kept."""
    return some_classes(arrays_of("syn_signs", train=train, test=test), unseen=False)


def gtsrb_seen() -> DomainArrays:
    """Photographs of the seen classes."""
    return some_classes(arrays_of("gtsrb"), unseen=False)


def gtsrb_unseen() -> DomainArrays:
    """Photographs of the unseen classes."""
    return some_classes(arrays_of("gtsrb"), unseen=True)


def arrays_of(name: str, **arguments: Any) -> DomainArrays:
    """The arrays of a domain that an installed plugin brings.

    Args:
        name: of the domain.
        arguments: of its loader.

    Raises:
        LookupError: no plugin brings it.
    """
    for entry in entry_points(group="dabench"):
        for spec in getattr(entry.load(), "dabench_domains", list)():
            if spec.name == name:
                arrays: DomainArrays = spec.load()(**arguments)
                return arrays
    raise LookupError(f"no installed plugin brings the domain {name!r}: `dabench list domains` shows those there are")


def some_classes(arrays: DomainArrays, *, unseen: bool) -> DomainArrays:
    """The examples of the unseen classes, or those of the others; the names of all classes stay."""

    def kept(split: Split) -> Split:
        rows = np.isin(split.y, UNSEEN) == unseen
        return Split(split.x[rows], split.y[rows], None if split.groups is None else split.groups[rows])

    return replace(arrays, train=kept(arrays.train), test=kept(arrays.test))
