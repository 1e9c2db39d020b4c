"""`dabench site`: a static site of published results."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo
from dabench.errors import DabenchError


@click.command("site")
@click.argument(
    "results",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default="results",
    envvar="DABENCH_RESULTS",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), default="site", show_default=True,
    help="Folder to write.",
)  # fmt: skip
@click.option(
    "--published", type=click.Path(path_type=Path, file_okay=False), default="tables", show_default=True,
    envvar="DABENCH_PUBLISHED", help="Folder of published numbers, SUITE.yaml.",
)  # fmt: skip
@pass_context
def command(context: Context, results: Path, output: Path, published: Path) -> None:
    """Write a static site of the published files in RESULTS, for a web server or GitHub Pages.

    A page for each suite, one that compares methods over all of them, one for each method. They need nothing from
    elsewhere.
    """
    from importlib.util import find_spec

    from dabench.cli.table import warn

    if find_spec("latex2mathml") is None:
        raise DabenchError("the site needs latex2mathml, which is not installed: pip install 'dabench[site]'.")
    from dabench.site.build import read_site, write_site

    site = read_site(results, published, context.registry)
    warn(site.flaws, results)
    written = write_site(site, output)
    echo(f"wrote {len(written)} pages: open {output / 'index.html'}", err=True)
