"""A plugin that cannot be imported is named with the file and the line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dabench.errors import PluginError
from dabench.plugin.registry import load_registry
from dabench.specs.spec import MethodSpec
from tests.support.toy_runs import plan_of

HOOKS = """
    from dabench import MethodSpec, hookimpl
    @hookimpl
    def dabench_methods():
        yield MethodSpec(name="mine", entry_point="mine_method:Mine", summary="mine")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "from dabench import DeepMethod\n\nclass Mine(DeepMethod)\n    pass\n",
            "SyntaxError: expected ':' ({}, line 3)",
        ),
        ("x = 1\n\nraise KeyError('boom')\n", "KeyError: 'boom' ({}, line 3)"),
        ("import no_such_module\n", "No module named 'no_such_module' ({}, line 1)"),
        ("if True:\nx = 1\n", "IndentationError: expected an indented block"),
    ],
)
def test_a_method_that_cannot_be_imported(site: Any, registry: Any, source: str, words: str) -> None:
    site.install("acme", {"hooks": "mine_hooks"}, mine_hooks=HOOKS)
    file = site.path / "mine_method.py"
    file.write_text(source)
    found = load_registry()
    for ask in (lambda: found.get(MethodSpec, "mine").load(), lambda: plan_of(found, ["mine"])):
        with pytest.raises(PluginError) as raised:
            ask()
        assert words.format(file) in str(raised.value)
        assert str(file) in str(raised.value)


@pytest.mark.parametrize(
    ("hooks", "words"),
    [
        ("def dabench_methods(:\n", "SyntaxError: invalid syntax ({}, line 1)"),
        ("import sys\nraise ValueError('no')\n", "ValueError: no ({}, line 2)"),
        (HOOKS.replace('name="mine"', 'name="Not A Name"'), "must match"),
    ],
)
def test_hooks_that_cannot_be_imported_or_called(site: Any, hooks: str, words: str) -> None:
    site.install("acme", {"hooks": "mine_hooks"}, mine_hooks=hooks)
    file: Path = site.path / "mine_hooks.py"
    (broken,) = load_registry().broken
    assert words.format(file) in broken.error
    assert f"({file}, line " in broken.error
