"""Every block of code on a page for users is run here, or read as what it is; a block that cannot be run says why.

Programs run, in the order of their page. Suites and workflows are validated. Of commands every word is parsed, up to
the files that they name; that those print what the page shows, `test_readme.py` and `test_action.py` say.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from dabench.cli.main import cli
from dabench.config.suite import Suite

ROOT = Path(__file__).parents[2]
FENCE = re.compile(
    r"^(?:<!-- not run: (?P<why>.+?) -->\n)?(?P<indent> *)```(?P<language>[\w-]*)\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
OUTPUT = {"text", "math"}  # what a program prints; formulae, which the strict build of the site converts
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "results/README.md"))]
)
MINE = """
from dabench import MethodSpec, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(name="my_method", entry_point="dabench_plugins.coral:Coral", summary="")
"""
PROGRAMS = ("cd", "git", "source")  # of the system, without a word of ours


@dataclass(frozen=True)
class Block:
    """A block of code: its page, language and text, and the reason why it is not run."""

    page: str
    language: str
    code: str
    why: str | None


def blocks() -> list[Block]:
    """All blocks of the pages, without their indentation."""
    found = []
    for page in PAGES:
        for match in FENCE.finditer(page.read_text(encoding="utf-8")):
            lines = [line.removeprefix(match["indent"]) for line in match["code"].splitlines(keepends=True)]
            found.append(Block(str(page.relative_to(ROOT)), match["language"], "".join(lines), match["why"]))
    return found


BLOCKS = blocks()
RUN = [block for block in BLOCKS if block.why is None]


def of(language: str) -> list[Block]:
    return [block for block in RUN if block.language == language]


def test_every_block_is_of_a_known_language() -> None:
    known = {"console", "python", "toml", "yaml", *OUTPUT}
    assert {(block.page, block.language) for block in RUN if block.language not in known} == set()
    assert len(of("console")) > 20


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.slow if page == "docs/reference/python.md" else ())
        for page in sorted({block.page for block in of("python") if block.page != "README.md"})
    ],
)
def test_programs_run(page: str, site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # What the reader has written by then: a method of this name.
    site.install("mine", {"mine": "mine"}, mine=MINE)
    names: dict[str, object] = {"__name__": page}
    for block in of("python"):
        if block.page == page:
            exec(compile(block.code, page, "exec"), names)
    assert set(names) - {"__name__", "__builtins__"}, "the programs of a page name something"


@pytest.mark.parametrize("block", of("yaml"), ids=lambda block: block.page)
def test_suites_and_workflows_are_valid(block: Block) -> None:
    content = yaml.safe_load(block.code)
    if "jobs" in content:
        assert all(job["steps"] for job in content["jobs"].values())
    else:  # a suite, or lines of one
        least = {"name": "mine", "backbone": "mini_cnn", "methods": [], "pairs": ["a:b"]}
        Suite.model_validate(least | content)


@pytest.mark.parametrize("block", of("toml"), ids=lambda block: block.page)
def test_toml_is_read(block: Block) -> None:
    assert tomllib.loads(block.code)


def words_of(line: str) -> list[str]:
    """The words of a command, without a comment and what is set for it alone."""
    words = shlex.split(line.partition("  #")[0])
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return words


COMMANDS = sorted(
    {
        (block.page, part.strip())
        for block in of("console")
        for line in block.code.splitlines()
        if line.startswith("$ ")
        for part in line.removeprefix("$ ").partition("  #")[0].split(";")
    }
)


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_commands_are_parsed(page: str, line: str) -> None:
    program, *words = words_of(line)
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    elif program == "pip":
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        named = [extra for word in words for extra in re.findall(r"dabench\[([\w,]+)\]", word)]
        assert {extra for names in named for extra in names.split(",")} <= set(extras)
    elif program == "python":
        path = words[1].replace(".", "/") + ".py" if words[0] == "-m" else words[0]
        assert (ROOT / path).is_file()
    elif program not in PROGRAMS:
        assert program == "dabench", f"{page}: {line}"
        parsed(words)


def parsed(words: list[str]) -> None:
    """Parse the words of `dabench` as the command does that they name: its options, and how many arguments it takes.

    Raises:
        click.UsageError: there is no such command or option, or an argument too many.
    """
    command: click.Command = cli
    context = click.Context(cli, info_name="dabench")
    while isinstance(command, click.Group):
        name, command, words = command.resolve_command(context, words)
        context = click.Context(command, info_name=name, parent=context)
    _, left, _ = command.make_parser(context).parse_args(list(words))
    if left:
        raise click.UsageError(f"arguments too many: {left}")


@pytest.mark.parametrize("words", ["runn mini", "run --metods dann", "explain mini a:b dann more", "docs nothing"])
def test_wrong_commands_are_found(words: str) -> None:
    with pytest.raises(click.UsageError):
        parsed(words.split())


def test_a_block_that_is_not_run_says_why() -> None:
    assert all(len(block.why.split()) > 3 for block in BLOCKS if block.why is not None)
