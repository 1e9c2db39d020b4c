"""`dabench table`: a leaderboard from results."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_formats, complete_selector
from dabench.cli.options import METHODS, PAIRS, SHOTS, results_option, suite_argument
from dabench.cli.say import echo, results_flag, show
from dabench.errors import ResultsError
from dabench.specs.names import canonical, is_suite_file
from dabench.specs.spec import DomainSpec, FormatSpec, MethodSpec, SuiteSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from dabench.config.row_choice import RowChoice
    from dabench.plugin.registry import Registry
    from dabench.results.csv_file import Flaw


@click.command("table")
@suite_argument(default="mini")
@results_option()
@click.option(
    "--format", "form", default="console", show_default=True, shell_complete=complete_formats,
    help="See `dabench list formats`.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of the terminal.")
@click.option(
    "--published", type=click.Path(path_type=Path, file_okay=False), default="tables", show_default=True,
    envvar="DABENCH_PUBLISHED", help="Folder of published numbers, SUITE.yaml.",
)  # fmt: skip
@METHODS
@PAIRS
@click.option("--all-pairs", is_flag=True, help="Also those of the suite that were not run, in the suite's order.")
@SHOTS
@click.option(
    "--selector",
    shell_complete=complete_selector,
    help="As this label-free selector reports, instead of the one that the runs were made with.",
)
@click.pass_context
def command(
    context: click.Context,
    suite: str,
    directory: Path,
    form: str,
    output: Path | None,
    published: Path,
    methods: list[str] | None,
    pairs: list[str] | None,
    all_pairs: bool,
    shots: list[str] | None,
    selector: str | None,
) -> None:
    """Print the leaderboard of existing runs."""
    from dabench.config.suite_file import suite_name
    from dabench.leaderboard.beside import beside
    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.formats.text import next_commands
    from dabench.leaderboard.published import published_of
    from dabench.leaderboard.recorded import with_records
    from dabench.leaderboard.rounds import last_rounds
    from dabench.results.folder import read_results
    from dabench.results.record_file import write_atomic

    registry = context.obj.registry
    spec = registry.get(FormatSpec, form).spec
    render = spec.load()
    name = suite_name(suite)
    numbers = published_of(published, name)
    results = read_results(directory, name, word=suite)
    warn(results.flaws, directory)
    frame, wanted_methods, wanted_pairs = chosen_runs(results.frame, suite, directory, methods, pairs, shots)
    if selector is not None:
        frame = _as_selected(frame, directory, name, selector, registry)
    titles = {name: spec.label for name, spec in registry.specs(MethodSpec).items()}
    rows = directory / f"{name}.csv"
    tables = build_tables(
        frame,
        labels=titles,
        pairs=wanted_pairs or _pairs_of(suite, registry, results.frame, all_pairs),
        methods=wanted_methods,
        origin=str(rows if rows.is_file() and not (directory / "runs" / name).is_dir() else directory),
        from_csv=results.from_csv,
        regenerated={name for name, spec in registry.specs(DomainSpec).items() if spec.regenerated},
    )
    if shots is None:
        tables = last_rounds(tables)
    if numbers is not None:
        tables = beside(tables, numbers)
    if spec.wants_records:
        tables = with_records(tables, results.records_of(results.frame["run_id"]))
    text = render(tables)
    if output is None:
        show(text, form=form, nl=False)
        if form == "console":
            echo(next_commands(tables, suite), err=True)
    else:
        echo(f"wrote {write_atomic(output, click.unstyle(text))}", err=True)


def chosen_runs(
    frame: pd.DataFrame,
    suite: str,
    directory: Path,
    methods: Sequence[str] | None,
    pairs: Sequence[str] | None,
    shots: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The runs of some methods, the bounds among them, pairs and shots; and the names of the first two.

    Raises:
        ResultsError: there are no runs.
        UsageError: none of these runs is of that method or pair.
    """
    from dabench.config.row_choice import RowChoice, of_rows
    from dabench.results.cells import pair_column
    from dabench.specs.names import BOUNDS

    if frame.empty:
        again = f"`dabench run {shlex.quote(suite)}` makes new ones"
        raise ResultsError(f"no usable results of {suite!r} in {directory}. {again}.")
    names = pair_column(frame)
    choices = [RowChoice.parse(name) for name in methods or []]
    wanted_methods = list(dict.fromkeys(choice.method for choice in choices))
    wanted_pairs = list(pairs or [])
    for choice in choices:
        refuse_absent(choice, frame, suite, directory)
    _refuse_unknown("pair", wanted_pairs, names.tolist(), suite, directory)
    if wanted_pairs:
        frame = frame[names.isin(wanted_pairs)]
    if choices:
        frame = of_rows(frame, [*choices, *map(RowChoice.parse, BOUNDS)])
    if shots is not None:
        known = frame["shots"].dropna().tolist()
        _refuse_unknown("number of shots", shots, known, suite, directory)
        of_all = (frame["track"] == "active") & frame["shots"].isna()  # the bounds of all rounds
        frame = frame[of_all | frame["shots"].isin(shots)]
    return frame, wanted_methods, wanted_pairs


def _pairs_of(suite: str, registry: Registry, frame: pd.DataFrame, all_pairs: bool) -> list[str]:
    """The pairs of a suite that is at hand, in its order, all or those that were run; then others that were run."""
    from dabench.config.suite_file import find_suite
    from dabench.results.cells import pair_column

    if not (all_pairs or is_suite_file(suite) or canonical(suite) in registry.all(SuiteSpec)):
        return []  # results need no suite
    pairs = [entry.pair for entry in find_suite(suite, registry).pairs]
    run = pair_column(frame).unique().tolist()
    return [pair for pair in pairs if all_pairs or pair in run] + [pair for pair in run if pair not in pairs]


def warn(flaws: Sequence[Flaw], directory: Path) -> None:
    """Print the flaws of results on stderr, the first few in full."""
    from dabench.session.run_session import flaw_lines

    for line in flaw_lines(flaws, directory):
        echo(line, err=True)


def _as_selected(frame: pd.DataFrame, directory: Path, suite: str, selector: str, registry: Registry) -> pd.DataFrame:
    """The current runs, as another selector reports them."""
    from dabench.results.comparable import comparable_runs
    from dabench.results.records import find_records
    from dabench.selection.rescore import label_free
    from dabench.selection.reselect import reselected

    (spec,) = label_free(registry, [selector])
    found = find_records(directory, suite)[0] if directory.is_dir() else []
    return reselected(comparable_runs(frame)[0], [record for _, record in found], spec.name)


def refuse_absent(choice: RowChoice, frame: pd.DataFrame, suite: str, directory: Path) -> None:
    """Refuse rows that the runs of a suite do not have.

    Raises:
        UsageError: there is no run of that method, or of that row of it.
    """
    from dabench.config.row_choice import of_rows, row_of

    _refuse_unknown("method", [choice.method], frame["method"].tolist(), suite, directory)
    if of_rows(frame, [choice]).empty:
        raise choice.absent(frame.loc[frame["method"] == choice.method, "variant"].map(row_of), "in these results")


def _refuse_unknown(kind: str, wanted: Sequence[str], known: Sequence[str], suite: str, directory: Path) -> None:
    from dabench.errors import unknown

    for name in wanted:
        if name not in known:
            where = results_flag(directory)
            listing = f"dabench table {shlex.quote(suite)}{where}"
            raise unknown(f"{kind} in these results", name, set(known), listing=listing)
