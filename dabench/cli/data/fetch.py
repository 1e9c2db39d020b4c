"""`dabench data fetch`: download what domains need, check it, and decode it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.data.domains import ATTEMPTS, JSON, NAMES, SUITE, TIMEOUT, chosen, report
from dabench.cli.say import echo
from dabench.errors import DataError, UsageError

if TYPE_CHECKING:
    from dabench.specs.spec import DomainSpec


@click.command("fetch")
@NAMES
@SUITE
@click.option("--fresh", is_flag=True, help="Download also what is there; what it replaces is kept below downloads/.")
@TIMEOUT
@ATTEMPTS
@JSON
@pass_context
def command(
    context: Context, names: Sequence[str], suite: str | None, fresh: bool, timeout: float, attempts: int, as_json: bool
) -> int:
    """Download what domains need, check it, and decode it, so that a run needs no network.

    NAME is a domain, or a family such as amazon. Every link of a file is tried in turn. A download that was cut goes on
    where it stopped. With DABENCH_OFFLINE=1 nothing is downloaded, and what is missing is named.
    """
    from rich.console import Console

    from dabench.cli.data.progress import DownloadDisplay
    from dabench.data.acquire.doctor import examine
    from dabench.data.acquire.fetch import fetch
    from dabench.data.acquire.http import Patience

    if not names and not suite:
        raise UsageError("name what to fetch: a domain, a family or --suite. `dabench data list` shows what there is.")
    specs = chosen(context, names, suite)
    patience = Patience(timeout_s=timeout, attempts=attempts)
    failed: list[str] = []
    console = Console(stderr=True)
    wanted = dict.fromkeys(download for spec in specs if fresh or _wants(spec) for download in spec.downloads)
    with DownloadDisplay(console) as display:
        for download in wanted:
            try:
                fetch(download, display, patience, fresh=fresh)
            except DataError as error:  # the others are tried all the same
                failed.append(download.name)
                for line in f"Error: {error}".splitlines():  # at once: decoding what is there may take minutes
                    display.say(line)
    statuses = []
    for spec in specs:
        with console.status(f"checking {spec.name}"):
            statuses.append(examine(spec))
    code = report(context, statuses, as_json, named=True)
    if failed:
        echo(f"Error: not downloaded, for the reasons above: {', '.join(failed)}", err=True)
    return max(code, int(bool(failed)))


def _wants(spec: DomainSpec) -> bool:
    """Whether a domain is not decoded yet, so that its files are needed."""
    from dabench.data.acquire.inventory import READY, SUBSET, look

    return look(spec).state not in (READY, SUBSET)
