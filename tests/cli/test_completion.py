"""Completion at the prompt, as a shell asks for it."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from dabench.cli.completion import complete_methods, complete_pairs, complete_suites

HOOKS = """
from dabench import SuiteSpec, hookimpl

@hookimpl
def dabench_suites():
    yield SuiteSpec(name="pets", target="pets_suite:pets.yaml", summary="cats to dogs")
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
    """What is offered for the last word."""
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
        ("dann,deep", ["dann,deep_coral"]),
        ("deep-coral,dann,de", []),
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
