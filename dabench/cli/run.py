"""`dabench run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_methods, complete_pairs, complete_suites
from dabench.cli.say import echo, show
from dabench.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from dabench.cli.context import Context
    from dabench.planning.jobs import Options
    from dabench.runner.recorder import Recorder
    from dabench.runs.plan import Plan


@click.command(help="Run SUITE (a name or a .yaml file; mini if none is named) and print its leaderboard.")
@click.argument("suite", default="mini", shell_complete=complete_suites)
@click.option(
    "--methods",
    envvar="DABENCH_METHODS",
    shell_complete=complete_methods,
    help="Only these: dann,coral; dann:long for one row.",
)
@click.option("--pairs", envvar="DABENCH_PAIRS", shell_complete=complete_pairs, help="Only these: s:t,s:t.")
@click.option("--seeds", envvar="DABENCH_SEEDS", help="Instead of the suite's: 0-4 or 0,2,5-7.")
@click.option("--shots", envvar="DABENCH_SHOTS", help="Instead of a few_shot suite's: 10 or 1,10,all.")
@click.option("--steps", envvar="DABENCH_STEPS", type=int, help="Training steps per run, instead of the suite's.")
@click.option("--set", "assignments", multiple=True, help="A setting, as in dann.weight=0.5 or optimiser.lr=0.1.")
@click.option(
    "--device",
    envvar="DABENCH_DEVICE",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where to compute.",
)
@click.option("--launcher", envvar="DABENCH_LAUNCHER", default="processes", show_default=True, help="How to run.")
@click.option("--workers", envvar="DABENCH_WORKERS", type=click.IntRange(1), help="Runs at a time [one per core].")
@click.option("--timeout", envvar="DABENCH_TIMEOUT", type=click.FloatRange(0, min_open=True), help="Seconds per run.")
@click.option(
    "--outputs",
    envvar="DABENCH_OUTPUTS",
    type=click.IntRange(0, 5000),  # config.MOST_OUTPUTS, without importing pydantic
    metavar="ROWS",
    help="Keep scores and embeddings of ROWS examples at each checkpoint, for `dabench rescore`; at most 5000.",
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first run that fails.")
@click.option("--fresh", is_flag=True, help="Repeat runs that are there.")
@click.option(
    "--results",
    envvar="DABENCH_RESULTS",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder of records.",
)
@click.option("--dry-run", is_flag=True, help="Show what would run, and what it would cost.")
@click.option("--json", "as_json", is_flag=True, help="The leaderboard as JSON.")
@click.pass_obj
def command(
    context: Context,
    suite: str,
    methods: str | None,
    pairs: str | None,
    seeds: str | None,
    shots: str | None,
    steps: int | None,
    assignments: tuple[str, ...],
    device: str,
    launcher: str,
    workers: int | None,
    timeout: float | None,
    outputs: int | None,
    fail_fast: bool,
    fresh: bool,
    results: Path,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Plan, run, record, and print the table."""
    from rich.console import Console

    from dabench.config.overrides import parse_overrides
    from dabench.config.parse import parse_seeds, parse_shots
    from dabench.config.row_choice import RowChoice
    from dabench.config.suite_file import find_suite

    registry = context.registry
    registry.get("launchers", launcher)  # names are checked before torch is imported, which takes seconds
    for name in _items(methods) or []:
        registry.get("methods", RowChoice.parse(name).method)
    chosen = find_suite(suite, registry)
    try:
        numbers = parse_seeds(seeds) if seeds is not None else None
    except ValueError as error:
        raise UsageError(f"--seeds: {error}") from error
    try:
        labelled = parse_shots(shots) if shots is not None else None
    except ValueError as error:
        raise UsageError(f"--shots: {error}") from error
    overrides = parse_overrides(assignments, steps)

    console = Console(stderr=True)
    with console.status("preparing data and planning"):
        from dabench.device import default_workers, resolve_device
        from dabench.planning.plan import make_plan

        where = resolve_device(device)
        plan = make_plan(
            chosen,
            registry,
            device_kind=where.partition(":")[0],
            methods=_items(methods),
            pairs=_items(pairs),
            seeds=numbers,
            shots=labelled,
            overrides=overrides,
        )

    _print_remarks(plan)

    from dabench.cli.progress import ProgressDisplay
    from dabench.cli.table import warn
    from dabench.planning.jobs import Options, output_rows
    from dabench.runner.recorder import Recorder
    from dabench.runner.runner import carry_out, done_records

    rows = output_rows(plan.suite, registry, outputs)
    found, problems = done_records(plan, results, with_outputs=rows > 0)
    warn(problems, results)
    recorder = Recorder(plan, results, registry, [] if fresh else list(found.values()))
    options = Options(
        device=where,
        launcher=launcher,
        workers=workers or default_workers(where),
        timeout_s=timeout,
        fail_fast=fail_fast,
        output_rows=rows,
    )
    if dry_run:
        _print_plan(recorder, options, console)
        return 0
    count, before = len(plan.runs), len(recorder.records)
    echo(f"{count} runs, {before} of them done before, in {results / 'runs' / chosen.name}", err=True)
    try:
        with ProgressDisplay(recorder.todo, console) as display:
            whole = carry_out(recorder, options, display.show)
    except KeyboardInterrupt:
        left = len(recorder.todo)
        echo(f"Interrupted: {left} of {count} runs are left. The same command goes on from here.", err=True)
        return 130
    _print_table(recorder, options, as_json)
    if not whole:
        echo("Stopped at the first failed run (--fail-fast). The same command goes on from here.", err=True)
    return _report_failures(recorder)


