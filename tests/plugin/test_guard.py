"""Plugins that hang, exit, print or yield nonsense: each is named, and the others go on."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest

from dabench.plugin.guard import PluginFault, guarded
from dabench.plugin.registry import load_registry
from dabench.specs.spec import MethodSpec

GOOD = """
from dabench import MethodSpec, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(name="good", entry_point="good:Method", summary="for tests")
"""
HOOK = "from dabench import hookimpl\n@hookimpl\ndef dabench_methods():\n    {}\n    yield\n"
SPEC = "from dabench import MethodSpec, hookimpl\n@hookimpl\ndef dabench_methods():\n    yield MethodSpec(**{})\n"
PLAIN = {"name": "x", "entry_point": "a:B", "summary": "s"}
UNCHECKED = """
from dataclasses import dataclass
from dabench import MethodSpec, hookimpl

@dataclass(frozen=True, kw_only=True)
class Loose(MethodSpec):
    def __post_init__(self):
        pass

@hookimpl
def dabench_methods():
    yield Loose(name="x", entry_point="a:B", summary=None)
"""

ODD = {
    "hangs": ("import time\ntime.sleep(30)", r"it took more than 1 s; DABENCH_PLUGIN_TIMEOUT allows more"),
    "hangs in a hook": (HOOK.format("while True: pass"), r"it took more than 1 s"),
    "hangs behind an except": (
        "import time\ntry:\n    time.sleep(30)\nexcept Exception:\n    pass",
        r"it took more than 1 s",
    ),
    "exits": ("import sys\nsys.exit(3)", "it raised SystemExit: 3"),
    "exits in a hook": (HOOK.format("raise SystemExit('bye')"), "it raised SystemExit: bye"),
    "exits at once": ("import os\nos._exit(3)", r"it called os\._exit\(3\)"),
    "exits at once by another name": ("from os import _exit\n_exit(0)", r"it called os\._exit\(0\)"),
    "exits at once in posix": ("import posix\nposix._exit(0)", r"it called os\._exit\(0\)"),
    "pretends Ctrl-C": ("raise KeyboardInterrupt", "it raised KeyboardInterrupt, and nobody pressed"),
    "odd": ("class Odd(BaseException): pass\nraise Odd('no exception')", "it raised Odd: no exception"),
    "generator exit in a hook": (HOOK.format("raise GeneratorExit"), "it raised GeneratorExit"),
    "no summary": (SPEC.format({**PLAIN, "summary": None}), "'x': summary must be text, not None"),
    "tracks as text": (SPEC.format({**PLAIN, "tracks": "paired"}), "tracks must be a tuple of texts, not 'paired'"),
    "search as list": (SPEC.format({**PLAIN, "search": [1]}), "search must be a mapping"),
    "flag as text": (SPEC.format({**PLAIN, "sees_target_labels": "no"}), "must be True or False, not 'no'"),
    "no citation": (SPEC.format({**PLAIN, "citation": None}), "citation must be text, not None"),
    "unchecked": (UNCHECKED, "summary must be text, not None"),
}


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    load_registry()  # the own plugins are imported then, and take no time
    monkeypatch.setenv("DABENCH_PLUGIN_TIMEOUT", "1")


@pytest.mark.slow
@pytest.mark.parametrize(("source", "error"), ODD.values(), ids=ODD)
def test_a_plugin_that_behaves_oddly_is_named_and_the_others_go_on(site, patience, source: str, error: str) -> None:
    site.install("aaa-odd", {"odd": "odd_hooks"}, odd_hooks=source)
    site.install("zzz-good", {"good": "good_hooks"}, good_hooks=GOOD)
    exits, handlers = os._exit, [signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGINT)]
    registry = load_registry()
    (broken,) = registry.broken
    assert str(broken.origin) == "aaa-odd:odd"
    with pytest.raises(AssertionError, match=error):
        raise AssertionError(broken.error)
    assert "good" in registry.all(MethodSpec)
    assert os._exit is exits
    assert [signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGINT)] == handlers


def test_a_real_interrupt_gets_through() -> None:
    def press() -> None:
        with guarded():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        press()


def test_a_child_that_foreign_code_forks_may_exit() -> None:
    with guarded():
        child = os.fork()
        if child == 0:
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_what_keeps_the_exit_function_may_use_it_later(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    with guarded():
        kept = os._exit
        with pytest.raises(PluginFault):
            kept(1)
    kept(2)
    assert codes == [2]


LOUD = """
import os, subprocess, sys
print("printed at import")
os.write(1, b"written at import\\n")
subprocess.run([sys.executable, "-c", "print('by a child at import')"], check=True)
from dabench import hookimpl, MethodSpec

@hookimpl
def dabench_methods():
    print("printed by a hook")
    yield MethodSpec(name="loud", target="loud:Method", summary="for tests")
"""


@pytest.mark.slow
def test_what_a_plugin_prints_does_not_come_between_json(site, dabench) -> None:
    site.install("loud", {"loud": "loud_hooks"}, loud_hooks=LOUD)
    done = dabench("list", "methods", "--json")
    assert "loud" in [row["name"] for row in json.loads(done.stdout)]
    for text in ("printed at import", "written at import", "by a child at import", "printed by a hook"):
        assert text in done.stderr


STARRED = """
from dabench import *

@hookimpl
def dabench_methods():
    yield MethodSpec(name="starred", target="starred:Method", summary="for tests")
"""


@pytest.mark.slow
def test_a_hook_module_that_imports_torch_is_warned_about(site, dabench) -> None:
    site.install("starred", {"starred": "starred_hooks"}, starred_hooks=STARRED)
    done = dabench("list", "methods", DABENCH_PLUGIN_TIMEOUT="200")
    assert done.returncode == 0
    assert "starred" in done.stdout
    assert "Warning: plugin starred:starred (starred_hooks): its hook module imports torch" in done.stderr
    assert "from dabench import *" in done.stderr


@pytest.mark.slow
def test_what_two_plugins_claim_stops_no_other_command(site, dabench) -> None:
    source = GOOD.replace("good", "mmd")
    for name in ("acme", "rival"):
        site.install(name, {name: f"{name}_hooks"}, **{f"{name}_hooks": source})
    done = dabench("list", "methods", "--json")
    names = [row["name"] for row in json.loads(done.stdout)]
    assert "dann" in names
    assert "mmd" not in names
    assert "two plugins claim the method 'mmd': acme:acme and" in done.stderr
    refused = dabench("run", "mini", "--methods", "mmd")
    assert refused.returncode == 4
    assert "two plugins claim the method 'mmd'" in refused.stderr
    assert "Traceback" not in refused.stderr
