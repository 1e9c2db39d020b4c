"""`dabench power`: how many seeds it takes to see a difference."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.options import results_option, suite_argument
from dabench.cli.say import show


@click.command("power")
@suite_argument(default="mini")
@results_option()
@click.option(
    "--points", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True, help="Difference to see."
)
@click.option(
    "--power",
    type=click.FloatRange(0.05, 0.999),
    default=0.8,
    show_default=True,
    help="Chance to see it, if it is there.",
)
def command(suite: str, directory: Path, points: float, power: float) -> None:
    """Say how many seeds show a difference from source only, by the spread of the runs that are there."""
    from dabench.config.suite_file import suite_name
    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.seeds import seeds_text
    from dabench.results.folder import read_results

    results = read_results(directory, suite_name(suite), word=suite)
    show(seeds_text(build_tables(results.frame), points / 100, power), nl=False)
