"""`dabench docs`: pages that are made from what things declare."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.completion import complete_methods
from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo, show
from dabench.specs.spec import MethodSpec


@click.group("docs")
def command() -> None:
    """Make pages of documentation."""


@command.command("methods")
@click.argument("names", nargs=-1, metavar="[METHOD]...", shell_complete=complete_methods)
@click.option(
    "--results", "directory", type=click.Path(path_type=Path, file_okay=False), default="results", show_default=True,
    envvar="DABENCH_RESULTS", help="Folder whose published .csv files are shown.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of the terminal.")
@pass_context
def methods_command(context: Context, names: tuple[str, ...], directory: Path, output: Path | None) -> None:
    """Describe methods, as markdown: idea, loss, options, reference, deviations, and what was measured.

    Without a METHOD all that come with dabench.
    """
    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.method_pages import pages
    from dabench.results.folder import read_results
    from dabench.results.record_file import write_atomic

    known = context.registry.all(MethodSpec)
    own = [name for name, found in known.items() if found.origin.distribution == "dabench"]
    methods = [context.registry.get(MethodSpec, name) for name in names or own]
    tables = [
        table
        for file in sorted(directory.glob("*.csv"))
        for table in build_tables(read_results(file).frame, origin=str(file))
    ]
    made = pages(methods, tables)
    if output is None:
        show(made, nl=False)
    else:
        echo(f"wrote {write_atomic(output, made)}", err=True)


@command.command("citations")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of the terminal.")
@pass_context
def citations_command(context: Context, output: Path | None) -> None:
    """Print BibTeX of all suites, domains, methods and networks that come with dabench."""
    from dabench.citations.bibliography import Bibliography
    from dabench.results.record_file import write_atomic

    bibliography = Bibliography(context.registry)
    bibliography.add_all("dabench")
    made = bibliography.text() + "\n"
    if output is None:
        show(made, nl=False)
    else:
        echo(f"wrote {write_atomic(output, made)}", err=True)
    for note in bibliography.notes:
        echo(f"Warning: {note}", err=True)
