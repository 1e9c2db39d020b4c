"""`dabench run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_backbones, complete_methods, complete_selector, complete_suites
from dabench.cli.options import PAIRS_TO_RUN, PRECISION, SET, STEPS, as_items, parsed, run_options
from dabench.cli.say import echo, show
from dabench.errors import UsageError
from dabench.specs.names import canonical
from dabench.specs.spec import FormatSpec

if TYPE_CHECKING:
    from dabench.cli.context import Context
    from dabench.config.suite import Suite
    from dabench.leaderboard.table import Table
    from dabench.planning.jobs import RunOptions
    from dabench.runner.recorder import Recorder
    from dabench.session.choices import RunChoices
    from dabench.session.run_session import RunSession


@click.command(
    help="Run SUITE (a name or a .yaml file; mini if none is named) and print its leaderboard. "
    "Several are run one after the other, each with the same options."
)
@click.argument("suites", nargs=-1, metavar="[SUITE]...", shell_complete=complete_suites)
@click.option(
    "--methods",
    envvar="DABENCH_METHODS",
    callback=as_items,
    shell_complete=complete_methods,
    help="Only these, also others than the suite's: dann,coral; dann:long for one row; ./my_method.py:MyMethod for a "
    "class of a file.",
)
@PAIRS_TO_RUN
@click.option("--seeds", envvar="DABENCH_SEEDS", help="Instead of the suite's: 0-4 or 0,2,5-7.")
@click.option("--shots", envvar="DABENCH_SHOTS", help="Instead of a few_shot suite's: 10 or 1,10,all.")
@STEPS
@click.option(
    "--backbone",
    envvar="DABENCH_BACKBONE",
    shell_complete=complete_backbones,
    help="Instead of the suite's, with its own defaults; --set backbone.options.NAME=VALUE changes them.",
)
@click.option(
    "--selector",
    envvar="DABENCH_SELECTOR",
    shell_complete=complete_selector,
    help="Whose checkpoint is reported, instead of the suite's. Runs of the suite's are made again, and replaced.",
)
@PRECISION
@SET
@run_options()
@click.option(
    "--outputs",
    envvar="DABENCH_OUTPUTS",
    type=click.IntRange(0, 5000),  # config.MOST_OUTPUTS, without importing pydantic
    metavar="ROWS",
    help="Keep scores and embeddings of ROWS examples at each checkpoint, for `dabench rescore`; at most 5000.",
)
@click.option(
    "--save", envvar="DABENCH_SAVE", callback=as_items, metavar="models,predictions",
    help="Keep of each run its model, for `dabench predict`, or its predictions of the test split, or both.",
)  # fmt: skip
@click.option(
    "--log", envvar="DABENCH_LOG", callback=as_items, metavar="OBSERVER", help="Tell tensorboard, mlflow, trackio or "
    "another of `dabench list observers`.",
)  # fmt: skip
@click.option(
    "--log-every", envvar="DABENCH_LOG_EVERY", type=click.IntRange(1), metavar="STEPS",
    help="Tell observers the losses that often, not at checkpoints alone.",
)  # fmt: skip
@click.option("--fail-fast", is_flag=True, help="Stop at the first run that fails.")
@click.option("--detach", is_flag=True, help="Leave the runs to the launcher (slurm); --collect takes what they give.")
@click.option("--collect", is_flag=True, help="Begin no run: record what has ended since, and print the leaderboard.")
@click.option("--fresh", is_flag=True, help="Repeat runs that exist already.")
@click.option("--dry-run", is_flag=True, help="Show what would run, and what it would cost.")
@click.option("--json", "as_json", is_flag=True, help="The leaderboard as JSON.")
@click.pass_obj
def command(
    context: Context,
    suites: tuple[str, ...],
    methods: list[str] | None,
    pairs: list[str] | None,
    seeds: str | None,
    shots: str | None,
    steps: int | None,
    backbone: str | None,
    selector: str | None,
    precision: str | None,
    assignments: tuple[str, ...],
    choices: RunChoices,
    outputs: int | None,
    save: list[str] | None,
    log: list[str] | None,
    log_every: int | None,
    fail_fast: bool,
    detach: bool,
    collect: bool,
    fresh: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Plan, run, record, and print the table of each suite."""
    from dabench.cli.session import open_session
    from dabench.config.overrides import parse_overrides
    from dabench.config.parse import parse_seeds, parse_shots
    from dabench.session.choices import Selection
    from dabench.session.run_session import remarks, with_observers

    if detach and collect:
        raise UsageError("--detach begins runs, and --collect takes what earlier ones gave: name one of them.")
    registry = with_observers(context.registry, log or [], choices.directory)
    session, names = open_session(registry, choices, methods or [])
    chosen = _chosen(suites or ("mini",), selector, session)
    numbers, labelled = parsed("--seeds", parse_seeds, seeds), parsed("--shots", parse_shots, shots)
    overrides = parse_overrides(assignments, steps, backbone=backbone, precision=precision)
    planned: list[tuple[str, Recorder, RunOptions]] = []
    for word, suite in chosen.items():  # all of them before the first run: a mistake in the last is told at once
        with session.busy():
            from dabench.planning.jobs import output_rows

            plan = session.plan(
                Selection(
                    suite=suite,
                    methods=None if methods is None else names,
                    pairs=pairs,
                    seeds=numbers,
                    shots=labelled,
                    overrides=overrides,
                )
            )
        for line in remarks(plan):
            echo(line, err=True)
        rows = output_rows(plan.suite, session.registry, outputs)
        options = session.options(
            fail_fast=fail_fast,
            output_rows=rows,
            save=save or (),
            log_every=log_every or 0,
            detach=detach,
            collect_only=collect,
        )
        planned.append((word, session.recorder(plan, options, fresh=fresh), options))
    if dry_run:
        for _, recorder, options in planned:
            _print_plan(recorder, options, session)
        return 0
    return _carry_out(planned, session, as_json=as_json)


