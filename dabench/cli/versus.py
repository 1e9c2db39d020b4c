"""`dabench versus`: one method against all others."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.options import PAIRS, SHOTS, results_option


@click.command("versus")
@click.argument("suite")
@click.argument("method")
@results_option()
@PAIRS
@SHOTS
@click.pass_context
def command(
    context: click.Context, suite: str, method: str, directory: Path, pairs: str | None, shots: str | None
) -> None:
    """Say where METHOD wins and where it loses against every other method of SUITE, by the runs that are there."""
    from dabench.cli.table import chosen_runs, warn
    from dabench.errors import unknown
    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.versus import versus_text
    from dabench.names import canonical
    from dabench.results import read_results

    results = read_results(directory, suite)
    warn(results.problems, directory)
    frame, _, wanted = chosen_runs(results.frame, suite, directory, None, pairs, shots)
    name = canonical(method)
    if name not in set(frame["method"]):
        raise unknown("method in these results", name, set(frame["method"]), listing=f"dabench table {suite}")
    titles = {name: registered.spec.label for name, registered in context.obj.registry.all("methods").items()}
    tables = build_tables(frame, labels=titles, pairs=wanted, origin=str(directory))
    click.echo(versus_text(tables, name), nl=False)
