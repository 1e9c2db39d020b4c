"""What the README shows is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from dabench.config.suite import Suite
from dabench.plugin.registry import Registry, load_registry
from dabench.results.csv_file import columns
from tests.support.toy_runs import plan_of, run

ROOT = Path(__file__).parents[2]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


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


def test_the_suite_is_valid() -> None:
    own_data, full = _blocks("yaml")
    assert own_data in (ROOT / "docs/own_data.md").read_text()  # whose test reads it
    suite = Suite.model_validate(yaml.safe_load(full))
    assert suite.methods[1].as_ == "strong"


@pytest.mark.parametrize("line", [line for block in _blocks("console") for line in block.splitlines()])
def test_commands_exist(line: str) -> None:
    command = line.removeprefix("$ ").partition("  #")[0].split()
    if command[0] == "make":
        assert re.search(rf"^{command[1]}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
        return
    from dabench.cli.main import cli

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
