"""`dabench docs`: pages that are made from what things declare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_methods
from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo, show
from dabench.specs.spec import MethodSpec

if TYPE_CHECKING:
    from dabench.leaderboard.table import Table


RESULTS = click.option(
    "--results", "directory", type=click.Path(path_type=Path, file_okay=False), default="results", show_default=True,
    envvar="DABENCH_RESULTS", help="Folder whose published .csv files are shown.",
)  # fmt: skip
OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of the terminal."
)


@click.group("docs")
def command() -> None:
    """Make pages of documentation."""


@command.command("methods")
@click.argument("names", nargs=-1, metavar="[METHOD]...", shell_complete=complete_methods)
@RESULTS
@OUTPUT
@pass_context
def methods_command(context: Context, names: tuple[str, ...], directory: Path, output: Path | None) -> None:
    """Describe methods, as markdown: idea, loss, options, reference, deviations, and what was measured.

    Without a METHOD all that come with dabench.
    """
    from dabench.leaderboard.method_pages import pages

    known = context.registry.all(MethodSpec)
    own = [name for name, found in known.items() if found.origin.distribution == "dabench"]
    methods = [context.registry.get(MethodSpec, name) for name in names or own]
    _write(pages(methods, published_tables(directory)), output)


@command.command("which-method")
@RESULTS
@OUTPUT
@pass_context
def which_method_command(context: Context, directory: Path, output: Path | None) -> None:
    """Compare methods over all pairs of all published suites, as markdown: ranks, covered share, cost, failures."""
    from dabench.leaderboard.method_pages import anchor
    from dabench.leaderboard.which_method.blocks import blocks_of
    from dabench.leaderboard.which_method.markdown import page
    from dabench.leaderboard.which_method.summary import tracks_of

    specs = context.registry.specs(MethodSpec)

    def link(kind: str, name: str) -> str | None:
        if kind == "method":
            return f"../reference/methods.md#{anchor(specs[name])}" if name in specs else None
        return f"{name}.md" if output is not None and (output.parent / f"{name}.md").is_file() else None

    titles = {name: spec.label for name, spec in specs.items()}
    _write(page(tracks_of(blocks_of(published_tables(directory))), titles, link), output)


@command.command("citations")
@OUTPUT
@pass_context
def citations_command(context: Context, output: Path | None) -> None:
    """Print BibTeX of all suites, domains, methods and networks that come with dabench."""
    from dabench.citations.bibliography import Bibliography

    bibliography = Bibliography(context.registry)
    bibliography.add_all("dabench")
    _write(bibliography.text() + "\n", output)
    for note in bibliography.notes:
        echo(f"Warning: {note}", err=True)


@command.command("commands")
@OUTPUT
def commands_command(output: Path | None) -> None:
    """Print the help of every command, as markdown."""
    from dabench.cli.reference import commands_page

    _write(commands_page(), output)


@command.command("hooks")
@OUTPUT
def hooks_command(output: Path | None) -> None:
    """Describe the hooks of plugins with their signatures, as markdown."""
    from dabench.cli.reference import hooks_page

    _write(hooks_page(), output)


@command.command("suites")
@OUTPUT
@pass_context
def suites_command(context: Context, output: Path | None) -> None:
    """List the suites that come with dabench, as markdown."""
    from dabench.cli.reference import suites_page

    _write(suites_page(context.registry), output)


def published_tables(directory: Path) -> list[Table]:
    """The tables of the published files of a folder, in the order of the suites' names.

    Raises:
        ResultsError: a file cannot be read.
    """
    from dabench.leaderboard.build import build_tables
    from dabench.results.folder import read_results

    return [
        table
        for file in sorted(directory.glob("*.csv"))
        for table in build_tables(read_results(file).frame, origin=str(file))
    ]


def _write(made: str, output: Path | None) -> None:
    from dabench.results.record_file import write_atomic

    if output is None:
        show(made, nl=False)
    else:
        echo(f"wrote {write_atomic(output, made)}", err=True)
