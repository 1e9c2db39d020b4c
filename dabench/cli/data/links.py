"""`dabench data links`: whether what is linked is still there."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.data.domains import ATTEMPTS, JSON, NAMES, SUITE, TIMEOUT, chosen
from dabench.cli.say import echo, write


@click.command("links")
@NAMES
@SUITE
@click.option("--whole", is_flag=True, help="Download everything and check its content, instead of only asking.")
@TIMEOUT
@ATTEMPTS
@JSON
@pass_context
def command(
    context: Context, names: Sequence[str], suite: str | None, whole: bool, timeout: float, attempts: int, as_json: bool
) -> int:
    """Try every link of what domains need. The exit code is 1 if one of them fails.

    Nothing is kept. NAME is a domain, or a family such as amazon; without any, all links are tried.
    """
    from rich.console import Console

    from dabench.cli.data.progress import DownloadDisplay
    from dabench.data.acquire.http import Patience
    from dabench.data.acquire.links import try_links

    wanted = dict.fromkeys(download for spec in chosen(context, names, suite) for download in spec.downloads)
    patience = Patience(timeout_s=timeout, attempts=attempts)
    results = []
    with DownloadDisplay(Console(stderr=True)) as display:
        for result in try_links(wanted, display, patience, whole=whole):
            results.append(result)
            if not as_json:
                echo(f"{'failed' if result.fault else 'ok    '}  {result.url}")
                if result.fault:
                    echo(f"        {result.fault}")
    failed = [result for result in results if result.fault]
    if as_json:
        rows = [{"name": result.download.name, "url": result.url, "fault": result.fault or None} for result in results]
        write(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        echo(f"{len(results)} links, {len(failed)} failed")
    return int(bool(failed))
