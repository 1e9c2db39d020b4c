"""`dabench plot features`: both domains as a network sees them, with and without adaptation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_methods, complete_pairs, complete_suites
from dabench.cli.options import results_option
from dabench.cli.say import echo
from dabench.errors import ResultsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dabench.cli.context import Context
    from dabench.runs.plan import Plan, PlannedRun
    from dabench.runs.record import RunRecord

FORMS = ("png", "svg", "pdf")
TITLE = "features"  # of the pictures beside records


@click.command("features")
@click.argument("pair", metavar="SOURCE:TARGET", shell_complete=complete_pairs)
@click.option(
    "--suite", default="mini", show_default=True, shell_complete=complete_suites, help="One that has the pair."
)
@click.option(
    "--methods", default="source_only,dann", show_default=True, shell_complete=complete_methods,
    help="A picture of each, side by side.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the runs.")
@click.option("--steps", type=click.IntRange(1), help="Training steps per run, instead of the suite's.")
@click.option("--set", "assignments", multiple=True, help="A setting, as in dann.weight=0.5 or optimiser.lr=0.1.")
@click.option(
    "--points", type=click.IntRange(2, 5000), default=1000, show_default=True, help="At most so many of each domain."
)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--launcher", envvar="DABENCH_LAUNCHER", default="processes", show_default=True, help="How to run.")
@click.option("--workers", envvar="DABENCH_WORKERS", type=click.IntRange(1), help="Runs at a time [one per core].")
@results_option("Folder of records: runs whose embeddings were kept are not made again.")
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
    methods: str,
    seed: int,
    steps: int | None,
    assignments: tuple[str, ...],
    points: int,
    device: str,
    launcher: str,
    workers: int | None,
    directory: Path,
    output: Path | None,
    beside_records: bool,
) -> None:
    """Draw both domains of a pair by t-SNE, one picture for each method: do they mix after adaptation?

    What is drawn is the last hidden layer (in the paper's picture of MNIST the layer in front of the label predictor)
    for held-out source examples and for target train, at the checkpoint that the suite reports. No target label is
    looked at. Runs that are not there yet, or did not keep it, are made.
    """
    if output is None and not beside_records:
        output = Path(f"{pair.replace('/', '_').replace(':', '-')}-features.png")
    form = "png" if output is None else output.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise UsageError(f"-o {output}: the name must end in {', '.join('.' + form for form in FORMS)}")

    from rich.console import Console

    from dabench.config.overrides import parse_overrides
    from dabench.config.row_choice import RowChoice
    from dabench.config.suite_file import find_suite

    registry = context.registry
    registry.get("launchers", launcher)
    names = [name.strip() for name in methods.split(",") if name.strip()]
    wanted = {RowChoice.parse(name).method for name in names}
    for method in wanted:
        registry.get("methods", method)
    chosen = find_suite(suite, registry)
    overrides = parse_overrides(assignments, steps)
    console = Console(stderr=True)
    with console.status("preparing data and planning"):
        from dabench.device import default_workers, resolve_device
        from dabench.planning.plan import make_plan

        where = resolve_device(device)
        plan = make_plan(
            chosen.model_copy(update={"bounds": tuple(bound for bound in chosen.bounds if bound in wanted)}),
            registry,
            device_kind=where.partition(":")[0],
            methods=names,
            pairs=[pair],
            seeds=(seed,),
            overrides=overrides,
        )
    _refuse(plan)
    # Rows that differ in the readout alone have the picture of the row beside them.
    plan = replace(plan, runs=tuple(run for run in plan.runs if not run.reads_features))

    from dabench.cli.progress import ProgressDisplay
    from dabench.cli.table import warn
    from dabench.planning.jobs import Options, output_rows
    from dabench.runner.recorder import Recorder
    from dabench.runner.runner import carry_out, done_records

    found, problems = done_records(plan, directory, with_outputs=True)
    warn(problems, directory)
    recorder = Recorder(plan, directory, registry, list(found.values()))
    options = Options(
        device=where,
        launcher=launcher,
        workers=workers or default_workers(where),
        output_rows=max(points, output_rows(chosen, registry)),  # no fewer than the suite's selector reads
    )
    with ProgressDisplay(recorder.todo, console) as display:
        carry_out(recorder, options, display.show)
    records = {record.run_id: record for record in recorder.records}
    with console.status("laying out by t-SNE"):
        written = _write(plan, records, directory, points, output, form, beside_records)
    for path in written:
        echo(path)


def _refuse(plan: Plan) -> None:
    """Refuse what has no embedding of its own.

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
        _put(path, content)
    return [path for path, _ in files]


def _shared_variant(runs: Sequence[PlannedRun]) -> str:
    """The variant that all runs share, if they do: it is part of the caption then, and of no title."""
    variants = {run.variant for run in runs}
    return variants.pop() if len(variants) == 1 else ""


def _caption(runs: Sequence[PlannedRun], records: dict[str, RunRecord], count: int) -> str:
    """What the picture shows, and with what settings it was made."""
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


def _put(path: Path, content: bytes) -> None:
    from dabench.files import replacing

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise ResultsError(f"{path} cannot be written ({error.strerror}). Name another with -o.") from error
