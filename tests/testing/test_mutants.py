"""The kit finds mistakes: each mutant is caught by the check made for it, with a message that helps."""

from __future__ import annotations

import re

import pytest

from dabench.plugin.registry import load_registry
from dabench.testing.checks import CHECKS
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import subjects
from tests.testing import (
    mutants_adaptation,
    mutants_few_shot,
    mutants_options,
    mutants_paired,
    mutants_prediction,
    mutants_process,
    mutants_seeds,
    mutants_stages,
    mutants_wall,
)
from tests.testing.mutant import Mutant

FILES = (
    mutants_adaptation,
    mutants_few_shot,
    mutants_wall,
    mutants_seeds,
    mutants_stages,
    mutants_prediction,
    mutants_process,
    mutants_options,
    mutants_paired,
)
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
    assert {mutant.check for mutant in MUTANTS} == set(FUNCTIONS) - {"gpu"}  # see test_conformance.py
