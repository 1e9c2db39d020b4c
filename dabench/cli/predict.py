"""`dabench predict`."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.options import results_option
from dabench.cli.say import echo, show
from dabench.errors import UsageError
from dabench.plugin.method_file import with_files

METHOD = click.option("--method", metavar="FILE.py:CLASS", help="The method of the run, where it is one of a file.")


@click.command("predict")
@click.argument("run", metavar="RECORD.json|RUN_ID")
@click.argument("data", metavar="DATA")
@results_option("Where to look for a RUN_ID: a results folder.")
@METHOD
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .csv or .parquet file [CSV on stdout].")
@pass_context
def command(context: Context, run: str, data: str, directory: Path, method: str | None, output: Path | None) -> None:
    """Apply the model of a run that was made with `--save models` to DATA.

    DATA is a folder of pictures, a table (.csv, .npz, .parquet) with the columns that the model was trained on, or the
    name of a domain, whose test split is meant.
    """
    from dabench.results.record_file import write_atomic
    from dabench.trained.model import open_model
    from dabench.trained.predictions import predictions
    from dabench.trained.records import find_record

    if output is not None and output.suffix not in (".csv", ".parquet"):
        raise UsageError(f"-o {output}: the name must end in .csv or .parquet")
    registry, _ = with_files(context.registry, [] if method is None else [method])
    record, results = find_record(run, directory)
    frame, left_out = predictions(open_model(record, results, registry), data)
    for phrase in left_out:
        echo(f"Warning: left out: {phrase}", err=True)
    if output is None:
        show(frame.to_csv(index=False, lineterminator="\n"), form="csv", nl=False)
    elif output.suffix == ".csv":
        echo(f"wrote {write_atomic(output, frame.to_csv(index=False))}", err=True)
    else:
        echo(f"wrote {write_atomic(output, frame.to_parquet(index=False))}", err=True)
