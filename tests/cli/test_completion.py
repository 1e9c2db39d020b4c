"""Completion at the prompt, as a shell asks for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from dabench.cli.completion import complete_methods, complete_pairs, complete_suites
from dabench.cli.main import cli
from dabench.config import overrides, settings
from dabench.plugin.registry import load_registry
from dabench.specs.spec import MethodSpec

HOOKS = """
from dabench import SuiteSpec, hookimpl

@hookimpl
def dabench_suites():
    yield SuiteSpec(name="pets", entry_point="pets_suite:pets.yaml", summary="cats to dogs")
"""


@click.command()
@click.argument("suite", required=False, shell_complete=complete_suites)
@click.option("--pairs", shell_complete=complete_pairs)
@click.option("--methods", shell_complete=complete_methods)
def command(suite: str | None, pairs: str | None, methods: str | None) -> None:
    """Stand in for the commands that use these callbacks."""


@pytest.fixture
def pets(site) -> None:
    """A plugin with a suite."""
    site.install("pets", {"pets": "pets_hooks"}, pets_hooks=HOOKS)
    (site.path / "pets_suite").mkdir()
    (site.path / "pets_suite" / "__init__.py").write_text("")
    (site.path / "pets_suite" / "pets.yaml").write_text("pairs: ['cats:dogs', 'cats:mice']")


def complete(*words: str) -> list[str]:
    """The offers for the last word."""
    completion = click.shell_completion.ShellComplete(command, {}, "probe", "_PROBE_COMPLETE")
    return [
        item.value if item.type == "plain" else f"<{item.type}>"
        for item in completion.get_completions(list(words[:-1]), words[-1])
    ]


def test_suites(pets) -> None:
    assert {"mini", "pets"} <= set(complete(""))
    assert complete("pe") == ["pets"]


def test_a_word_that_is_no_suite_may_be_a_file() -> None:
    assert complete("my_suite.ya") == ["<file>"]


@pytest.mark.parametrize(
    ("word", "offered"),
    [
        ("da", ["dann"]),
        ("deep-c", ["deep_coral"]),
        ("dann,deep-c", ["dann,deep_coral"]),
        ("deep-coral,dann,deep-c", []),
        ("xyz", []),
        ("xyz,da", ["xyz,dann"]),
    ],
)
def test_methods(word: str, offered: list[str]) -> None:
    assert complete("--methods", word) == offered


def test_pairs_of_the_named_suite(pets) -> None:
    assert complete("pets", "--pairs", "") == ["cats:dogs", "cats:mice"]
    assert complete("pets", "--pairs", "cats:dogs,c") == ["cats:dogs,cats:mice"]


def test_pairs_of_all_suites(pets) -> None:
    assert {"cats:dogs", "digits:digits_m"} <= set(complete("--pairs", ""))


def test_nothing_is_raised_at_the_prompt(site, pets) -> None:
    (site.path / "pets_suite" / "pets.yaml").write_text("pairs: [")
    assert complete("pets", "--pairs", "") == []
    site.install("thief", {"thief": "thief_hooks"}, thief_hooks=HOOKS)
    assert "mini" in complete("")  # what two plugins claim is not offered, and all else is
    assert "pets" not in complete("")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "offered"),
    [("dabench ", {"run", "list", "env"}), ("dabench li", {"list"}), ("dabench list sel", {"selectors"})],
)
def test_bash_is_answered_quickly_without_torch(dabench, words: str, offered: set[str]) -> None:
    count = str(len(words.split(" ")) - 1)
    done = dabench(_DABENCH_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=count, PYTHONVERBOSE="")
    assert done.returncode == 0
    assert not done.stderr
    assert {line.split(",")[1] for line in done.stdout.splitlines()} >= offered


@pytest.mark.slow
def test_the_callbacks_import_nothing_heavy() -> None:
    script = (
        "import sys, click\n"
        "from dabench.cli.completion import complete_suites, complete_pairs, complete_methods\n"
        "context = click.Context(click.Command('run'))\n"
        "for callback in (complete_suites, complete_pairs, complete_methods): assert callback(context, None, '')\n"
        "print(*{'torch', 'pandas', 'pydantic', 'rich', 'numpy', 'sklearn'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def asked(*words: str) -> list[str]:
    """The completions that the command line itself offers for the last word."""
    completion = click.shell_completion.ShellComplete(cli, {}, "dabench", "_DABENCH_COMPLETE")
    return [item.value for item in completion.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["table", "--format", "ma"], ["markdown"]),
        (["check", "--format", "ju"], ["junit"]),
        (["explain", "mini_p"], ["mini_paired", "mini_pretext"]),
        (["explain", "mini", "gl"], ["glyphs:digits"]),
        (["explain", "mini", "glyphs:digits", "deep_c"], ["deep_coral"]),
        (["versus", "mini", "deep_c"], ["deep_coral"]),
        (["table", "mini", "--pairs", "gl"], ["glyphs:digits"]),
        (["check", "mini", "--methods", "deep_c"], ["deep_coral"]),
        (["run", "--set", "dann."], ["dann.weight=", "dann.gamma="]),
        (["run", "--set", "deep-coral.w"], ["deep_coral.weight="]),
        (["run", "--set", "optimiser.l"], ["optimiser.lr="]),
        (["run", "--set", "selec"], ["selector="]),
        (["run", "--launcher", "in"], ["inline"]),
        (["tune", "dann", "--score", "rev"], ["reverse_validation"]),
        (["table", "--selector", "sn"], ["snd"]),
    ],
)
def test_commands_complete_their_words(words: list[str], offered: list[str]) -> None:
    assert asked(*words) == offered


def test_pairs_of_a_suite_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text("pairs: [photos:sketches, {pair: 'photos:clipart'}]")
    assert asked("explain", "my.yaml", "ph") == ["photos:sketches", "photos:clipart"]
    Path("my.yaml").write_text("pairs: photos:sketches")
    assert asked("run", "my.yaml", "--pairs", "") == ["photos:sketches"]


def test_settings_are_those_that_there_are() -> None:
    """The names come from the sources; the classes themselves know them as well."""
    offered = asked("run", "--set", "")
    registry = load_registry()
    for name, method in registry.specs(MethodSpec).items():
        expected = {f"{name}.{option}=" for option in method.load().Options.model_fields}
        assert {item for item in offered if item.startswith(f"{name}.")} == expected
    for name, section in settings.SECTIONS.items():
        expected = {f"{name}.{key}=" for key in section.model_fields if key != "options"}
        assert {item for item in offered if item.startswith(f"{name}.")} == expected
    assert {f"{key}=" for key in (*overrides.SCALARS, *overrides.OF_SUITE)} == {
        item for item in offered if "." not in item
    }
