"""`dabench check`: runs against a baseline, for CI."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_check_formats, complete_methods, complete_pairs
from dabench.cli.context import Context, pass_context
from dabench.cli.options import as_items, parsed, results_option, suite_argument
from dabench.cli.say import echo, show
from dabench.errors import ResultsError, UsageError
from dabench.specs.spec import CheckFormatSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from dabench.baseline.compare import Report
    from dabench.results.folder import Results


@click.command("check")
@suite_argument(required=False)
@click.option(
    "--baseline", "file", type=click.Path(path_type=Path), required=True,
    help="Published .csv file that the runs are compared with.",
)  # fmt: skip
@results_option("Results folder, or a .csv file, with the current runs.")
@click.option(
    "--max-drop", type=click.FloatRange(0, 100), default=1.0, show_default=True, metavar="POINTS",
    help="A mean drop up to this is no regression.",
)  # fmt: skip
@click.option(
    "--methods",
    callback=as_items,
    shell_complete=complete_methods,
    help="Only these and the bounds: dann,coral; dann:long for one row.",
)
@click.option("--pairs", callback=as_items, shell_complete=complete_pairs, help="Only these, comma-separated.")
@click.option("--seeds", help="Only these: 0-2 or 0,2,5-7.")
@click.option("--update", is_flag=True, help="Rewrite the baseline: cells whose numbers changed, and new ones.")
@click.option(
    "--format", "form", default="console", show_default=True, shell_complete=complete_check_formats,
    help="See `dabench list check_formats`.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of the terminal.")
@pass_context
def command(
    context: Context,
    suite: str | None,
    file: Path,
    directory: Path,
    max_drop: float,
    methods: list[str] | None,
    pairs: list[str] | None,
    seeds: str | None,
    update: bool,
    form: str,
    output: Path | None,
) -> int:
    """Compare runs with a baseline; exit code 3 if an accuracy regressed, runs are missing, or nothing is comparable.

    Without SUITE, all suites of the baseline are checked. Within a GitHub workflow the report also goes to the
    step's summary, and what is wrong becomes annotations.
    """
    from dabench.baseline.compare import compare
    from dabench.cli.table import warn
    from dabench.config.parse import parse_seeds
    from dabench.results.folder import read_results

    render = {name: context.registry.get(CheckFormatSpec, name).load() for name in {form, "console", "markdown"}}
    if update and seeds is not None:
        raise UsageError("--update with --seeds would leave cells with some seeds of old code and some of new")
    if update and file.suffix != ".csv":
        raise UsageError(f"--update rewrites a .csv file, but {file} is not one")
    baseline = _read_baseline(file, suite)
    results = read_results(directory, without=file)
    warn(results.flaws, directory)
    suites = set(baseline.frame["suite"])
    before, now = (_narrowed(frame, suites, methods, pairs) for frame in (baseline.frame, results.frame))
    numbers = parsed("--seeds", parse_seeds, seeds)
    _refuse_nothing(before, numbers, file)
    report = compare(
        before,
        now,
        max_drop=max_drop / 100,
        seeds=numbers,
        settings=_settings(before, now, directory),
        notes=[*_other_code(now), *_published(now, results)],
    )
    _print(report, render, form, output)
    if not update:
        return 3 if report.failed else 0
    return _update(file, before, now, report)


def _read_baseline(file: Path, suite: str | None) -> Results:
    from dabench.config.suite_file import suite_name
    from dabench.results.folder import read_results

    name = suite and suite_name(suite)
    if not file.exists():
        words = shlex.join(["dabench", "results", "publish", suite or "mini", "-o", str(file)])
        raise ResultsError(f"there is no baseline {file}. `{words}` makes one.")
    baseline = read_results(file, name, word=suite or "")
    if baseline.flaws:  # a gate that leaves out what it cannot read would let everything pass
        more = f" There are {len(baseline.flaws) - 1} more." if len(baseline.flaws) > 1 else ""
        raise ResultsError(f"the baseline is damaged: {baseline.flaws[0]}.{more}")
    return baseline


def _narrowed(
    frame: pd.DataFrame, suites: set[str], methods: list[str] | None, pairs: list[str] | None
) -> pd.DataFrame:
    """The runs that are asked for."""
    from dabench.config.row_choice import RowChoice, of_rows
    from dabench.results.cells import pair_column
    from dabench.specs.names import BOUNDS, canonical

    frame = frame[frame["suite"].isin(suites)]
    if methods is not None:
        frame = of_rows(frame, [RowChoice.parse(name) for name in (*methods, *BOUNDS)])
    if pairs is not None:
        wanted = [canonical(name) for name in pairs]
        frame = frame[pair_column(frame).isin(wanted)]
    return frame.reset_index(drop=True)


def _refuse_nothing(before: pd.DataFrame, seeds: tuple[int, ...] | None, file: Path) -> None:
    """A gate that checks nothing is a mistake."""
    if before.empty or not (seeds is None or before["seed"].isin(seeds).any()):
        raise UsageError(f"{file} has no run of the methods, pairs and seeds that are asked for.")


def _settings(before: pd.DataFrame, now: pd.DataFrame, directory: Path) -> dict[str, dict[str, object]]:
    """Settings by hash, from the records that are here; read only where some differ."""
    from dabench.results.records import find_records

    if not directory.is_dir() or set(now["settings_sha256"]) <= set(before["settings_sha256"]):
        return {}
    return {record.settings_sha256: record.settings for _, record in find_records(directory)[0]}


def _other_code(now: pd.DataFrame) -> list[str]:
    """A note if the runs were made by other code than the present one, so that they say nothing about it."""
    from dabench.results.environment import code_info

    here = code_info()
    made = sorted(set(now["code_commit"].dropna()))
    if here.commit is None or not made or made == [here.commit]:
        return []
    listed = ", ".join(commit[:12] for commit in made)
    return [f"the runs were made at commit {listed}, the code here is {here.commit[:12]}: --fresh repeats them"]


def _published(now: pd.DataFrame, results: Results) -> list[str]:
    """A note if a folder's current runs are not all from its records: rows of a published file were not made here."""
    count = int(now["run_id"].isin(results.from_csv).sum())
    if not results.path.is_dir() or not count:
        return []
    return [f"{count} of {len(now)} current runs are rows of a published file in {results.path}, not records"]


