"""`dabench versus`: one method against all others."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.completion import complete_methods
from dabench.cli.options import PAIRS, SHOTS, results_option, suite_argument
from dabench.cli.say import show
from dabench.specs.spec import MethodSpec


@click.command("versus")
@suite_argument()
@click.argument("method", shell_complete=complete_methods)
@results_option()
@PAIRS
@SHOTS
@click.pass_context
def command(
    context: click.Context, suite: str, method: str, directory: Path, pairs: list[str] | None, shots: list[str] | None
) -> None:
    """Say where METHOD wins and where it loses against every other method of SUITE, by the runs that are there."""
    from dabench.cli.table import chosen_runs, refuse_absent, warn
    from dabench.config.row_choice import RowChoice
    from dabench.config.suite_file import suite_name
    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.versus import versus_text
    from dabench.results.folder import read_results

    results = read_results(directory, suite_name(suite), word=suite)
    warn(results.flaws, directory)
    frame, _, wanted = chosen_runs(results.frame, suite, directory, None, pairs, shots)
    choice = RowChoice.parse(method)
    refuse_absent(choice, frame, suite, directory)
    titles = {name: spec.label for name, spec in context.obj.registry.specs(MethodSpec).items()}
    tables = build_tables(frame, labels=titles, pairs=wanted, origin=str(directory), from_csv=results.from_csv)
    show(versus_text(tables, choice), nl=False)
