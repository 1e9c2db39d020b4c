"""Facts that are kept of the classes of methods, so that a plan need not import them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch  # noqa: F401 - where it is, classes are imported in the process that asks for them

from dabench.planning import class_import
from dabench.planning.class_facts import ClassFacts
from dabench.plugin.registry import Registry
from dabench.specs.spec import BackboneSpec, MethodSpec

HOOKS = """
from dabench import MethodSpec, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(name="kept", target="kept_method:Kept", summary="for tests")
"""
METHOD = """
from dabench import FeatureMethod

class Kept(FeatureMethod):
    class Options(FeatureMethod.Options):
        weight: float = {weight}
    def fit(self, problem): self.model = self.classifier(); self.model.fit(problem.source_x, problem.source_y)
    def predict(self, x): return self.model.decision_function(x)
"""
SCRIPT = """
import resource
import sys
from dabench.planning.class_facts import ClassFacts
from dabench.plugin.registry import load_registry
from dabench.specs.spec import MethodSpec
if __name__ == "__main__":
    with ClassFacts.kept() as facts:
        found = facts.of_method(load_registry().get(MethodSpec, "kept").spec, {})
        facts.keep()
    imported = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
    print(found.options["weight"], found.is_feature_method, imported, "torch" in sys.modules)
"""


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of this process are those of dabench: other tests have imported some that are gone."""
    monkeypatch.setattr(class_import, "imported_files", lambda: [str(class_import.__file__)])


@pytest.fixture
def ask(site, data: Path, tmp_path: Path):
    """The answer of a new process about the method `kept`.

    These are its weight, its form, whether another process imported the class, and whether torch is in the one asked.
    """

    def run() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=os.environ, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    site.install("kept", {"kept": "kept_hooks"}, kept_hooks=HOOKS, kept_method=METHOD.format(weight=1.5))
    return run


@pytest.mark.slow
def test_what_is_kept_holds_until_the_code_changes(ask, site) -> None:
    assert ask() == ["1.5", "True", "True", "False"]
    assert ask() == ["1.5", "True", "False", "False"]
    (site.path / "kept_method.py").write_text(METHOD.format(weight=2.5))
    assert ask() == ["2.5", "True", "True", "False"]
    assert ask() == ["2.5", "True", "False", "False"]


def test_nothing_is_kept_of_a_file_that_changed_meanwhile(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = ClassFacts(tmp_path / "facts.json")
    facts.of_method(registry.get(MethodSpec, "toy_mean").spec, {})
    monkeypatch.setattr("dabench.planning.class_import.BEGUN", 0)
    facts.keep()
    assert not (tmp_path / "facts.json").exists()


def test_options_that_look_at_more_than_their_code_are_not_kept(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    facts = ClassFacts(path)
    spec = registry.get(BackboneSpec, "resnet18").spec
    assert facts.of_backbone(spec, {"weights": "none", "frozen": True}).freezes
    assert not facts.of_backbone(spec, {"weights": "none"}).freezes
    facts.of_backbone(registry.get(BackboneSpec, "toy_net").spec, {"hidden": 3})
    facts.keep()
    (kept,) = json.loads(path.read_text())["facts"].values()
    assert kept["options"]["hidden"] == 3


@pytest.mark.parametrize("content", ["", "[]", '{"files": {}, "facts": []}', '{"files": {"/nowhere": null}}'])
def test_a_file_that_holds_something_else_is_made_anew(registry: Registry, tmp_path: Path, content: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(content)
    facts = ClassFacts(path)
    assert facts.of_method(registry.get(MethodSpec, "toy_mean").spec, {}).options == {"strength": 1.0}
    facts.keep()
    assert json.loads(path.read_text())["facts"]
