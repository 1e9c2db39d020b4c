"""The commands that make runs share their session."""

from __future__ import annotations

from typing import Any

import click
import pytest

from dabench.cli.plot_features import features_command
from dabench.cli.reproduce import command as reproduce_command
from dabench.cli.run import command as run_command
from dabench.cli.tune import command as tune_command
from dabench.plugin.registry import Registry

COMMANDS: dict[str, click.Command] = {
    "run": run_command,
    "tune": tune_command,
    "plot features": features_command,
    "reproduce": reproduce_command,
}
LINES = {
    "run": ["run", "toy", "--methods", "dann"],
    "tune": ["tune", "dann", "--suite", "toy", "--space", "weight=1,2"],
    "plot features": ["plot", "features", "toy_a:toy_b", "--suite", "toy", "--methods", "dann", "-o", "x.png"],
}


def facts(command: click.Command, name: str) -> dict[str, Any]:
    """The facts of an option that a user sees, but for its default and what it means for the command."""
    (option,) = (item for item in command.params if f"--{name}" in item.opts)
    seen = option.to_info_dict()
    assert seen["help"]
    return {key: seen[key] for key in ("name", "opts", "type", "envvar", "is_flag")}


@pytest.mark.parametrize("option", ["device", "launcher", "workers", "timeout", "results"])
@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_of_a_run_are_the_same_everywhere(name: str, option: str) -> None:
    found = facts(COMMANDS[name], option)
    assert found == facts(run_command, option)
    assert found["envvar"] == f"DABENCH_{option.upper()}"


@pytest.mark.parametrize("option", ["steps", "set"])
@pytest.mark.parametrize("name", ["run", "plot features"])
def test_settings_too(name: str, option: str) -> None:
    assert facts(COMMANDS[name], option) == facts(run_command, option)


@pytest.mark.parametrize("name", LINES)
def test_the_environment_names_the_launcher(name: str, registry: Registry, dabench_here, monkeypatch) -> None:
    monkeypatch.setenv("DABENCH_LAUNCHER", "slum")
    done = dabench_here(*LINES[name])
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown launcher 'slum'" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", LINES)
def test_an_interrupt_says_what_is_left(name: str, registry: Registry, dabench_here, monkeypatch) -> None:
    def interrupted(*arguments: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("dabench.runner.runner.carry_out", interrupted)
    done = dabench_here(*LINES[name])
    assert (done.returncode, done.stdout) == (130, "")
    assert "runs are left. The same command goes on from here." in done.stderr
