"""The kit finds mistakes: each mutant is caught by the check made for it, with a message that helps."""

from __future__ import annotations

import re

import pytest

from dabench.plugin.registry import load_registry
from dabench.testing.checks import CHECKS
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import subjects
from tests.support.mutants import adaptation, few_shot, options, paired, prediction, process, seeds, stages, wall
from tests.support.mutants.mutant import Mutant

FILES = (adaptation, few_shot, wall, seeds, stages, prediction, process, options, paired)
MUTANTS = [mutant for file in FILES for mutant in file.MUTANTS]
FUNCTIONS = {check.name: check.function for check in CHECKS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.spec.name}-{mutant.check}")
def test_the_mutant_is_caught(mutant: Mutant) -> None:
    (subject,) = subjects(mutant.spec, load_registry())
    with pytest.raises(CheckFailedError) as caught:
        FUNCTIONS[mutant.check](subject)
    text = str(caught.value)
    assert re.fullmatch(r"\nexpected  \S.*\ngot       \S.*\nfix       \S.*", text, flags=re.DOTALL)
    assert re.search(mutant.says, text), text


def test_every_check_catches_a_mutant() -> None:
    assert {mutant.check for mutant in MUTANTS} == set(FUNCTIONS) - {"gpu"}  # see tests/end_to_end/test_conformance.py
