"""`dabench selectors`: compare selectors over records."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.options import results_option, suite_argument
from dabench.cli.say import echo, results_flag, show_json
from dabench.specs.spec import SelectorSpec

if TYPE_CHECKING:
    from dabench.cli.context import Context
    from dabench.selection.comparison import Comparison, Rank


NOTES = """\
loss: points of accuracy below the best checkpoint by target labels (oracle)
in runs, across runs: Spearman's rho and Kendall's tau of score and target accuracy, over the checkpoints of a run \
(mean of runs), and over all those of a pair (mean of pairs)
† uses target labels: not a result"""


@click.command("selectors")
@suite_argument(default="mini")
@results_option("Folder of records.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; accuracies as fractions.")
@click.pass_obj
def command(context: Context, suite: str, directory: Path, as_json: bool) -> None:
    """Compare selectors over the records of SUITE: what they lose against the oracle, and how they rank."""
    from dataclasses import asdict

    from dabench.cli.table import warn
    from dabench.config.suite_file import suite_name
    from dabench.results.records import find_records
    from dabench.selection.comparison import compare_selectors

    specs = context.registry.specs(SelectorSpec)
    name = suite_name(suite)
    records, flaws = find_records(directory, name)
    warn(flaws, directory)
    comparison = compare_selectors(name, [record for _, record in records], specs, word=suite)
    if as_json:
        show_json(asdict(comparison))
        return
    echo(_text(comparison))
    lacking = [name for name in specs if name not in {quality.selector for quality in comparison.qualities}]
    if lacking:
        following = f"{shlex.quote(suite)}{results_flag(directory)}"
        echo(
            f"no record has {', '.join(lacking)}. next: dabench rescore {following}",
            err=True,
        )


def _text(comparison: Comparison) -> str:
    from dabench.leaderboard.formats.columns import aligned, folded, page_width

    heads = ["selector", "mean loss", "worst loss", "in runs", "across runs", "worst loss is of"]
    rows = [
        [
            quality.selector + ("†" if quality.uses_target_labels else ""),
            f"{100 * quality.mean_loss:.2f}",
            f"{100 * quality.worst_loss:.2f}",
            _correlations(quality.within_runs),
            _correlations(quality.across_runs),
            quality.worst if quality.worst_loss else "",
        ]
        for quality in comparison.qualities
    ]
    head = (
        f"{comparison.suite} · {comparison.runs} runs of several checkpoints, {comparison.single} of one, "
        f"{comparison.left_out} left out because they lack a selection"
    )
    width = page_width() or 100
    return "\n".join([folded(head, width), aligned([heads, *rows]), folded(NOTES, width)])


def _correlations(rank: Rank) -> str:
    return "-" if rank.spearman is None or rank.kendall is None else f"{rank.spearman:+.2f} {rank.kendall:+.2f}"
