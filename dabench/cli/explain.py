"""`dabench explain`: everything behind one cell of a table."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.completion import complete_methods, complete_pairs
from dabench.cli.options import results_option, suite_argument
from dabench.cli.say import echo


@click.command("explain")
@suite_argument()
@click.argument("pair", metavar="SOURCE:TARGET", shell_complete=complete_pairs)
@click.argument("method", shell_complete=complete_methods)
@click.option("--variant", help="The variant, where the method was run with several settings.")
@click.option("--shots", help="Labelled target examples per class: 10, or all.")
@results_option()
def command(suite: str, pair: str, method: str, variant: str | None, shots: str | None, directory: Path) -> None:
    """Show everything behind one cell of a leaderboard: settings, seeds, checkpoints, versions, files."""
    from dabench.cli.table import warn
    from dabench.config.suite_file import suite_name
    from dabench.leaderboard.explain import explain
    from dabench.leaderboard.formats.columns import folded

    name = suite_name(suite)
    text = explain(directory, name, pair, method, variant, shots, lambda flaws: warn(flaws, directory), suite)
    echo(folded(text), nl=False)
