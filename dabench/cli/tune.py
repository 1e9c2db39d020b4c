"""`dabench tune`: choose a method's options without target labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dabench.cli.completion import complete_methods, complete_pairs, complete_suites
from dabench.cli.options import results_option
from dabench.cli.say import echo
from dabench.errors import ResultsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dabench.cli.context import Context
    from dabench.runs.job import Event
    from dabench.tuning.search import Point, Space
    from dabench.tuning.tune import Trial

GRID, RANDOM = "grid", "random"


@click.command("tune")
@click.argument("method", shell_complete=complete_methods)
@click.option("--suite", default="mini", show_default=True, shell_complete=complete_suites, help="Where to try it.")
@click.option("--pairs", shell_complete=complete_pairs, help="Only these: s:t,s:t.")
@click.option("--seeds", default="100", show_default=True, help="Of every trial: 100-104. Not those that you report.")
@click.option(
    "--score", default="iwcv", show_default=True, help="What to maximise: a selector's, or reverse_validation."
)
@click.option("--trials", type=click.IntRange(1), help="How many to draw; a grid has all its points.")
@click.option("--search", type=click.Choice([GRID, RANDOM]), help="[default: random with --trials, else grid]")
@click.option("--space", multiple=True, help="Instead of the method's own: weight=0.1,1,10 (repeatable).")
@click.option("--search-seed", type=click.IntRange(0), default=0, show_default=True, help="Of the draws.")
@click.option("--per-pair", is_flag=True, help="Choose for each pair by itself, not one point for all.")
@click.option("--steps", type=click.IntRange(1), help="Training steps per run, instead of the suite's.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--launcher", envvar="DABENCH_LAUNCHER", default="processes", show_default=True, help="How to run.")
@click.option("--workers", envvar="DABENCH_WORKERS", type=click.IntRange(1), help="Runs at a time [one per core].")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds per run.")
@results_option("Trials are recorded in its folder `tune`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    context: Context,
    method: str,
    suite: str,
    pairs: str | None,
    seeds: str,
    score: str,
    trials: int | None,
    search: str | None,
    space: tuple[str, ...],
    search_seed: int,
    per_pair: bool,
    steps: int | None,
    device: str,
    launcher: str,
    workers: int | None,
    timeout: float | None,
    directory: Path,
    as_json: bool,
) -> int:
    """Choose the options of METHOD by a score that sees no target labels, and print them for a suite.

    Tries the suite's own options first, then points of the space that the method declares. Ctrl-C loses no finished
    run: the same command goes on.
    """
    from rich.console import Console

    from dabench.config.overrides import parse_overrides
    from dabench.config.parse import parse_seeds
    from dabench.config.suite_file import find_suite
    from dabench.specs.names import canonical
    from dabench.tuning.search import parse_space

    registry = context.registry
    registry.get("launchers", launcher)
    spec = registry.get("methods", method).spec
    chosen = find_suite(suite, registry)
    try:
        numbers = parse_seeds(seeds)
    except ValueError as error:
        raise UsageError(f"--seeds: {error}") from error
    given = parse_space(space)

    console = Console(stderr=True)
    with console.status("preparing data and planning"):
        from dabench.device import default_workers, resolve_device
        from dabench.tuning.tune import find_score, find_space, judge, plan_trials, scored_before, with_scores

        goal = find_score(canonical(score), registry)
        if goal.selector is None and chosen.track != "unsupervised":
            raise UsageError(
                f"the suite {chosen.name} is {chosen.track}, and reverse validation is of unsupervised methods: its "
                "reverse model has no labelled examples of what it adapts to. Name another --score."
            )
        points = _points(find_space(spec, chosen, given, registry), trials, search, search_seed)
        where = resolve_device(device)
        planned = plan_trials(
            chosen,
            registry,
            spec,
            points,
            device_kind=where.partition(":")[0],
            pairs=None if pairs is None else [item.strip() for item in pairs.split(",") if item.strip()],
            seeds=numbers,
            shared=parse_overrides([], steps).shared,
        )

    from dabench.cli.progress import ProgressDisplay
    from dabench.cli.table import warn
    from dabench.config.settings import MOST_OUTPUTS
    from dabench.planning.jobs import Options, output_rows
    from dabench.runner.recorder import Recorder
    from dabench.runner.runner import carry_out
    from dabench.tuning.tune import suite_entry, suite_pairs

    results = directory / "tune"
    found, problems = scored_before(planned, results, goal)
    warn(problems, results)
    recorder = Recorder(planned.plan, results, registry, found)
    options = Options(
        device=where,
        launcher=launcher,
        workers=workers or default_workers(where),
        timeout_s=timeout,
        output_rows=MOST_OUTPUTS if goal.needs_outputs else output_rows(chosen, registry),
        reverse_validation=goal.selector is None,
    )
    count, before = len(planned.plan.runs), len(recorder.records)
    echo(f"{len(planned.points)} trials, {count} runs, {before} of them done before, in {results / 'runs'}", err=True)
    try:
        with ProgressDisplay(recorder.todo, console) as display:
            carry_out(recorder, options, lambda event: display.show(_blind(event)))
        records = with_scores(recorder.records, results, goal, planned.plan)
    except KeyboardInterrupt:
        left = len(recorder.todo)
        echo(f"Interrupted: {left} of {count} runs are left. The same command goes on from here.", err=True)
        return 130
    judged = judge(planned, records, goal)
    best = judged[0]
    if best.score is None:
        raise ResultsError(_why_none(judged, goal.name, results))
    if per_pair:
        own = next(trial for trial in judged if not trial.options)
        chosen_for = {"methods": [suite_entry(planned, own)], "pairs": suite_pairs(planned, judged)}
    else:
        chosen_for = {"methods": [suite_entry(planned, best)]}
    if as_json:
        _print_json(planned.plan.suite.name, goal.name, numbers, judged, chosen_for)
    else:
        echo(_text(judged, goal.name, planned.plan.pairs, star=not per_pair))
        echo(_yaml(chosen_for))
    return 1 if recorder.failed else 0


def _points(space: Space, trials: int | None, search: str | None, seed: int) -> list[Point]:
    """The points to try.

    Raises:
        UsageError: the numbers do not fit each other.
    """
    from dabench.tuning.search import draw, grid

    search = search or (GRID if trials is None else RANDOM)
    if search == RANDOM:
        if trials is None:
            raise UsageError("--search random needs --trials: how many points to draw")
        return draw(space, trials, seed)
    points = grid(space)
    if trials is not None and trials < len(points):
        raise UsageError(
            f"the grid has {len(points)} points, more than --trials {trials}: take --search random, "
            "or name fewer values with --space"
        )
    return points


def _blind(event: Event) -> Event:
    """The event without its accuracy: who chooses options should not watch it."""
    from dabench.runs.job import Finished

    return replace(event, outcome=replace(event.outcome, accuracy=None)) if isinstance(event, Finished) else event


def _why_none(trials: Sequence[Trial], score: str, results: Path) -> str:
    failed, runs = sum(trial.failed for trial in trials), sum(trial.runs for trial in trials)
    unscored = sum(trial.unscored for trial in trials)
    hint = (
        "Where nothing of the source is held out, or a loss becomes NaN, there is no score"
        if unscored
        else "Their logs say why"
    )
    return (
        f"no trial has a score ({score}): of {runs} runs {failed} failed and {unscored} have none. {hint}; "
        f"records and logs are in {results / 'runs'}."
    )


def _text(trials: Sequence[Trial], score: str, pairs: Sequence[str], *, star: bool) -> str:
    from dabench.leaderboard.formats.grid import grid

    several = pairs if len(pairs) > 1 else ()
    rows = [["", score, *several, "options", ""]]
    for place, trial in enumerate(trials):
        number = "-" if trial.score is None else f"{trial.score:.4f}"
        by_pair = [f"{trial.by_pair[pair]:.4f}" if pair in trial.by_pair else "-" for pair in several]
        options = ", ".join(f"{name}={value}" for name, value in trial.options.items()) or "the suite's own"
        collapsed = sum(trial.collapsed.values())
        counts = ((trial.failed, "failed"), (trial.unscored, "without a score"), (collapsed, "collapsed"))
        flaws = ", ".join(f"{count} of {trial.runs} runs {what}" for count, what in counts if count)
        rows.append(["*" if star and place == 0 else "", number, *by_pair, options, flaws])
    return grid(rows)


def _yaml(chosen: Mapping[str, Sequence[dict[str, Any]]]) -> str:
    import yaml

    def line(entry: dict[str, Any]) -> str:
        text = yaml.safe_dump(entry, default_flow_style=True, sort_keys=False, width=1000)
        return f"  - {text.strip()}"

    blocks = ["\n".join([f"{section}:", *map(line, entries)]) for section, entries in chosen.items()]
    return "\nfor a suite:\n" + "\n".join(blocks)


def _print_json(
    suite: str,
    score: str,
    seeds: Sequence[int],
    trials: Sequence[Trial],
    chosen: Mapping[str, Sequence[dict[str, Any]]],
) -> None:
    import json
    from dataclasses import asdict

    best = {"best": chosen["methods"][0], **({"pairs": chosen["pairs"]} if "pairs" in chosen else {})}
    found = {"suite": suite, "score": score, "seeds": list(seeds), **best}
    click.echo(json.dumps({**found, "trials": [asdict(trial) for trial in trials]}, indent=2, ensure_ascii=False))
