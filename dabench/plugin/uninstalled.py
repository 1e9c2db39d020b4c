"""Methods that no plugin registers: of a file, or a class of the program that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dabench.hashing.sources import foreign_imports, source_sha256
from dabench.specs.spec import MethodSpec


@dataclass(frozen=True, kw_only=True)
class UninstalledMethodSpec(MethodSpec):
    """A method that no plugin registers.

    Attributes:
        sha256: of what it computes by.
    """

    sha256: str


def method_sha256(spec: MethodSpec) -> str:
    """The hash of the sources behind a method."""
    return spec.sha256 if isinstance(spec, UninstalledMethodSpec) else source_sha256(spec.entry_point)


def packages_of(spec: MethodSpec) -> frozenset[str]:
    """The packages that the sources behind a method import; of one that no plugin registers nobody has looked."""
    return frozenset() if isinstance(spec, UninstalledMethodSpec) else foreign_imports(spec.entry_point)


def snake(name: str) -> str:
    """`my_method` for `MyMethod`, `dann_plus` for `DANNPlus`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub("_+", "_", parted.lower()).strip("_")
