"""The example in each hook's documentation is a plugin that works."""

from __future__ import annotations

import inspect
import textwrap
from types import ModuleType

import pluggy
import pytest

from dabench.plugin import hookspecs
from dabench.plugin.registry import KINDS

HOOKS = {
    name: function
    for name, function in inspect.getmembers(hookspecs, inspect.isfunction)
    if name.startswith("dabench_")
}
EVENTS = ("run_started", "run_began", "step", "checkpoint", "run_finished", "suite_finished")
OBSERVERS = {f"dabench_{event}" for event in EVENTS}


def example(hook: str) -> str:
    """The code in the docstring of a hook."""
    text = inspect.getdoc(HOOKS[hook]) or ""
    return textwrap.dedent(text.partition("Example:\n")[2])


def plugin(hook: str) -> ModuleType:
    """The example as a module."""
    module = ModuleType(f"example_{hook}")
    exec(compile(example(hook), module.__name__, "exec"), module.__dict__)
    return module


def test_every_hook_is_known() -> None:
    assert set(HOOKS) == OBSERVERS | {f"dabench_{kind}" for kind in KINDS}


@pytest.mark.parametrize("hook", HOOKS)
def test_example_registers(hook: str) -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin(hook))
    manager.check_pending()
    (implementation,) = getattr(manager.hook, hook).get_hookimpls()
    assert implementation.argnames == tuple(inspect.signature(HOOKS[hook]).parameters)


@pytest.mark.parametrize("kind", KINDS)
def test_example_yields_what_the_hook_promises(kind: str) -> None:
    specs = list(getattr(plugin(f"dabench_{kind}"), f"dabench_{kind}")())
    assert [type(spec) for spec in specs] == [KINDS[kind]]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_says_what_it_is_for(hook: str) -> None:
    first_line = (inspect.getdoc(HOOKS[hook]) or "").splitlines()[0]
    assert first_line.endswith(".")
    assert inspect.signature(HOOKS[hook]).return_annotation is not inspect.Signature.empty
