"""`dabench data sheet`: a picture with samples of domains.

Sheets of published data stay with whoever makes them: not every licence allows to pass images on.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import click

from dabench.cli.completion import complete_domains
from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo
from dabench.specs.spec import DomainSpec


@click.command("sheet")
@click.argument("domains", nargs=-1, required=True, shell_complete=complete_domains)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="PNG file to write.")
@click.option("--per-class", default=8, show_default=True, help="Images of each class and split.")
@click.option("--scale", default=2, show_default=True, help="Pixels for each pixel of an image.")
@pass_context
def command(context: Context, domains: tuple[str, ...], output: Path, per_class: int, scale: int) -> None:
    """Draw samples of image DOMAINS: a row for each class, train on the left and test on the right."""
    from PIL import Image

    from dabench.cli.data.samples import sheet, side_by_side
    from dabench.data.prepared import prepare
    from dabench.results.record_file import write_atomic

    specs = [context.registry.get(DomainSpec, name).spec for name in domains]
    parts = [sheet(spec.name, prepare(spec).open(), per_class, scale) for spec in specs]
    picture = BytesIO()
    Image.fromarray(side_by_side(parts)).save(picture, "PNG")
    echo(f"wrote {write_atomic(output, picture.getvalue())}", err=True)
