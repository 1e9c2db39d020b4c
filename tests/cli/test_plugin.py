from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from dabench.plugin.registry import Registry, load_registry
from dabench.plugin.scaffold import KINDS, project_files

NO_OP = """
    from torch.nn.functional import cross_entropy
    from dabench import DeepMethod

    class NoOp(DeepMethod):
        def losses(self, batch):
            return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}
"""
HOOKS = """
    from dabench import MethodSpec, hookimpl

    @hookimpl
    def dabench_methods():
        common = {"entry_point": "no_op:NoOp", "summary": "for tests"}
        yield MethodSpec(name="no_op", **common)
        yield MethodSpec(name="honest", expected_failures={"adapts": "it is a bound"}, **common)
        yield MethodSpec(name="outdated", expected_failures={"resume": "it once forgot"}, **common)
        yield MethodSpec(name="misspelt", expected_failures={"wal": "it peeks"}, **common)
        yield MethodSpec(name="strange_toy", toy="picture", **common)
        yield MethodSpec(name="no_method", entry_point="collections:Counter", summary="for tests")
"""


@pytest.fixture
def no_op(site) -> None:
    site.install("no-op", {"no_op": "no_op_hooks"}, no_op=NO_OP, no_op_hooks=HOOKS)


@pytest.mark.slow
@pytest.mark.usefixtures("no_op")
def test_a_method_that_does_nothing_fails(dabench_here) -> None:
    done = dabench_here("plugin", "check", "no-op", "-k", "wall,adapts")
    assert (done.returncode, done.stderr) == (1, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:3]] == [["ok", "wall"], ["FAILED", "adapts"]]
    for line in ("expected  an accuracy of at least 0.", "fix       look for a wrong sign"):
        assert line in done.stdout
    assert re.search(r"source_only has (0\.\d+)\n *got       \1\n", done.stdout)
    assert "1 passed, 1 failed in" in done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("no_op")
@pytest.mark.parametrize(
    ("method", "check", "code", "says"),
    [
        ("honest", "adapts", 0, "it is a bound"),
        ("outdated", "resume", 1, "Take it out of expected_failures"),
        ("misspelt", "wall", 2, "unknown check 'wal'. Did you mean 'wall'"),
        ("strange_toy", "wall", 2, "no toy 'picture' for the method strange_toy, but images"),
        ("no_method", "wall", 4, "is neither a DeepMethod nor a FeatureMethod"),
    ],
)
def test_what_a_spec_says(dabench_here, method: str, check: str, code: int, says: str) -> None:
    done = dabench_here("plugin", "check", method, "-k", check)
    assert done.returncode == code
    assert says in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["dan"], "unknown method 'dan'. Did you mean 'dann'"),
        (["dann", "-k", "seeds"], "unknown check 'seeds'. Did you mean 'same_seed'"),
        ([], "Missing argument 'METHOD'"),
    ],
)
def test_wrong_usage(dabench_here, arguments: list[str], says: str) -> None:
    done = dabench_here("plugin", "check", *arguments)
    assert done.returncode == 2
    assert says in done.stderr


def test_the_list_of_checks(dabench_here) -> None:
    done = dabench_here("plugin", "check", "--list", "-k", "seed")
    assert done.stdout.splitlines() == [
        "same_seed          The same seed gives the same bits, whatever ran before in the process",
        "other_seed         Another seed gives another result, also in what the method adds to the network",
    ]


@pytest.mark.slow
def test_new_plugins_pass_their_own_tests(dabench_here, site, tmp_path: Path) -> None:
    """All kinds are tested by one pytest, as importing torch takes longest."""
    for kind in KINDS:
        name = f"dabench_my_{kind.replace('-', '_')}"
        done = dabench_here("plugin", "new", f"my-{kind}", "--into", "made", "--kind", kind)
        assert done.returncode == 0, done.stderr
        folder = tmp_path / "made" / f"dabench-my-{kind}"
        assert sorted(done.stdout.split()) == sorted(
            f"made/dabench-my-{kind}/{path}"
            for path in (
                "README.md",
                f"{name}/__init__.py",
                f"{name}/hooks.py",
                f"{name}/{KINDS[kind].file.format(name=name.removeprefix('dabench_'))}",
                "pyproject.toml",
                f"tests/test_{name.removeprefix('dabench_')}.py",
            )
        )
        project = tomllib.loads((folder / "pyproject.toml").read_text())
        assert project["tool"]["setuptools"]["packages"] == [name]
        site.install(project["project"]["name"], project["project"]["entry-points"]["dabench"])
        (site.path / name).symlink_to(folder / name)
    # Of the kit, all is run once.
    whole = [f"my_{kind.replace('-', '_')}" for kind in KINDS if kind == "deep" or not KINDS[kind].is_method]
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-W", "error", "-p", "no:cacheprovider"]
    tests = subprocess.run(
        [*command, "-k", " or ".join([*whole, "contract", "wall"])],
        cwd=tmp_path / "made", env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tests.returncode == 0, tests.stdout + tests.stderr
    passed = Counter(re.findall(r"^PASSED dabench-my-([a-z-]+)/", tests.stdout, flags=re.MULTILINE))
    assert set(passed) == set(KINDS)
    assert passed["deep"] == 30


@pytest.fixture
def registry_with(site, monkeypatch) -> Callable[[str], Registry]:
    """The plugins of this environment, with a new project among them."""

    def made(kind: str) -> Registry:
        for path, text in project_files("my_idea", kind).items():
            if path.startswith("dabench_my_idea/"):
                (site.path / path).parent.mkdir(exist_ok=True)
                (site.path / path).write_text(text)
        site.install("dabench-my-idea", {"my_idea": "dabench_my_idea.hooks"})
        for module in [name for name in sys.modules if name.startswith("dabench_my_idea")]:
            monkeypatch.delitem(sys.modules, module)
        return load_registry()

    return made


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_new_plugin_brings_is_installed(registry_with: Callable[[str], Registry], kind: str) -> None:
    registry = registry_with(kind)
    assert not registry.broken
    assert registry.get(KINDS[kind].spec, "my_idea").load() is not None


PAGES = Path(__file__).parents[2] / "docs/plugins"


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_kind_shows_what_is_written(kind: str) -> None:
    page = (PAGES / f"{kind}.md").read_text()
    files = project_files(f"my_{kind.replace('-', '_')}", kind)
    code = [text for path, text in files.items() if path.startswith("dabench_") and not path.endswith("__init__.py")]
    blocks = re.findall(r"```(?:python|yaml)\n(.*?)```", page, flags=re.DOTALL)
    assert blocks == code
    assert max(len(block.splitlines()) for block in blocks) < 40
    assert f"dabench plugin new my-{kind} --kind {kind}" in page
    assert f"]({kind}.md)" in (PAGES / "index.md").read_text()


def test_a_kind_that_is_none(dabench_here) -> None:
    done = dabench_here("plugin", "new", "mine", "--kind", "metod")
    assert done.returncode == 2
    assert "'metod' is not one of" in done.stderr


@pytest.mark.parametrize(
    ("name", "says"),
    [("dann", "there is a method 'dann' already"), ("My Idea", "cannot be the name of a method")],
)
def test_a_name_that_cannot_be(dabench_here, name: str, says: str) -> None:
    done = dabench_here("plugin", "new", name)
    assert done.returncode == 2
    assert says in done.stderr


def test_a_folder_that_is_there_is_left_alone(dabench_here, tmp_path: Path) -> None:
    (tmp_path / "dabench-mine").mkdir()
    done = dabench_here("plugin", "new", "mine")
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert not list((tmp_path / "dabench-mine").iterdir())
