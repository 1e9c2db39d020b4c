"""Mutants: methods with one mistake each, and the check that catches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dabench import MethodSpec
from tests.support.sound_methods import spec


@dataclass(frozen=True)
class Mutant:
    """A mistake.

    Attributes:
        spec: of the method that makes it.
        check: the name of the check that catches it.
        says: a regular expression that the message of the check matches.
    """

    spec: MethodSpec
    check: str
    says: str


class Mutants(list[Mutant]):
    """The mutants of a file."""

    def caught_by(self, check: str, says: str, **fields: Any) -> Callable[[type], type]:
        """Decorate the class of a mutant; `fields` are those of its spec."""

        def add(cls: type) -> type:
            self.append(Mutant(spec(cls, **fields), check, says))
            return cls

        return add
