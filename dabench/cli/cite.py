"""`dabench cite`: BibTeX of the data, methods and networks behind a number."""

from __future__ import annotations

import click

from dabench.cli.completion import complete_citable
from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo, show


@click.command("cite")
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=complete_citable)
@pass_context
def command(context: Context, names: tuple[str, ...]) -> None:
    """Print BibTeX of what each NAME rests on.

    NAME is a suite (or its .yaml file), domain, method or backbone. A suite stands for its domains, methods, networks
    and dabench itself. What has no BibTeX is said on stderr.
    """
    from dabench.citations.bibliography import Bibliography

    bibliography = Bibliography(context.registry)
    for name in names:
        bibliography.add(name)
    show(bibliography.text())
    for note in bibliography.notes:
        echo(f"Warning: {note}", err=True)