def _items(text: str | None) -> list[str] | None:
    """A comma-separated list; empty items are dropped, so that `--methods ""` names none."""
    return None if text is None else [item.strip() for item in text.split(",") if item.strip()]


def _print_remarks(plan: Plan) -> None:
    """What was left out of the suite and of the domains, and what else their loaders had to say."""
    from dabench.runs.data_notes import left_out

    for row, other in plan.doubles.items():
        echo(f"Note: with these settings {row} is the same run as {other}, which stands for both.", err=True)
    for name, prepared in plan.domains.items():
        if prepared.left_out:
            echo(f"Warning: {left_out(name, prepared.left_out)}", err=True)
        for note in prepared.notes:
            echo(f"Note: {name}: {note}", err=True)


def _print_plan(recorder: Recorder, options: Options, console: Console) -> None:
    from dabench.runner.cost import estimate

    plan, suite = recorder.plan, recorder.plan.suite
    with console.status("training each method for a few steps"):
        lines = estimate(plan, recorder.todo, recorder.registry, options)
    seeds = ", ".join(str(seed) for seed in suite.seeds)
    track = suite.track if suite.shots is None else f"{suite.track}, shots {', '.join(map(str, suite.shots))}"
    echo(f"{suite.name} · {track} · {', '.join(plan.pairs)} · seeds {seeds} · {options.device}")
    echo(f"{len(plan.runs)} runs, {len(recorder.records)} of them done before, in {recorder.results}")
    for line in lines:
        echo(line)


def _print_table(recorder: Recorder, options: Options, as_json: bool) -> None:
    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.formats.text import next_commands
    from dabench.results.csv_file import frame_of
    from dabench.runs.record import flatten

    plan, registry = recorder.plan, recorder.registry
    workers = "" if options.launcher == "inline" else f", {options.workers} worker{'s' if options.workers > 1 else ''}"
    tables = build_tables(
        frame_of(flatten(record) for record in recorder.records),
        labels={name: registered.spec.label for name, registered in registry.all("methods").items()},
        pairs=plan.pairs,
        methods=plan.methods,
        seeds=plan.suite.seeds,
        device=f"{plan.device_kind}{workers}",
        origin=str(recorder.results),
        regenerated={name for name, found in registry.all("domains").items() if found.spec.regenerated},
    )
    render = registry.get("formats", "json" if as_json else "console").load()
    show(render(tables), nl=False)
    if not as_json:
        echo(next_commands(tables), err=True)


def _report_failures(recorder: Recorder) -> int:
    """Say where to look for failed runs; return the exit code."""
    from dabench.cli.failures import failures

    stems = {run.run_id: run.stem for run in recorder.plan.runs}
    for line in failures(recorder.failed, recorder.results / "runs", stems):
        echo(line, err=True)
    return 1 if recorder.failed else 0
