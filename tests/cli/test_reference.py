"""Pages of reference that are made from the code."""

from __future__ import annotations

import inspect
import re

import pytest

from dabench.cli.main import COMMANDS
from dabench.cli.reference import commands_page, hooks_page, suites_page
from dabench.plugin import hookspecs
from dabench.plugin.registry import load_registry
from dabench.specs.spec import SuiteSpec

HOOKS = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("dabench_")}


def test_every_hook_has_its_signature_and_an_example() -> None:
    page = hooks_page()
    assert len(HOOKS) > 10
    for name, hook in HOOKS.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        signature = re.search(rf"^def {name}\((.*)\) -> ", section, flags=re.MULTILINE)
        assert signature, name
        arguments = list(inspect.signature(hook).parameters)
        assert re.findall(r"(?:^|, )(\w+): ", signature[1]) == arguments
        assert section.count("```python\n") == 2, "a signature and an example"


def test_every_command_has_its_help() -> None:
    page = commands_page()
    headings = re.findall(r"^## (.*)$", page, flags=re.MULTILINE)
    assert set(COMMANDS) == {heading.split()[1] for heading in headings[1:]}
    assert "dabench results audit" in headings
    assert page.count("Usage: dabench ") == len(headings)
    assert max(map(len, page.splitlines())) <= 100


@pytest.mark.slow
def test_every_shipped_suite_is_a_line() -> None:
    registry = load_registry()
    page = suites_page(registry)
    own = {name for name, found in registry.all(SuiteSpec).items() if found.origin.distribution == "dabench"}
    assert set(re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)) == own
    assert "mini_paired" in own
    assert re.search(
        r"^\| `mini_paired` \| small digits .* \| paired \| 1 \| .* \| 300 \| mini_cnn \|$", page, re.MULTILINE
    )
