"""`dabench data`: what there is of every domain, where the rest comes from, and whether it is what it should be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.data_check import check_command
from dabench.completion import complete_domains, complete_suites

if TYPE_CHECKING:
    from dabench.data.inventory import Status
    from dabench.specs import DomainSpec

_SUITE = click.option("--suite", shell_complete=complete_suites, help="The domains of this suite (a name or a file).")
_NAMES = click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_domains)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON list of objects, with every field.")


@click.group("data")
def command() -> None:
    """List data sets, and check them."""


@command.command("list")
@_NAMES
@_SUITE
@_JSON
@pass_context
def list_command(context: Context, names: Sequence[str], suite: str | None, as_json: bool) -> int:
    """Show what there is of each domain, without decoding anything.

    NAME is a domain, or a family such as amazon. The exit code is 1 if something is corrupt, or if something that was
    named (or a suite needs) is missing.
    """
    from dabench.data.inventory import look
    from dabench.data.ready import code_hash

    codes: dict[str, str] = {}  # reading the sources behind a loader takes longer than all the rest

    def code(spec: DomainSpec) -> str:
        module = spec.target.partition(":")[0]
        if module not in codes:
            codes[module] = code_hash(spec)
        return codes[module]

    statuses = [look(spec, code) for spec in _chosen(context, names, suite)]
    return _report(context, statuses, as_json, named=bool(names or suite))


@command.command("doctor")
@_NAMES
@_SUITE
@_JSON
@pass_context
def doctor_command(context: Context, names: Sequence[str], suite: str | None, as_json: bool) -> int:
    """Decode what is not decoded yet, and check content: hashes, and examples of each class and split.

    Takes names and gives exit codes as `dabench data list` does.
    """
    from rich.console import Console

    from dabench.data.doctor import examine

    statuses = []
    console = Console(stderr=True)
    for spec in _chosen(context, names, suite):
        with console.status(f"checking {spec.name}"):
            statuses.append(examine(spec))
    return _report(context, statuses, as_json, named=bool(names or suite))


command.add_command(check_command)


def _chosen(context: Context, names: Sequence[str], suite: str | None) -> list[DomainSpec]:
    """The domains that are asked for, each once; all if none is named."""
    from dabench.names import canonical

    known = context.registry.all("domains")
    if not names and not suite:
        return [registered.spec for registered in known.values()]
    chosen: list[str] = []
    of_suite: list[DomainSpec] = []
    for name in names:
        family = [item for item in known if item.startswith(f"{canonical(name)}/")]
        chosen += [canonical(name)] if canonical(name) in known else family or [name]
    if suite:
        from dabench.suitedomains import domain_of, known_domains, names_of
        from dabench.suitefile import find_suite

        found = find_suite(suite, context.registry)
        specs = known_domains(found, context.registry)
        of_suite = [domain_of(name, specs, found) for name in names_of(found)]
    by_name = [context.registry.get("domains", name).spec for name in dict.fromkeys(chosen)]
    return by_name + [spec for spec in of_suite if spec not in by_name]


def _report(context: Context, statuses: Sequence[Status], as_json: bool, *, named: bool) -> int:
    """Print it; return the exit code."""
    from dabench.cli.data_text import as_row, as_text
    from dabench.data.inventory import CORRUPT, MISSING

    if as_json:
        click.echo(json.dumps([as_row(status) for status in statuses], indent=2, ensure_ascii=False))
    else:
        click.echo(as_text(statuses, set(context.registry.all("domains"))))
    bad = {CORRUPT, MISSING} if named else {CORRUPT}
    return int(any(status.state in bad for status in statuses))
