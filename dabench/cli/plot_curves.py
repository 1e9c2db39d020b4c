"""`dabench plot rounds` and `dabench plot shots`: accuracy over a number, from the results of one suite."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.options import METHODS, PAIRS, results_option, suite_argument
from dabench.cli.say import echo
from dabench.specs.spec import MethodSpec


def _curves(kind: str, default: str, text: str) -> click.Command:
    """Make the command that draws one kind of curves.

    Args:
        kind: the command's name, which ends the picture's as well.
        default: the suite.
        text: of the command's help.
    """

    @click.command(kind, help=text)
    @suite_argument(default=default)
    @results_option()
    @METHODS
    @PAIRS
    @click.option(
        "-o", "--output", type=click.Path(path_type=Path), help=f"A .png, .svg or .pdf file [SUITE-{kind}.png]."
    )
    @click.pass_context
    def command(
        context: click.Context,
        suite: str,
        directory: Path,
        methods: list[str] | None,
        pairs: list[str] | None,
        output: Path | None,
    ) -> None:
        from dabench.cli.table import chosen_runs, warn
        from dabench.config.suite_file import suite_name
        from dabench.leaderboard.build import build_tables
        from dabench.leaderboard.plots.rounds import draw_rounds
        from dabench.leaderboard.plots.shots import draw_shots
        from dabench.results.folder import read_results

        name = suite_name(suite)
        results = read_results(directory, name, word=suite)
        warn(results.flaws, directory)
        frame, chosen, drawn = chosen_runs(results.frame, suite, directory, methods, pairs)
        labels = {method: spec.label for method, spec in context.obj.registry.specs(MethodSpec).items()}
        tables = build_tables(frame, labels=labels, pairs=drawn, methods=chosen, from_csv=results.from_csv)
        path = output or Path(f"{name}-{kind}.png")
        {"rounds": draw_rounds, "shots": draw_shots}[kind](tables, path)
        echo(f"wrote {path}", err=True)

    return command


rounds_command = _curves(
    "rounds", "mini_active", "Draw accuracy over the labels asked for, a line for each method and rule of SUITE."
)
shots_command = _curves(
    "shots",
    "mini_few_shot",
    "Draw accuracy over the number of labelled target examples, a line for each method of SUITE.",
)
