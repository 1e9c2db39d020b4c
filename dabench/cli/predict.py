"""`dabench predict`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_suites
from dabench.cli.context import Context, pass_context
from dabench.cli.options import results_option
from dabench.cli.say import echo, show
from dabench.errors import UsageError
from dabench.plugin.method_file import with_files

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry

METHOD = click.option("--method", metavar="FILE.py:CLASS", help="The method of the run, where it is one of a file.")
SUITE = click.option(
    "--suite", shell_complete=complete_suites, help="The file of a suite, for domains that are data of your own."
)


def wider(registry: Registry, method: str | None, suite: str | None) -> Registry:
    """The registry with the method of a file and the domains of a suite besides.

    Raises:
        UsageError: there is no such file or suite.
    """
    registry, _ = with_files(registry, [] if method is None else [method])
    if suite is None:
        return registry
    from dabench.config.suite_file import find_suite
    from dabench.planning.domains import known_domains
    from dabench.specs.spec import DomainSpec, Origin, Registered

    known = registry.all(DomainSpec)
    own = Origin(distribution=suite, version="suite", entry_point="domains")
    specs = known_domains(find_suite(suite, registry), registry)
    return registry.with_specs(DomainSpec, [Registered(spec, own) for name, spec in specs.items() if name not in known])


@click.command("predict")
@click.argument("run", metavar="RECORD.json|RUN_ID")
@click.argument("data", metavar="DATA")
@results_option("Where to look for a RUN_ID: a results folder.")
@METHOD
@SUITE
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .csv or .parquet file [CSV on stdout].")
@pass_context
def command(
    context: Context, run: str, data: str, directory: Path, method: str | None, suite: str | None, output: Path | None
) -> None:
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
    registry = wider(context.registry, method, suite)
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
