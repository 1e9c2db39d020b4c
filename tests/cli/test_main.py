"""The group of commands, and what an exception becomes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import ModuleType

import click
import pytest

from dabench.cli import main as main_module
from dabench.cli.context import Context, pass_context
from dabench.cli.main import COMMANDS, cli, main
from dabench.errors import DabenchError, PluginError, UsageError
from dabench.parallel.signals import StopError


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch):
    """Make a command `probe` that does what a test wants, and run the command line on it."""

    def run(body, *arguments: str) -> int:
        @click.command()
        @click.option("--weight", type=int)
        @pass_context
        def command(context: Context, weight: int | None) -> object:
            return body(context)

        module = ModuleType("probe_command")
        module.command = command
        monkeypatch.setitem(sys.modules, "probe_command", module)
        monkeypatch.setattr(main_module, "COMMANDS", {**COMMANDS, "probe": ("probe_command", "")})
        monkeypatch.delitem(cli.commands, "probe", raising=False)
        with pytest.raises(SystemExit) as caught:
            main(arguments or ["probe"])
        cli.commands.pop("probe", None)
        return caught.value.code

    return run


def raising(error: BaseException):
    """A body that raises."""

    def body(_: Context) -> None:
        raise error

    return body


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DabenchError("the disk is full."), 1),
        (UsageError("the disk is full."), 2),
        (PluginError("the disk is full."), 4),
        (click.UsageError("the disk is full."), 2),
        (click.ClickException("the disk is full."), 1),
    ],
    ids=repr,
)
def test_errors_are_one_paragraph_with_an_exit_code(probe, capsys, error: Exception, code: int) -> None:
    assert probe(raising(error)) == code
    out, err = capsys.readouterr()
    assert not out
    assert err.splitlines()[-1] == "Error: the disk is full."
    assert "Traceback" not in err


def test_a_bug_says_that_it_is_one(probe, capsys) -> None:
    assert probe(raising(ZeroDivisionError("by nothing"))) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "ZeroDivisionError: by nothing" in err
    assert "bug in dabench or in a plugin" in err
    assert "--debug" in err


@pytest.mark.parametrize("arguments", [("--debug", "probe"), ("probe", "--debug")])
@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), UsageError("by nothing")], ids=repr)
def test_debug_shows_the_traceback(probe, capsys, arguments: tuple[str, str], error: Exception) -> None:
    assert probe(raising(error), *arguments) == getattr(error, "exit_code", 1)
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert "in body" in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.Abort(), 130, "Interrupted."),
        (StopError(signal.SIGTERM), 143, "Stopped by SIGTERM."),
        (StopError(signal.SIGHUP), 129, "Stopped by SIGHUP."),
    ],
)
def test_interrupt(probe, capsys, error: BaseException, code: int, said: str) -> None:
    assert probe(raising(error)) == code
    assert capsys.readouterr().err.strip() == said


@pytest.mark.parametrize(("value", "code"), [(None, 0), (0, 0), (1, 1), (3, 3), ("text", 0)])
def test_a_command_may_return_its_exit_code(probe, value: object, code: int) -> None:
    assert probe(lambda _: value) == code


def test_a_command_may_exit(probe) -> None:
    assert probe(lambda _: click.get_current_context().exit(3)) == 3


def test_global_options_before_and_after_the_command(probe) -> None:
    seen: list[tuple[bool, bool]] = []

    def body(context: Context) -> None:
        seen.append((context.debug, context.strict_plugins))

    for arguments in (
        ("probe",),
        ("--debug", "probe"),
        ("probe", "--debug"),
        ("--strict-plugins", "probe", "--debug"),
        ("--debug", "probe", "--strict-plugins"),
    ):
        assert probe(body, *arguments) == 0
    assert seen == [(False, False), (True, False), (True, False), (True, True), (True, True)]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["lisst"], "No such command 'lisst'. Did you mean 'list'?"),
        (["tabel", "mini"], "Did you mean 'table'?"),
        (["list", "--jsn"], "--json"),
        (["--strict-plugin", "list"], "--strict-plugins"),
        (["xyzzy"], "No such command 'xyzzy'."),
    ],
)
def test_unknown_commands_and_options_get_the_nearest(capsys, arguments: list[str], hint: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_names_every_command(capsys, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == (0 if arguments else 2)
    text = "".join(capsys.readouterr())
    for name, (_, line) in COMMANDS.items():
        assert any(row.split(None, 1) == [name, line] for row in text.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(capsys, name: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([name, "-h"])
    assert caught.value.code == 0
    assert f"Usage: dabench {name}" in capsys.readouterr().out


@pytest.mark.slow
def test_version(dabench) -> None:
    done = dabench("--version")
    assert (done.returncode, done.stdout) == (0, "dabench 0.1.0\n")


def test_broken_plugins_are_reported_once(site, capsys) -> None:
    site.install("acme", {"acme": "acme_hooks"}, acme_hooks="import no_such_module")
    context = Context()
    assert context.registry is context.registry
    assert capsys.readouterr().err.count("acme:acme") == 1


@pytest.mark.slow
def test_a_closed_pipe_is_quiet() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dabench", "list", "methods", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 1


@pytest.mark.slow
def test_a_pipe_that_is_closed_before_the_last_flush_is_quiet() -> None:
    script = (
        "import sys, types, click\n"
        "from dabench.cli import main\n"
        "from dabench.printable import stdout\n"
        "command = click.Command('probe', callback=lambda: stdout().write('buffered'))\n"
        "sys.modules['probe'] = types.SimpleNamespace(command=command)\n"
        "main.COMMANDS['probe'] = ('probe', '')\n"
        "main.main(['probe'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "Interrupted."), (signal.SIGTERM, "Stopped by SIGTERM.")])
def test_a_signal_in_a_process_of_its_own(site, number: signal.Signals, said: str) -> None:
    site.install(
        "slow",
        {"slow": "slow_hooks"},
        slow_hooks="import sys, time\nprint('ready', flush=True)\ntime.sleep(60)\n",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "dabench", "list", "methods"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    # The output of a plugin does not come between that of a command.
    assert process.stderr.readline() == "ready\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert err.strip() == said
