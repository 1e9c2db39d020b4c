"""`dabench run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_methods, complete_suites
from dabench.cli.options import PAIRS_TO_RUN, SET, STEPS, RunChoices, as_items, parsed, run_options
from dabench.cli.say import echo, show, write
from dabench.specs.spec import DomainSpec, FormatSpec, MethodSpec

if TYPE_CHECKING:
    from dabench.cli.context import Context
    from dabench.cli.session import RunSession
    from dabench.planning.jobs import RunOptions
    from dabench.runner.recorder import Recorder
    from dabench.runs.plan import Plan


@click.command(help="Run SUITE (a name or a .yaml file; mini if none is named) and print its leaderboard.")
@click.argument("suite", default="mini", shell_complete=complete_suites)
@click.option(
    "--methods",
    envvar="DABENCH_METHODS",
    callback=as_items,
    shell_complete=complete_methods,
    help="Only these: dann,coral; dann:long for one row.",
)
@PAIRS_TO_RUN
@click.option("--seeds", envvar="DABENCH_SEEDS", help="Instead of the suite's: 0-4 or 0,2,5-7.")
@click.option("--shots", envvar="DABENCH_SHOTS", help="Instead of a few_shot suite's: 10 or 1,10,all.")
@STEPS
@SET
@run_options()
@click.option(
    "--outputs",
    envvar="DABENCH_OUTPUTS",
    type=click.IntRange(0, 5000),  # config.MOST_OUTPUTS, without importing pydantic
    metavar="ROWS",
    help="Keep scores and embeddings of ROWS examples at each checkpoint, for `dabench rescore`; at most 5000.",
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first run that fails.")
@click.option("--fresh", is_flag=True, help="Repeat runs that are there.")
@click.option("--dry-run", is_flag=True, help="Show what would run, and what it would cost.")
@click.option("--json", "as_json", is_flag=True, help="The leaderboard as JSON.")
@click.pass_obj
def command(
    context: Context,
    suite: str,
    methods: list[str] | None,
    pairs: list[str] | None,
    seeds: str | None,
    shots: str | None,
    steps: int | None,
    assignments: tuple[str, ...],
    choices: RunChoices,
    outputs: int | None,
    fail_fast: bool,
    fresh: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Plan, run, record, and print the table."""
    from dabench.cli.session import RunSession
    from dabench.config.overrides import parse_overrides
    from dabench.config.parse import parse_seeds, parse_shots
    from dabench.config.suite_file import find_suite

    session = RunSession(context.registry, choices, methods or [])
    chosen = find_suite(suite, session.registry)
    numbers, labelled = parsed("--seeds", parse_seeds, seeds), parsed("--shots", parse_shots, shots)
    overrides = parse_overrides(assignments, steps)
    with session.busy():
        from dabench.planning.jobs import output_rows
        from dabench.planning.plan import make_plan

        plan = make_plan(
            chosen,
            session.registry,
            device_kind=session.device_kind,
            methods=methods,
            pairs=pairs,
            seeds=numbers,
            shots=labelled,
            overrides=overrides,
        )
    _print_remarks(plan)
    rows = output_rows(plan.suite, session.registry, outputs)
    options = session.options(fail_fast=fail_fast, output_rows=rows)
    recorder = session.recorder(plan, options, fresh=fresh)
    if dry_run:
        _print_plan(recorder, options, session)
        return 0
    whole = session.run_plan(recorder, options)
    _print_table(recorder, options, as_json)
    if not whole:
        echo("Stopped at the first failed run (--fail-fast). The same command goes on from here.", err=True)
    return _report_failures(recorder)


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


def _print_plan(recorder: Recorder, options: RunOptions, session: RunSession) -> None:
    from dabench.runner.cost import estimate

    plan, suite = recorder.plan, recorder.plan.suite
    with session.busy("training each method for a few steps"):
        lines = estimate(plan, recorder.todo, recorder.registry, options)
    seeds = ", ".join(str(seed) for seed in suite.seeds)
    track = suite.track if suite.shots is None else f"{suite.track}, shots {', '.join(map(str, suite.shots))}"
    echo(f"{suite.name} · {track} · {', '.join(plan.pairs)} · seeds {seeds} · {options.device}")
    echo(f"{len(plan.runs)} runs, {len(recorder.stored)} of them done before, in {recorder.results}")
    for line in lines:
        echo(line)


def _print_table(recorder: Recorder, options: RunOptions, as_json: bool) -> None:
    from dataclasses import replace

    from dabench.leaderboard.build import build_tables
    from dabench.leaderboard.formats.text import next_commands

    plan, registry = recorder.plan, recorder.registry
    workers = "" if options.launcher == "inline" else f", {options.workers} worker{'s' if options.workers > 1 else ''}"
    made = build_tables(
        recorder.stored.frame,
        labels={name: spec.label for name, spec in registry.specs(MethodSpec).items()},
        pairs=plan.pairs,
        methods=plan.methods,
        seeds=plan.suite.seeds,
        origin=str(recorder.results),
        regenerated={name for name, spec in registry.specs(DomainSpec).items() if spec.regenerated},
    )
    tables = [replace(table, device=f"{plan.device_kind}{workers}") for table in made]
    render = registry.get(FormatSpec, "json" if as_json else "console").load()
    text = render(tables)
    if as_json:
        write(text.rstrip("\n"))
    else:
        show(text, nl=False)
        echo(next_commands(tables), err=True)


def _report_failures(recorder: Recorder) -> int:
    """Say where to look for failed runs; return the exit code."""
    from dabench.cli.failures import failures

    stems = {run.run_id: run.stem for run in recorder.plan.runs}
    failed = recorder.failed_rows
    for line in failures(failed, recorder.results / "runs", stems):
        echo(line, err=True)
    return 1 if failed else 0
