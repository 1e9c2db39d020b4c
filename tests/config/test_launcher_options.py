"""Options of a launcher, from the command line and from dabench.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.config.launcher_options import launcher_options
from dabench.errors import UsageError


def test_the_command_line_comes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dabench.toml"
    file.write_text('[launcher.ray]\naddress = "10.0.0.1:6379"\ngpus = 1\n[launcher.slurm]\nminutes = 5\n')
    found = launcher_options("ray", ["gpus=0.5"], file)
    assert found == {"address": "10.0.0.1:6379", "gpus": 0.5}
    assert launcher_options("slurm", [], file) == {"minutes": 5}
    assert launcher_options("processes", [], file) == {}


def test_values_are_yaml_and_the_file_need_not_exist(tmp_path: Path) -> None:
    texts = ["address=tcp://host:8786", "local=true", "more={qos: low}", "memory-gb=2"]
    assert launcher_options("x", texts, tmp_path / "none.toml") == {
        "address": "tcp://host:8786", "local": True, "more": {"qos": "low"}, "memory_gb": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "content", "words"),
    [
        (["gpus"], "", "not of the form option=value"),
        (["gpus=1", "gpus=2"], "", "given twice"),
        (["gpus=["], "", "not valid YAML"),
        ([], "launcher = 3", "holds tables"),
        ([], "[suite]\nname = 1", "holds tables"),
        ([], "launcher.ray = 1", "no table of options"),
        ([], "[launcher", "cannot be read"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, texts: list[str], content: str, words: str) -> None:
    file = tmp_path / "dabench.toml"
    file.write_text(content)
    with pytest.raises(UsageError, match=words):
        launcher_options("ray", texts, file)
