"""A method from a file: its name, its identity, and what is said of files that are none."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

from dabench import DeepMethod
from dabench.errors import PluginError, UsageError
from dabench.hashing.sources import source_sha256
from dabench.plugin.method_file import with_files
from dabench.plugin.registry import Registry
from dabench.plugin.uninstalled import method_sha256
from dabench.specs.spec import TRACKS, MethodSpec
from tests.support.method_file import SOURCE

HOOK = """
from dabench import MethodSpec, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(name="mine", entry_point="x:MyMethod", summary="so it is", tracks=("few_shot",), title="Mine!")
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`my_method.py` in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my_method.py"
    path.write_text(SOURCE)
    return path


def test_the_class_gives_the_name(file: Path, registry: Registry) -> None:
    wider, names = with_files(registry, ["dann", "./my_method.py:MyMethod", "my_method.py:DANNPlus", "dann:long"])
    assert names == ["dann", "my_method", "dann_plus", "dann:long"]
    found = wider.get(MethodSpec, "my-method")
    assert (found.spec.summary, found.spec.tracks) == ("Learn from the source alone.", TRACKS)
    assert (found.origin.distribution, found.origin.version) == ("my_method.py:MyMethod", "file")
    assert issubclass(found.load(), DeepMethod)
    assert found.load().Options().weight == 0.5
    assert "my_method" not in registry.all(MethodSpec)


def test_a_hook_in_the_file_says_more(file: Path, registry: Registry) -> None:
    file.write_text(SOURCE + HOOK)
    wider, names = with_files(registry, ["my_method.py:MyMethod"])
    spec = wider.get(MethodSpec, "mine").spec
    assert (names, spec.tracks, spec.label) == (["mine"], ("few_shot",), "Mine!")
    assert spec.load().__name__ == "MyMethod"


def identity(registry: Registry, word: str = "my_method.py:MyMethod") -> str:
    wider, (name,) = with_files(registry, [word])
    return method_sha256(wider.get(MethodSpec, name).spec)


def test_the_syntax_of_the_file_is_its_identity(file: Path, registry: Registry) -> None:
    before = identity(registry)
    file.write_text(SOURCE.replace('"""Learn from the source alone."""', '"""Something else."""  # a comment'))
    assert identity(registry) == before
    (file.parent / "elsewhere.py").write_text(SOURCE)
    assert identity(registry, "./elsewhere.py:MyMethod") == before, "neither its name nor its place count"
    file.write_text(SOURCE.replace("0.5", "0.6"))
    assert identity(registry) != before
    assert method_sha256(registry.get(MethodSpec, "dann").spec) == source_sha256("dabench_plugins.dann:DANN")


def test_it_travels_to_a_worker_and_is_what_it_was(file: Path, registry: Registry) -> None:
    wider, _ = with_files(registry, ["my_method.py:MyMethod"])
    spec = wider.get(MethodSpec, "my_method").spec
    copy = pickle.loads(pickle.dumps(spec))
    assert copy == spec
    file.write_text(SOURCE.replace("0.5", "7"))
    assert copy.load().Options().weight == 0.5, "this process has run it already"


def test_a_file_that_changes_meanwhile_is_refused(file: Path, registry: Registry) -> None:
    source = SOURCE.replace("0.5", "0.25")  # as no other test has
    file.write_text(source)
    wider, _ = with_files(registry, ["my_method.py:MyMethod"])
    spec = wider.get(MethodSpec, "my_method").spec
    sys.modules.pop(spec.load().__module__)  # as in a worker that begins later
    file.write_text(source.replace("0.25", "3"))
    with pytest.raises(PluginError, match="has changed since the command began: the same command"):
        spec.load()


@pytest.mark.parametrize(
    ("word", "source", "message"),
    [
        ("no.py:Mine", "", "there is no file no.py: a method of a file is named as in ./my_method.py:MyMethod"),
        (
            "my_method.py",
            SOURCE,
            "names no class. Of methods it has MyMethod and DANNPlus: name one as in my_method.py:M",
        ),
        ("my_method.py:Absent", SOURCE, "has no class Absent. Of methods it has MyMethod and DANNPlus"),
        ("my_method.py:Helper", SOURCE, "has no method Helper, which is neither a DeepMethod nor a FeatureMethod"),
        ("my_method.py:DeepMethod", SOURCE, "has no method DeepMethod"),
        ("my_method.py:Mine", "x = 1", "it has none: write one: a class that inherits dabench.DeepMethod"),
        ("my_method.py:MyMethod", SOURCE + SOURCE, "defines the class MyMethod in lines 9 and 36: rename all but one"),
        ("my_method.py:DANN", SOURCE.replace("DANNPlus", "DANN"), "is called 'dann', and so is a method of the plugin"),
        ("my_method.py:_1", SOURCE.replace("DANNPlus", "_1"), "the class '_1' would be called '1', which is no name"),
    ],
)
def test_wrong_usage(word: str, source: str, message: str, file: Path, registry: Registry) -> None:
    file.write_text(source)
    with pytest.raises(UsageError) as raised:
        with_files(registry, [word])
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class MyMethod(:", "my_method.py, line 1: not valid Python: "),
        ("x = 1\n\n1 / 0\n", "my_method.py, line 3: ZeroDivisionError: division by zero."),
        (
            "import helpers",
            "line 1: ModuleNotFoundError: No module named 'helpers'. A method of a file is that file alone",
        ),
        ("import absent_module", "line 1: ModuleNotFoundError: No module named 'absent_module'."),
        ("raise SystemExit(3)", "line 1: SystemExit: 3."),
        (SOURCE + HOOK.replace("yield", "raise ValueError('no')\n    yield"), "dabench_methods raised ValueError: no"),
    ],
)
def test_files_that_cannot_be_run(source: str, message: str, file: Path, registry: Registry) -> None:
    file.write_text(source)
    (file.parent / "helpers.py").touch()
    with pytest.raises(PluginError) as raised:
        with_files(registry, ["my_method.py:MyMethod"])
    assert message in str(raised.value)


def test_two_files_with_one_name(file: Path, registry: Registry) -> None:
    (file.parent / "other.py").write_text(SOURCE.replace("0.5", "2"))
    with pytest.raises(UsageError, match="are both called 'my_method': rename one of the classes"):
        with_files(registry, ["my_method.py:MyMethod", "other.py:MyMethod"])
    assert with_files(registry, ["my_method.py:MyMethod", "./my_method.py:MyMethod"])[1] == ["my_method"] * 2
