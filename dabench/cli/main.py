"""The command line: the group of commands, each imported when it is used, and the reports of exceptions."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from dabench.cli.context import Context
from dabench.cli.encoding import use_stand_ins
from dabench.cli.say import echo, kept_apart, own_stdout
from dabench.errors import DabenchError
from dabench.parallel.signals import exit_code, stopping, what_happened
from dabench.printable import stdout

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# name -> (module with a click command called `command`, its line in `dabench --help`)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("dabench.cli.run", "Run a suite and print its leaderboard."),
    "table": ("dabench.cli.table", "Print the leaderboard of existing runs."),
    "check": ("dabench.cli.check", "Compare runs with a baseline: for CI."),
    "versus": ("dabench.cli.versus", "Say where a method wins and loses against the others."),
    "power": ("dabench.cli.power", "Say how many seeds it takes to see a difference."),
    "explain": ("dabench.cli.explain", "Show everything behind one cell of a leaderboard."),
    "tune": ("dabench.cli.tune", "Choose a method's options without target labels."),
    "rescore": ("dabench.cli.rescore", "Let selectors pick again from kept outputs, without training."),
    "selectors": ("dabench.cli.selectors", "Compare selectors over records."),
    "plot": ("dabench.cli.plot", "Draw pictures of runs."),
    "reproduce": ("dabench.cli.reproduce", "Run a recorded run again and compare the numbers."),
    "predict": ("dabench.cli.predict", "Apply the model of a run to pictures, a table or a domain."),
    "evaluate": ("dabench.cli.evaluate", "Measure the model of a run on the test split of a domain."),
    "list": ("dabench.cli.list", "List methods, domains, pairs, suites, plugins, ..."),
    "data": ("dabench.cli.data.command", "List data sets and their licences, and check them."),
    "site": ("dabench.cli.site", "Write a static site of published results."),
    "docs": ("dabench.cli.docs", "Make pages of documentation: methods, commands, hooks, suites."),
    "cite": ("dabench.cli.cite", "Print BibTeX of what a suite, domain or method rests on."),
    "results": ("dabench.cli.results", "Publish, verify, audit, merge, export and prune results."),
    "plugin": ("dabench.cli.plugin", "Write a plugin, and check that a method keeps the contract."),
    "env": ("dabench.cli.env", "Show versions, folders and plugins for a bug report."),
}

# \b keeps click from joining the lines of a paragraph.
EPILOG = """\b
Without a suite, `dabench run` runs `mini`: real data, no download, minutes.
\b
Completion of commands, suites, pairs and methods, in ~/.bashrc:
  eval "$(_DABENCH_COMPLETE=bash_source dabench)"
zsh_source and fish_source are for the other shells.
"""


def _set_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Context).debug = True


def _set_strict_plugins(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Context).strict_plugins = True


def _global_options() -> list[click.Parameter]:
    """Options that may stand before the command and after it."""
    return [
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_set_debug,
            help="Show the traceback of an error.",
        ),
        click.Option(
            ["--strict-plugins"],
            is_flag=True,
            expose_value=False,
            callback=_set_strict_plugins,
            help="A broken plugin is an error (exit code 4), not a warning.",
        ),
    ]


class LazyGroup(click.Group):
    """A group that imports a command when it is called; its help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            command: click.Command = import_module(COMMANDS[cmd_name][0]).command
            command.params += _global_options()
            self.add_command(kept_apart(command), cmd_name)
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command as click does, with the nearest names for one that does not exist."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(name, COMMANDS)
            hint = f" Did you mean {' or '.join(repr(item) for item in near)}?" if near else ""
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in the help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands and options at the prompt."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        echo(f"dabench {version('dabench')}")
        ctx.exit()


cli = LazyGroup(
    "dabench",
    help="Benchmark domain adaptation: methods are plugins, target labels stay behind a wall.",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=[
        *_global_options(),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Show the version and exit.",
        ),
    ],
)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with the right exit code.

    A command returns None, or its exit code.
    """
    use_stand_ins()
    with own_stdout(last=arguments is None), stopping():
        code = _code(arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _code(arguments: Sequence[str] | None) -> object:
    """Run a command, say what ended it, and return what it returned, or its exit code."""
    context = Context()
    try:
        code: object = cli.main(arguments, prog_name="dabench", standalone_mode=False, obj=context)
        stdout().flush()  # here, where a closed pipe can be told from an error
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        cause = error.__cause__ if isinstance(error, click.Abort) and error.__cause__ else error  # click wraps it
        notes = " ".join(getattr(cause, "__notes__", []))
        echo(f"{what_happened(cause)}: {notes}" if notes else f"{what_happened(cause)}.", err=True)
        code = exit_code(cause)
    except BrokenPipeError:  # `dabench list | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout().fileno())  # else the flush at exit fails again
        code = 1
    except Exception as error:  # the last stop: nothing is swallowed, everything gets an exit code
        code = _report(error, context.debug)
    return code


def _report(error: Exception, debug: bool) -> int:
    """Print an error as one paragraph, with its traceback if wanted; return the exit code."""
    if debug:
        traceback.print_exception(error)
    if isinstance(error, DabenchError):
        echo(f"Error: {error}", err=True)
        return error.exit_code
    if not debug:
        echo(
            f"Error: {type(error).__name__}: {error}. This is a bug in dabench or in a plugin; "
            "the same command with --debug shows the traceback.",
            err=True,
        )
    return 1
