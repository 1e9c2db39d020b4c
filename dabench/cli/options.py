"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from dabench.cli.completion import (
    complete_launcher_options,
    complete_launchers,
    complete_methods,
    complete_pairs,
    complete_settings,
    complete_suites,
)
from dabench.errors import UsageError
from dabench.specs.names import items

Decorator = Callable[[Any], Any]
T = TypeVar("T")


def as_items(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str] | None:
    """Callback of an option with a comma-separated list; empty items are left out: `--methods ""` names none."""
    return None if value is None else items(value)


def parsed(option: str, parse: Callable[[str], T], text: str | None) -> T | None:
    """The value of an option, by one of the parsers of `config.parse`; None where the option is not given.

    Raises:
        UsageError: it cannot be parsed; the message names the option.
    """
    try:
        return None if text is None else parse(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error


def results_option(meaning: str = "Results folder, or a published .csv file.") -> Decorator:
    """`--results`: where runs are looked for, or written.

    Args:
        meaning: for the help.
    """
    return click.option(
        "--results", "directory", type=click.Path(path_type=Path), default="results", show_default=True,
        envvar="DABENCH_RESULTS", help=meaning,
    )  # fmt: skip


def suite_argument(**options: Any) -> Decorator:
    """`SUITE`: a name or a file, which `config.suite_file` finds. Without a default it must be given."""
    return click.argument("suite", shell_complete=complete_suites, **options)


METHODS = click.option(
    "--methods",
    callback=as_items,
    shell_complete=complete_methods,
    help="Only these, in this order: dann,coral; dann:long for one row. Bounds stay.",
)
PAIRS = click.option(
    "--pairs", callback=as_items, shell_complete=complete_pairs, help="Only these, comma-separated, in this order."
)
SHOTS = click.option("--shots", callback=as_items, help="Only the tables of these numbers of shots: 10 or 1,all.")

# Of the commands that make runs.
PAIRS_TO_RUN = click.option(
    "--pairs", envvar="DABENCH_PAIRS", callback=as_items, shell_complete=complete_pairs,
    help="Only these, also others than the suite's: s:t,s:t.",
)  # fmt: skip
STEPS = click.option(
    "--steps", envvar="DABENCH_STEPS", type=int, help="Training steps per run, instead of the suite's."
)
SET = click.option(
    "--set",
    "assignments",
    multiple=True,
    shell_complete=complete_settings,
    help="A setting, as in dann.weight=0.5 or optimiser.lr=0.1.",
)
PRECISION = click.option(
    "--precision", envvar="DABENCH_PRECISION", type=click.Choice(["fp32", "bf16", "auto"]),
    help="Of training, instead of the suite's; auto: bf16 where that is quicker here.",
)  # fmt: skip


def run_options(results: str = "Folder of records.", device: str | None = "auto") -> Decorator:
    """The options of every command that makes runs; the command gets them as `choices`.

    Args:
        results: what `--results` means, for the help.
        device: the default of `--device`; None where the command chooses, as the run that it repeats.
    """
    where = "Where to compute." if device else "Where to compute.  [default: as the run was]"
    options = [
        click.option(
            "--device", envvar="DABENCH_DEVICE", type=click.Choice(["auto", "cpu", "cuda"]), default=device,
            show_default=device is not None, help=where,
        ),
        click.option(
            "--launcher", envvar="DABENCH_LAUNCHER", default="processes", show_default=True,
            shell_complete=complete_launchers, help="How to run; `dabench list launchers` has their options."
        ),
        click.option(
            "--launcher-option", "launcher_options", envvar="DABENCH_LAUNCHER_OPTION", multiple=True,
            shell_complete=complete_launcher_options, metavar="NAME=VALUE",
            help="An option of the launcher, as in gpus=0.5; several times for several. dabench.toml may hold them.",
        ),
        click.option(
            "--workers", envvar="DABENCH_WORKERS", type=click.IntRange(1),
            help="Runs at a time [one per core; on a cluster as many as it has room for]."
        ),
        click.option(
            "--timeout", "timeout_s", envvar="DABENCH_TIMEOUT", type=click.FloatRange(0, min_open=True),
            help="Seconds per run.",
        ),
        click.option(
            "--memory", "memory_gib", envvar="DABENCH_MEMORY", type=click.FloatRange(0, min_open=True), metavar="GIB",
            help="Memory that a run may add to its worker; one that needs more fails (Linux).",
        ),
        results_option(results),
    ]  # fmt: skip

    def decorate(command: Callable[..., Any]) -> Any:
        @wraps(command)
        def with_choices(
            *arguments: Any,
            device: str | None,
            launcher: str,
            launcher_options: tuple[str, ...],
            workers: int | None,
            timeout_s: float | None,
            memory_gib: float | None,
            directory: Path,
            **others: Any,
        ) -> Any:
            from dabench.session.choices import RunChoices

            choices = RunChoices(
                device=device,
                launcher=launcher,
                workers=workers,
                timeout_s=timeout_s,
                memory_gib=memory_gib,
                directory=directory,
                launcher_options=launcher_options,
            )
            return command(*arguments, choices=choices, **others)

        decorated: Any = with_choices
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate
