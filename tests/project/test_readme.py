"""The README, the list of commands and the pages of results are true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from dabench.cli.main import cli, main
from dabench.config.suite import Suite
from dabench.plugin.registry import Registry, load_registry
from dabench.results.csv_file import columns
from tests.support.toy_runs import plan_of, run

ROOT = Path(__file__).parents[2]
RESULTS = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs/results").glob("*.md"))
PAGES = ["README.md", "docs/reference/commands.md", "docs/tutorial/first_run.md", *RESULTS]


def _blocks(language: str, page: str = "README.md") -> list[str]:
    """The fenced blocks of one language on a page."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), flags=re.DOTALL)


COMMANDS = list(
    dict.fromkeys(line for page in PAGES for block in _blocks("console", page) for line in block.splitlines())
)


@pytest.mark.slow
def test_the_plugin_works(registry: Registry, site, tmp_path: Path) -> None:
    (source,) = _blocks("python")
    (toml,) = _blocks("toml")
    project = tomllib.loads(toml)["project"]
    assert {"name", "version"} <= set(project), "or pip refuses it"
    assert project["entry-points"]["dabench"] == {"my_methods": "my_methods"}
    site.install("my-methods", {"my_methods": "my_methods"}, my_methods=source)
    records = run(plan_of(load_registry(), ["match_means"], seeds=[0]), tmp_path / "results", load_registry())
    record = records["toy_a:toy_b", "match_means", 0]
    assert record.status == "ok", record.error
    assert set(record.checkpoints[-1].losses) == {"class", "means"}
    assert record.plugin.distribution == "my-methods"


def test_it_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130


@pytest.mark.slow
def test_the_table_is_what_the_command_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")  # as where there is no terminal
    (shown,) = _blocks("text")
    (console,) = _blocks("console")
    _, command = console.splitlines()
    with pytest.raises(SystemExit) as stop:
        main(command.removeprefix("$ dabench ").split())
    assert stop.value.code == 0
    assert capsys.readouterr().out == shown


def test_the_suites_are_valid() -> None:
    (own_data,) = _blocks("yaml")
    assert own_data in (ROOT / "docs/how-to/own_data.md").read_text()  # whose test reads it
    (full,) = _blocks("yaml", "docs/reference/suites.md")
    suite = Suite.model_validate(yaml.safe_load(full))
    assert suite.methods[1].as_ == "strong"


def test_every_published_suite_has_a_page_and_every_page_a_suite() -> None:
    readme = (ROOT / "README.md").read_text()
    suites = {path.stem for path in (ROOT / "results").glob("*.csv")}
    assert {path.stem for path in (ROOT / "docs/results").glob("*.md")} == {*suites, "which_method"}
    for suite in suites:
        assert f"[{suite}](docs/results/{suite}.md)" in readme
        assert f"(../../tables/{suite}.md)" in (ROOT / f"docs/results/{suite}.md").read_text()


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_exist(line: str) -> None:
    command = line.removeprefix("$ ").partition("  #")[0].split()
    if command[0] in ("cd", "pip", "source"):
        return
    if command[0] == "make":
        assert re.search(rf"^{command[1]}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
        return
    assert command[0] == "dabench"
    parsed = cli.get_command(None, command[1])
    if isinstance(parsed, click.Group):
        parsed = parsed.get_command(click.Context(parsed), command[2])
    assert parsed is not None
    options = {name for parameter in parsed.params for name in parameter.opts}
    assert {word for word in command if word.startswith("-")} <= options


def test_every_column_of_a_result_is_explained() -> None:
    text = (ROOT / "results/README.md").read_text()
    known = set(re.findall(r"`([a-z_0-9]+)`", text))
    groups = tuple(re.findall(r"`([a-z]+_)…`", text))
    assert [name for name in columns() if name not in known and not name.startswith(groups)] == []
