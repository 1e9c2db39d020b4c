"""`dabench results`: publish runs as a CSV to commit, and look for records that do not count."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("results")
def command() -> None:
    """Publish and verify results."""


@command.command("publish")
@click.argument("suite", default="mini")
@click.option(
    "--results", "directory", type=click.Path(path_type=Path), default="results", show_default=True,
    envvar="DABENCH_RESULTS", help="Results folder.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="CSV to write.  [default: RESULTS/SUITE.csv]")
def publish_command(suite: str, directory: Path, output: Path | None) -> None:
    """Write the current runs of SUITE as a CSV to commit."""
    from dabench.cli.table import warn
    from dabench.results import publish, read_results

    warn(read_results(directory, suite).problems, directory)
    click.echo(publish(directory, suite, output or directory / f"{suite}.csv"))


@command.command("verify")
@click.argument("directory", type=click.Path(path_type=Path), default="results", envvar="DABENCH_RESULTS")
@click.pass_context
def verify_command(context: click.Context, directory: Path) -> None:
    """List what is in a results folder but does not count, and why; exit code 1 if there is anything."""
    from dabench.results import read_results

    results = read_results(directory)
    for problem in results.problems:
        click.echo(problem)
    runs, problems = len(results.frame), len(results.problems)
    click.echo(f"{directory}: {runs} run{'s' * (runs != 1)}, {problems} problem{'s' * (problems != 1)}", err=True)
    context.exit(1 if problems else 0)
