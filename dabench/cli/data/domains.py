"""What the commands of `dabench data` share: which domains are meant, and the report on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_domains, complete_suites
from dabench.cli.context import Context
from dabench.cli.say import echo, write
from dabench.specs.spec import DomainSpec

if TYPE_CHECKING:
    from dabench.data.acquire.inventory import Status
    from dabench.specs.spec import DomainSpec

SUITE = click.option("--suite", shell_complete=complete_suites, help="The domains of this suite (a name or a file).")
NAMES = click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_domains)
JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON list of objects, with every field.")
TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds to wait for the next byte.",
)
ATTEMPTS = click.option(
    "--attempts",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    help="Attempts at each link that bring nothing new.",
)


def chosen(context: Context, names: Sequence[str], suite: str | None) -> list[DomainSpec]:
    """The domains that are asked for, each once; all if none is named."""
    from dabench.specs.names import canonical

    known = context.registry.all(DomainSpec)
    if not names and not suite:
        return [registered.spec for registered in known.values()]
    picked: list[str] = []
    for name in names:
        family = [item for item in known if item.startswith(f"{canonical(name)}/")]
        picked += [canonical(name)] if canonical(name) in known else family or [name]
    of_suite: list[DomainSpec] = []
    if suite:
        from dabench.config.suite_file import find_suite
        from dabench.planning.domains import domain_of, known_domains, names_of

        found = find_suite(suite, context.registry)
        specs = known_domains(found, context.registry)
        of_suite = [domain_of(name, specs, found) for name in names_of(found)]
    by_name = [context.registry.get(DomainSpec, name).spec for name in dict.fromkeys(picked)]
    return by_name + [spec for spec in of_suite if spec not in by_name]


def report(context: Context, statuses: Sequence[Status], as_json: bool, *, named: bool) -> int:
    """Print it; return the exit code."""
    from dabench.cli.data.text import as_row, as_text
    from dabench.data.acquire.inventory import CORRUPT, MISSING

    if as_json:
        write(json.dumps([as_row(status) for status in statuses], indent=2, ensure_ascii=False))
    else:
        echo(as_text(statuses, set(context.registry.all(DomainSpec))))
    bad = {CORRUPT, MISSING} if named else {CORRUPT}
    return int(any(status.state in bad for status in statuses))
