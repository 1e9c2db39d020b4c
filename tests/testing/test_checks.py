"""The kit finds mistakes: each mutant is caught by the check made for it, with a message that helps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dabench.plugin.registry import load_registry
from dabench.testing.checks import CHECKS
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import subjects
from tests.support.mutants import (
    adaptation,
    few_shot,
    frozen,
    options,
    paired,
    prediction,
    process,
    seeds,
    stages,
    wall,
)
from tests.support.mutants.mutant import Mutant

FILES = (adaptation, few_shot, frozen, wall, seeds, stages, prediction, process, options, paired)
MUTANTS = [mutant for file in FILES for mutant in file.MUTANTS]
FUNCTIONS = {check.name: check.function for check in CHECKS}


def marked() -> Iterator[Any]:
    """The mutants; all but the first of each check are part of a long sweep, as are those that start many threads."""
    seen = {"thread_count"}
    for mutant in MUTANTS:
        marks = [pytest.mark.slow] if mutant.check in seen else []
        seen.add(mutant.check)
        yield pytest.param(mutant, marks=marks, id=f"{mutant.spec.name}-{mutant.check}")


@pytest.mark.slow
@pytest.mark.parametrize("mutant", list(marked()))
def test_the_mutant_is_caught(mutant: Mutant) -> None:
    (subject,) = subjects(mutant.spec, load_registry())
    with pytest.raises(CheckFailedError) as caught:
        FUNCTIONS[mutant.check](subject)
    text = str(caught.value)
    assert re.fullmatch(r"\nexpected  \S.*\ngot       \S.*\nfix       \S.*", text, flags=re.DOTALL)
    assert re.search(mutant.says, text), text


def test_every_check_catches_a_mutant() -> None:
    assert {mutant.check for mutant in MUTANTS} == set(FUNCTIONS) - {"gpu"}  # see tests/end_to_end/test_conformance.py
