"""`dabench rescore`: select again from stored outputs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_selectors
from dabench.cli.options import as_items, results_option, suite_argument
from dabench.cli.say import echo, results_flag

if TYPE_CHECKING:
    from dabench.cli.context import Context


@click.command("rescore")
@suite_argument(default="mini")
@click.option(
    "--selector",
    "selectors",
    callback=as_items,
    shell_complete=complete_selectors,
    help="These, comma-separated.  [default: all label-free ones]",
)
@click.option("--fresh", is_flag=True, help="Ask again where a record already has the pick.")
@results_option("Folder of records.")
@click.pass_obj
def command(context: Context, suite: str, selectors: list[str] | None, fresh: bool, directory: Path) -> int:
    """Let selectors pick again from what `dabench run --outputs` kept, without training.

    Records keep their own selector and accuracy; `dabench table --selector NAME` shows the new ones.
    """
    from dabench.cli.table import warn
    from dabench.config.suite_file import suite_name
    from dabench.results.records import find_records
    from dabench.selection.rescore import label_free, rescore

    specs = label_free(context.registry, selectors)
    done = changed = 0
    reasons: list[str] = []
    name = suite_name(suite)
    records, flaws = find_records(directory, name)
    warn(flaws, directory)
    for item in rescore(directory, name, records, specs, fresh=fresh, word=suite):
        done += 1
        changed += item.changed
        record = item.record
        if item.why:
            reasons.append(f"{record.pair} {record.method} seed {record.seed}: {item.why}")
        elif item.changed:
            picks = ", ".join(f"{spec.name} {record.selections[spec.name].step}" for spec in specs)
            echo(f"{record.pair} {record.method} seed {record.seed}: {picks}", err=True)
    for reason in reasons[:5]:
        echo(f"Warning: {reason}", err=True)
    if reasons:
        echo(
            f"Error: {len(reasons)} of {done} runs have no outputs to select from. "
            f"`dabench run {shlex.quote(suite)} --outputs 5000` with the same options makes these runs again and keeps "
            "them.",
            err=True,
        )
    following = f"{shlex.quote(suite)}{results_flag(directory)}"
    echo(
        f"{done} runs, {changed} records written. next: dabench selectors {following}",
        err=True,
    )
    return 1 if reasons else 0
