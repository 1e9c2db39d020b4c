"""`dabench plot features`: both domains as a network sees them, with and without adaptation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_methods, complete_pairs, complete_suites
from dabench.cli.options import PRECISION, SET, STEPS, as_items, run_options
from dabench.cli.say import echo
from dabench.errors import ResultsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dabench.cli.context import Context
    from dabench.runs.plan import Plan, PlannedRun
    from dabench.runs.record import RunRecord
    from dabench.session.choices import RunChoices

FORMS = ("png", "svg", "pdf")
TITLE = "features"  # of the pictures beside records


@click.command("features")
@click.argument("pair", metavar="SOURCE:TARGET", shell_complete=complete_pairs)
@click.option(
    "--suite", default="mini", show_default=True, shell_complete=complete_suites, help="Whose settings the runs have."
)
@click.option(
    "--methods", default="source_only,dann", show_default=True, envvar="DABENCH_METHODS", callback=as_items,
    shell_complete=complete_methods, help="A picture of each, side by side.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the runs.")
@STEPS
@PRECISION
@SET
@click.option(
    "--points", type=click.IntRange(2, 5000), default=1000, show_default=True, help="The most examples of each domain."
)
@run_options("Folder of records: runs whose embeddings were kept are not made again.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A .png, .svg or .pdf file [SOURCE-TARGET-features.png]."
)
@click.option(
    "--beside-records", is_flag=True, help="Write each picture beside its record, where the HTML table finds it."
)
@click.pass_obj
def features_command(
    context: Context,
    pair: str,
    suite: str,
    methods: list[str],
    seed: int,
    steps: int | None,
    precision: str | None,
    assignments: tuple[str, ...],
    points: int,
    choices: RunChoices,
    output: Path | None,
    beside_records: bool,
) -> None:
    """Draw both domains of a pair by t-SNE, one picture for each method: do they mix after adaptation?

    What is drawn is the last hidden layer (in the paper's picture of MNIST the layer in front of the label predictor)
    for held-out source examples and for target train, at the checkpoint that the suite reports. No target label is
    looked at. Runs that are not there yet, or did not keep it, are made.
    """
    output, form = _file(output, pair, beside_records)

    from dabench.cli.session import open_session
    from dabench.config.overrides import parse_overrides
    from dabench.config.row_choice import RowChoice
    from dabench.config.suite_file import find_suite

    session, names = open_session(context.registry, choices, methods)
    chosen = find_suite(suite, session.registry)
    wanted = {RowChoice.parse(name).method for name in names}
    overrides = parse_overrides(assignments, steps, precision=precision)
    with session.busy():
        from dabench.planning.jobs import output_rows
        from dabench.session.choices import Selection

        drawn = chosen.model_copy(update={"bounds": tuple(bound for bound in chosen.bounds if bound in wanted)})
        plan = session.plan(Selection(suite=drawn, methods=names, pairs=[pair], seeds=(seed,), overrides=overrides))
    _refuse(plan)
    # Rows that differ in the readout alone have the picture of the row beside them.
    plan = replace(plan, runs=tuple(run for run in plan.runs if not run.reads_features))
    # No fewer outputs than the suite's selector reads.
    options = session.options(output_rows=max(points, output_rows(chosen, session.registry)))
    recorder = session.recorder(plan, options)
    session.run_plan(recorder, options)
    records = {record.run_id: record for record in recorder.records}
    with session.busy("laying out by t-SNE"):
        written = _write(plan, records, choices.directory, points, output, form, beside_records)
    for path in written:
        echo(path)


def _file(output: Path | None, pair: str, beside_records: bool) -> tuple[Path | None, str]:
    """The file to write, if any, and its form.

    Raises:
        UsageError: there is no such form.
    """
    if output is None and not beside_records:
        output = Path(f"{pair.replace('/', '_').replace(':', '-')}-features.png")
    form = "png" if output is None else output.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise UsageError(f"-o {output}: the name must end in {', '.join('.' + form for form in FORMS)}")
    return output, form


def _refuse(plan: Plan) -> None:
    """Refuse methods that have no embedding of their own.

    Raises:
        UsageError: a method that trains no network.
    """
    for run in plan.runs:
        if run.is_feature_method:
            raise UsageError(
                f"{run.method.name} trains no network: it works on the features that source_only has, and a picture "
                "would show those"
            )


def _write(
    plan: Plan,
    records: dict[str, RunRecord],
    directory: Path,
    points: int,
    output: Path | None,
    form: str,
    beside_records: bool,
) -> list[Path]:
    """Draw; returns the files that were written.

    Raises:
        ResultsError: a run failed, or a file cannot be written.
    """
    from dabench.leaderboard.plots.features import draw, embed_in_plane
    from dabench.results.record_file import write_atomic
    from dabench.selection.outputs import outputs_file, outputs_folder, read_outputs

    panels = []
    for run in plan.runs:
        record = records[run.run_id]
        if not record.done:
            raise ResultsError(f"{run} {record.status}: {record.error}")
        step = record.selections[record.selector].step
        outputs = read_outputs(outputs_file(outputs_folder(directory, run.run_id), step))
        own = "" if _shared_variant(plan.runs) else run.variant
        label = f"{run.method.label} ({own})" if own else run.method.label
        panels.append(embed_in_plane(label, outputs, points, run.seed))
    count = len(panels[0].source)
    files = [] if output is None else [(output, draw(panels, _caption(plan.runs, records, count), form))]
    if beside_records:
        for run, panel in zip(plan.runs, panels, strict=True):
            stem = directory / "runs" / run.stem
            caption = _caption([run], records, count)
            files.append((stem.with_name(f"{stem.name}.{TITLE}.png"), draw([panel], caption, "png")))
    for path, content in files:
        write_atomic(path, content)
    return [path for path, _ in files]


def _shared_variant(runs: Sequence[PlannedRun]) -> str:
    """The variant that all runs share, if they do: it is part of the caption then, and of no title."""
    variants = {run.variant for run in runs}
    return variants.pop() if len(variants) == 1 else ""


def _caption(runs: Sequence[PlannedRun], records: dict[str, RunRecord], count: int) -> str:
    """The caption of the picture: its runs, and the settings that it was made with."""
    from importlib.metadata import version

    from dabench.leaderboard.formats.text import pair_title
    from dabench.leaderboard.plots.features import perplexity

    first = runs[0]
    reported = [records[run.run_id] for run in runs]
    steps = ", ".join(dict.fromkeys(f"{record.selections[record.selector].step:,} steps" for record in reported))
    variant = _shared_variant(runs)
    suite = f"{first.suite} ({variant})" if variant else first.suite
    optimiser, schedule = first.settings.optimiser, first.settings.schedule
    batch = first.settings.budget.batch if first.settings.budget else 0
    return (
        f"{suite} · {pair_title(first.pair)} · backbone {first.backbone.name} · seed {first.seed} · {steps} of "
        f"{batch} + {batch} examples, {optimiser.name} {optimiser.lr:g}, {schedule.name} rate · t-SNE (perplexity "
        f"{perplexity(count):g}) of the last hidden layer, {count:,} held-out source and {count:,} target examples, "
        f"no label used · dabench {version('dabench')}"
    )
