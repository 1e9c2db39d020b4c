"""`docs/how-to/data.md` says what the tests show, and names commands and examples that work."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from click.testing import CliRunner

from dabench.cli.data.command import command

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/how-to/data.md").read_text()
TESTS = ("data/acquire/test_fetch.py", "data/acquire/test_unpack.py", "end_to_end/test_killed.py")
PICTURES = ("domains/objects", "data/pictures")  # their faults are on the page, but not all of their tests
PLAIN = {  # tests of what happens without a fault
    "test_a_file_is_fetched_checked_and_decoded",
    "test_what_only_a_person_can_get_is_not_asked_for",
    "test_an_archive_is_unpacked_and_what_is_not_wanted_is_left",
}


def test_every_fault_is_a_test_and_every_test_a_fault() -> None:
    rows = re.findall(r"^\| .+ \| .+ \| `(test_\w+)` \|$", TEXT, flags=re.MULTILINE)
    assert len(rows) == len(set(rows)) > 20
    found = {name for file in TESTS for name in _tests(ROOT / "tests" / file)}
    assert found - PLAIN <= set(rows)
    assert found >= PLAIN
    pictures = {
        name for folder in PICTURES for file in (ROOT / "tests" / folder).glob("test_*.py") for name in _tests(file)
    }
    assert set(rows) <= found | pictures


def _tests(file: Path) -> set[str]:
    nodes = ast.parse(file.read_text()).body
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_command_is_there() -> None:
    named = set(re.findall(r"dabench data (\w+)", TEXT))
    assert named <= set(command.commands)
    for option in re.findall(r"`(--[a-z]+)`", TEXT):
        helps = "".join(CliRunner().invoke(command, [name, "--help"]).output for name in named)
        assert option in helps


def test_the_example_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    assert names["CATS"].archive