def _print(report: Report, render: Mapping[str, Callable[[Report], str]], form: str, output: Path | None) -> None:
    """Print the report, or write it; and tell the workflow that this is a step of, if it is."""
    from dabench.results.record_file import write_atomic

    if output is None:
        show(render[form](report), form=form, nl=False)
    else:
        echo(f"wrote {write_atomic(output, click.unstyle(render[form](report)))}", err=True)
        show(render["console"](report), nl=False, err=True)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(render["markdown"](report))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from dabench.baseline.formats.github import commands

        for line in commands(report):
            click.echo(line, err=True)


def _update(file: Path, before: pd.DataFrame, now: pd.DataFrame, report: Report) -> int:
    """Rewrite the baseline; rows outside the checked cells stay."""
    import pandas as pd

    from dabench.baseline.update import updated
    from dabench.results.csv_file import csv_text
    from dabench.results.folder import read_results
    from dabench.results.publish import in_order
    from dabench.results.record_file import write_atomic

    new = updated(before, now, report)
    # The file may hold suites that were not asked for, and cells that --methods and --pairs left out.
    everything = read_results(file).frame
    rest = everything[~everything["run_id"].isin(before["run_id"])]
    write_atomic(file, csv_text(in_order(pd.concat([rest, new], ignore_index=True))))
    changed = len(set(new["run_id"] + new["finished"]) - set(before["run_id"] + before["finished"]))
    echo(f"wrote {file}: {changed} rows are new or changed; missing cells were kept", err=True)
    return 3 if report.count("missing") else 0
