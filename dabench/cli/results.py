"""`dabench results`: publish, verify, audit, merge, export and prune results."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.options import results_option, suite_argument
from dabench.cli.say import echo
from dabench.errors import DabenchError


@click.group("results")
def command() -> None:
    """Publish, verify, audit, merge, export and prune results."""


RESULTS = results_option("Results folder.")


@command.command("publish")
@suite_argument(default="mini")
@RESULTS
@click.option("-o", "--output", type=click.Path(path_type=Path), help="CSV to write.  [default: RESULTS/SUITE.csv]")
@click.option(
    "--request", type=click.Path(path_type=Path), help="Also write the text of a pull request that submits it."
)
def publish_command(suite: str, directory: Path, output: Path | None, request: Path | None) -> None:
    """Write the current runs of SUITE as a CSV to commit."""
    from dabench.cli.table import warn
    from dabench.config.suite_file import suite_name
    from dabench.results.csv_file import frame_of, read_csv
    from dabench.results.folder import read_results
    from dabench.results.publish import publish
    from dabench.results.record_file import write_atomic
    from dabench.results.request import request_text

    name = suite_name(suite)
    warn(read_results(directory, name, word=suite).flaws, directory)
    file = output or directory / f"{name}.csv"
    before = read_csv(file)[0] if file.exists() else frame_of([])
    echo(publish(directory, name, file, word=suite))
    if request is not None:
        echo(f"wrote {write_atomic(request, request_text(name, before, read_csv(file)[0]))}", err=True)


@command.command("audit")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.csv")
@click.option(
    "--since", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file as it was before: only rows that are new, or have other numbers, are run again.",
)  # fmt: skip
@click.option("--rows", type=click.IntRange(1), default=3, show_default=True, help="How many are run again, at most.")
@click.option(
    "--max-seconds", type=click.FloatRange(0, min_open=True), default=600.0, show_default=True,
    help="Rows whose run took longer are passed over.",
)  # fmt: skip
@click.option(
    "--salt", default="", help="Decides which rows; take a text that nobody knew before the rows were submitted."
)
@click.option("--marks/--no-marks", default=True, help="Whether verified.json beside FILE.csv is written.")
@click.pass_context
def audit_command(
    context: click.Context, file: Path, since: Path | None, rows: int, max_seconds: float, salt: str, marks: bool
) -> None:
    """Verify a published file, and run some of its rows again: those that come out are marked as verified.

    Exit code 1 if a row was edited, or has other numbers now, or if no row could be run again.
    """
    from dabench.cli.audit import audit_file

    context.exit(audit_file(context.obj.registry, file, since, rows, max_seconds, salt, marks))


@command.command("verify")
@click.argument("directory", type=click.Path(path_type=Path), default="results", envvar="DABENCH_RESULTS")
@click.pass_context
def verify_command(context: click.Context, directory: Path) -> None:
    """Name rows and records that were edited, cut off or doubled, or that do not count for another reason.

    Exit code 1 if there is anything.
    """
    from dabench.results.verify import verify

    runs, flaws = verify(directory)
    for flaw in flaws:
        echo(flaw)
    count = len(flaws)
    echo(f"{directory}: {runs} run{'s' * (runs != 1)}, {count} problem{'s' * (count != 1)}", err=True)
    context.exit(1 if flaws else 0)


@command.command("merge")
@click.argument("into", type=click.Path(path_type=Path))
@click.argument("sources", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FROM...")
@click.pass_context
def merge_command(context: click.Context, into: Path, sources: tuple[Path, ...]) -> None:
    """Copy the runs of other results folders, FROM, into the folder INTO.

    Runs that both have with other numbers are named and left as they are: exit code 1, as for what cannot be read.
    """
    from dabench.results.merge import merge

    done = merge(into, sources)
    for line in [*done.conflicts, *map(str, done.flaws)]:
        echo(line)
    echo(
        f"{into}: {done.copied} records and {done.rows} published rows are new, {done.replaced} failed runs were "
        f"replaced, {done.there} runs were there, {len(done.conflicts)} conflicts, "
        f"{len(done.flaws)} files or rows could not be read",
        err=True,
    )
    context.exit(1 if done.conflicts or done.flaws else 0)


@command.command("export")
@suite_argument(required=False)
@RESULTS
@click.option("--parquet", "file", type=click.Path(path_type=Path), required=True, help="File to write.")
def export_command(suite: str | None, directory: Path, file: Path) -> None:
    """Write all runs, or those of SUITE, as a Parquet file for pandas, DuckDB and the like: one row per run."""
    from importlib.util import find_spec

    from dabench.cli.table import warn
    from dabench.config.suite_file import suite_name
    from dabench.files import replacing
    from dabench.results.folder import read_results

    if find_spec("pyarrow") is None:
        raise DabenchError("Parquet files need pyarrow, which is not installed: pip install 'dabench[parquet]'.")
    results = read_results(directory, suite and suite_name(suite), word=suite or "")
    warn(results.flaws, directory)
    with replacing(file) as temporary:
        results.frame.to_parquet(temporary, engine="pyarrow", index=False)
    echo(f"wrote {file}: {len(results.frame)} runs", err=True)


@command.command("prune")
@suite_argument(required=False)
@RESULTS
@click.option("--cache", is_flag=True, help="Also features, and states of interrupted runs.")
@click.option("--yes", is_flag=True, help="Delete; without it, only show what would go.")
def prune_command(suite: str | None, directory: Path, cache: bool, yes: bool) -> None:
    """Delete runs that no table shows, since newer runs of their cell have other code, data or settings.

    Of a cell with a run that finished in the future, by a clock that was ahead, nothing is deleted.
    """
    from dabench.config.suite_file import suite_name
    from dabench.results.prune import ahead, cached, delete, superseded

    name = suite and suite_name(suite)
    for flaw in ahead(directory, name):
        echo(f"Warning: {flaw}", err=True)
    files = superseded(directory, name) + (cached(directory) if cache else [])
    size = sum(path.lstat().st_size for path in files)
    for path in files:
        echo(path)
    echo(f"{len(files)} files, {size / 1e6:.1f} MB", err=True)
    if files and yes:
        delete(files)
        echo("deleted", err=True)
    elif files:
        echo("Nothing was deleted: the same command with --yes does it.", err=True)
