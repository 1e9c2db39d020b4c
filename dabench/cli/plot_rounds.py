"""`dabench plot rounds`."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.options import METHODS, PAIRS, results_option, suite_argument
from dabench.cli.say import echo
from dabench.specs.spec import MethodSpec


@click.command("rounds")
@suite_argument(default="mini_active")
@results_option()
@METHODS
@PAIRS
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .png, .svg or .pdf file [SUITE-rounds.png].")
@click.pass_context
def rounds_command(
    context: click.Context,
    suite: str,
    directory: Path,
    methods: list[str] | None,
    pairs: list[str] | None,
    output: Path | None,
) -> None:
    """Draw accuracy over the labels asked for, a line for each method and rule of SUITE."""
    from dabench.cli.table import chosen_runs, warn
    from dabench.config.suite_file import suite_name
    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.plots.rounds import draw_rounds
    from dabench.results.folder import read_results

    registry = context.obj.registry
    name = suite_name(suite)
    results = read_results(directory, name, word=suite)
    warn(results.flaws, directory)
    frame, wanted_methods, wanted_pairs = chosen_runs(results.frame, suite, directory, methods, pairs)
    labels = {name: spec.label for name, spec in registry.specs(MethodSpec).items()}
    tables = build_tables(frame, labels=labels, pairs=wanted_pairs, methods=wanted_methods, from_csv=results.from_csv)
    path = output or Path(f"{name}-rounds.png")
    draw_rounds(tables, path)
    echo(f"wrote {path}", err=True)
