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
PLAIN = {  # tests of what happens without a fault
    "test_a_file_is_fetched_checked_and_decoded",
    "test_an_archive_is_unpacked_and_what_is_not_wanted_is_left",
}


def test_every_fault_is_a_test_and_every_test_a_fault() -> None:
    rows = re.findall(r"^\| .+ \| .+ \| `(test_\w+)` \|$", TEXT, flags=re.MULTILINE)
    assert len(rows) == len(set(rows)) > 20
    found = {
        node.name
        for name in TESTS
        for node in ast.parse((ROOT / "tests" / name).read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert set(rows) == found - PLAIN
    assert found >= PLAIN


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
