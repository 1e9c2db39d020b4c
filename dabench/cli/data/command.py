"""`dabench data`: the state of every domain, and the ways to get the missing ones."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.data.domains import JSON, NAMES, SUITE, chosen, report

if TYPE_CHECKING:
    from dabench.specs.spec import DomainSpec

# Modules with one more command of this group each, called `command`.
MODULES = tuple(f"dabench.cli.data.{name}" for name in ("check", "fetch", "import_", "links", "sheet"))


@click.group("data")
def command() -> None:
    """List data sets, get them, and check them."""


@command.command("list")
@NAMES
@SUITE
@JSON
@pass_context
def list_command(context: Context, names: Sequence[str], suite: str | None, as_json: bool) -> int:
    """Show the state of each domain, without decoding anything.

    NAME is a domain, or a family such as amazon. The exit code is 1 if something is corrupt, or if something that was
    named (or a suite needs) is missing.
    """
    from dabench.data.acquire.inventory import look
    from dabench.data.prepared_copy import code_hash

    codes: dict[str, str] = {}  # reading the sources behind a loader takes longer than all the rest

    def code(spec: DomainSpec) -> str:
        module = spec.entry_point.partition(":")[0]
        if module not in codes:
            codes[module] = code_hash(spec)
        return codes[module]

    statuses = [look(spec, code) for spec in chosen(context, names, suite)]
    return report(context, statuses, as_json, named=bool(names or suite))


@command.command("doctor")
@NAMES
@SUITE
@JSON
@pass_context
def doctor_command(context: Context, names: Sequence[str], suite: str | None, as_json: bool) -> int:
    """Decode domains that are not decoded yet, and check content: hashes, and examples of each class and split.

    Takes names and gives exit codes as `dabench data list` does.
    """
    from rich.console import Console

    from dabench.data.acquire.doctor import examine

    statuses = []
    console = Console(stderr=True)
    for spec in chosen(context, names, suite):
        with console.status(f"checking {spec.name}"):
            statuses.append(examine(spec))
    return report(context, statuses, as_json, named=bool(names or suite))


for module in MODULES:
    command.add_command(import_module(module).command)
