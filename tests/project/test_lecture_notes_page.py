"""docs/reference/lecture_notes.md: every command on it can be planned, and nothing that it misses is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from dabench.cli.list import command as list_command
from dabench.cli.run import command as run_command
from dabench.config.overrides import parse_overrides
from dabench.config.parse import parse_shots
from dabench.config.suite_file import find_suite
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.specs.spec import MethodSpec

PAGE = (Path(__file__).parents[2] / "docs/reference/lecture_notes.md").read_text(encoding="utf-8")
ROWS = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in PAGE.splitlines() if line[:2] == "| "]
TABLE = [row for row in ROWS if row[0] != "technique" and not row[0].startswith("---")]
COMMANDS = sorted({words for _, here in TABLE for words in re.findall(r"`dabench (.+?)`", here)})
RUNS = [words.removeprefix("run ") for words in COMMANDS if words.startswith("run ")]
REASONS = ("Missing: ", "Out of scope: ", "No method: ")


def test_every_technique_has_a_command_or_one_sentence_of_reason() -> None:
    assert len(TABLE) > 60
    assert len(dict(TABLE)) == len(TABLE)
    for technique, here in TABLE:
        if not here.startswith(REASONS):
            assert "`dabench run" in here, technique
        else:
            assert here.endswith("."), technique
            assert ". " not in here, technique


@pytest.mark.slow
@pytest.mark.parametrize("words", RUNS)
def test_a_command_is_planned(words: str, registry: Registry) -> None:
    """Suite, methods, their rows and options exist, and the methods run in the suite's track."""
    given = run_command.make_context("run", shlex.split(words)).params
    (suite,) = given["suites"] or ("mini",)
    plan = make_plan(
        find_suite(suite, registry),
        registry,
        device_kind="cpu",
        methods=given["methods"],
        seeds=(0,),
        shots=None if given["shots"] is None else parse_shots(given["shots"]),
        overrides=parse_overrides(given["assignments"], None),
    )
    assert plan.runs


def test_other_commands_are_parsed() -> None:
    others = [words for words in COMMANDS if not words.startswith("run ")]
    assert others == ["list backbones"]
    list_command.make_context("list", shlex.split(others[0].removeprefix("list ")))


def test_what_is_missing_is_not_there(registry: Registry) -> None:
    there = set(registry.all(MethodSpec))
    missing = {name for _, here in TABLE if here.startswith("Missing: method") for name in re.findall(r"`(\w+)`", here)}
    assert not missing & there, "a row says that it is missing: give the command that runs it"