def _carry_out(planned: list[tuple[str, Recorder, RunOptions]], session: RunSession, *, as_json: bool) -> int:
    """Make the runs of each plan and print its table; return the exit code."""
    from dabench.leaderboard.formats.text import next_commands

    tables: list[Table] = []
    code = 0
    for place, (word, recorder, options) in enumerate(planned):
        whole = session.run_plan(recorder, options, later=[item for _, item, _ in planned[place + 1 :]])
        if recorder.left:
            then = f"dabench run {word} --collect"
            echo(f"{recorder.left}. `{then}` takes what they give, with the same options.", err=True)
            continue
        if options.collect_only and recorder.todo:
            count = f"{len(recorder.todo)} of {len(recorder.plan.runs)}"
            echo(f"{count} runs have not ended yet, or were not begun.", err=True)
        made = session.tables(recorder, options)
        tables += made
        if not as_json:
            show("\n" * (place > 0) + session.registry.get(FormatSpec, "console").load()(made), nl=False)
            echo(next_commands(made, word), err=True)
        if not whole:
            echo("Stopped at the first failed run (--fail-fast). The same command goes on from here.", err=True)
        code = max(code, _report_failures(recorder))
        if not whole:
            break
    if as_json:
        show(session.registry.get(FormatSpec, "json").load()(tables), form="json", nl=False)
    return code


def _chosen(words: tuple[str, ...], selector: str | None, session: RunSession) -> dict[str, Suite]:
    """The suites by the words that name them.

    Raises:
        UsageError: one is named twice: their runs would have one table.
    """
    from dabench.config.suite_file import find_suite

    chosen: dict[str, Suite] = {}
    by_name: dict[str, str] = {}
    for word in words:
        suite = find_suite(word, session.registry)
        if selector is not None:
            suite = suite.model_copy(update={"selector": canonical(selector)})
        if suite.name in by_name:
            raise UsageError(f"{by_name[suite.name]} and {word} are both the suite {suite.name!r}: name one of them.")
        by_name[suite.name] = word
        chosen[word] = suite
    return chosen


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


def _report_failures(recorder: Recorder) -> int:
    """Say where to look for failed runs; return the exit code."""
    from dabench.session.failures import failures

    stems = {run.run_id: run.stem for run in recorder.plan.runs}
    failed = recorder.failed_rows
    for line in failures(failed, recorder.results / "runs", stems):
        echo(line, err=True)
    return 1 if failed else 0
