"""`dabench plugin`: start a plugin, and judge a method."""

from __future__ import annotations

import shlex
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_methods
from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo, show
from dabench.plugin.method_file import with_files
from dabench.printable import printable
from dabench.specs.names import canonical
from dabench.specs.spec import MethodSpec

if TYPE_CHECKING:
    from dabench.testing.run import Verdict

MARKS = {"passed": "ok", "failed": "FAILED", "xfailed": "expected", "xpassed": "FAILED", "skipped": "skipped"}
COUNTED = {"ok": "passed", "FAILED": "failed", "expected": "failed as declared", "skipped": "skipped"}


NEW = ("deep", "feature", "few-shot", "domain", "suite", "selector", "launcher", "format", "observer")


@click.group("plugin")
def command() -> None:
    """Write a plugin, and check that a method keeps the contract."""


@command.command("check")
@click.argument("name", metavar="METHOD", required=False, shell_complete=complete_methods)
@click.option(
    "-k", "parts", metavar="CHECKS", help="Only checks with one of these, separated by commas, in their name."
)
@click.option("--list", "listing", is_flag=True, help="List the checks and run none.")
@pass_context
def check_command(context: Context, name: str | None, parts: str | None, listing: bool) -> int:
    """Judge METHOD, a name or ./my_method.py:MyMethod, by the conformance kit; exit code 1 if a check fails.

    The same checks are tests of pytest with `dabench.testing.conformance_checks`. They train on tiny data made from
    random numbers: no download, and about ten seconds.
    """
    registry = context.registry
    if not listing:
        if name is None:
            raise click.UsageError("Missing argument 'METHOD'. `dabench list methods` lists the choices.")
        registry, (name,) = with_files(context.registry, [name])
        registry.get(MethodSpec, name)  # a misspelt name is answered before torch is imported
    from dabench.testing.checks import CHECKS, checks_for, chosen
    from dabench.testing.run import verdicts
    from dabench.testing.subject import subjects

    if listing or name is None:
        for check in chosen(CHECKS, parts) if parts else CHECKS:
            echo(f"{check.name:<18} {check.summary}")
        return 0
    wanted = [
        (subject, chosen(checks_for(subject), parts) if parts else checks_for(subject))
        for subject in subjects(name, registry)
    ]
    done: list[Verdict] = []
    for subject, checks in wanted:
        echo(f"{subject.label} on the toy {subject.toy.name}")
        for verdict in verdicts(subject, checks):
            _show(verdict)
            done.append(verdict)
    marks = [MARKS[verdict.state] for verdict in done]
    counts = [f"{marks.count(mark)} {text}" for mark, text in COUNTED.items() if mark in marks]
    seconds = sum(verdict.seconds for verdict in done)
    echo(f"{', '.join(counts) or 'no check applies'} in {seconds:.1f} s")
    return 0 if all(verdict.good for verdict in done) else 1


def _show(verdict: Verdict) -> None:
    mark = MARKS[verdict.state]
    colour = "red" if not verdict.good else "green" if verdict.state == "passed" else "yellow"
    line = printable(verdict.text if verdict.good and verdict.text else verdict.check.summary)
    show(f"  {click.style(f'{mark:<8}', fg=colour)}  {verdict.check.name:<18} {verdict.seconds:5.1f} s  {line}")
    if not verdict.good:
        echo(indent(verdict.text.strip(), " " * 12))


@command.command("new")
@click.argument("name")
@click.option("--kind", default="deep", show_default=True, type=click.Choice(NEW), help="What the plugin brings.")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), default=".", show_default=True,
    help="Folder in which the project's own folder is made.",
)  # fmt: skip
@pass_context
def new_command(context: Context, name: str, kind: str, into: Path) -> None:
    """Start a plugin that brings NAME: a small project that installs, runs and passes its tests.

    For a method these are the conformance kit. `docs/plugins` shows what is written, for every kind.
    """
    from dabench.plugin.scaffold import KINDS, write_plugin

    folder = write_plugin(name, into, context.registry, kind)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        echo(path)
    chosen = KINDS[kind]
    word = canonical(name)
    then = f"dabench plugin check {word}" if chosen.is_method else chosen.use.replace("NAME", word)
    echo(f"next: pip install -e {shlex.quote(str(folder))} && {then}", err=True)
