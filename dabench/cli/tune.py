"""`dabench tune`: choose a method's options without target labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dabench.cli.completion import complete_methods, complete_scores, complete_suites
from dabench.cli.options import PAIRS_TO_RUN, PRECISION, STEPS, parsed, run_options
from dabench.cli.say import echo, show_json
from dabench.errors import ResultsError, UsageError
from dabench.specs.spec import MethodSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dabench.cli.context import Context
    from dabench.config.suite import Suite
    from dabench.runs.job import Event
    from dabench.runs.record import RunRecord
    from dabench.session.choices import RunChoices
    from dabench.session.run_session import RunSession
    from dabench.tuning.search import Point, Space
    from dabench.tuning.tune import Score, Trial, Trials

GRID, RANDOM, TPE = "grid", "random", "tpe"


@click.command("tune")
@click.argument("method", shell_complete=complete_methods)
@click.option(
    "--suite", default="mini", show_default=True, shell_complete=complete_suites, help="The suite to try it on."
)
@PAIRS_TO_RUN
@click.option("--seeds", default="100", show_default=True, help="Of every trial: 100-104. Not those that you report.")
@click.option(
    "--score",
    default="iwcv",
    show_default=True,
    shell_complete=complete_scores,
    help="The score to maximise: a selector's, or reverse_validation.",
)
@click.option("--trials", type=click.IntRange(1), help="Points to draw; a grid has all its points.")
@click.option(
    "--search",
    type=click.Choice([GRID, RANDOM, TPE]),
    help="tpe follows the scores, and prunes trials between seeds. [default: random with --trials, else grid]",
)
@click.option("--space", multiple=True, help="Instead of the method's own: weight=0.1,1,10 (repeatable).")
@click.option("--search-seed", type=click.IntRange(0), default=0, show_default=True, help="Of the draws.")
@click.option("--per-pair", is_flag=True, help="Choose for each pair by itself, not one point for all.")
@STEPS
@PRECISION
@run_options("Trials are recorded in its folder `tune`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    context: Context,
    method: str,
    suite: str,
    pairs: list[str] | None,
    seeds: str,
    score: str,
    trials: int | None,
    search: str | None,
    space: tuple[str, ...],
    search_seed: int,
    per_pair: bool,
    steps: int | None,
    precision: str | None,
    choices: RunChoices,
    as_json: bool,
) -> int:
    """Choose the options of METHOD by a score that sees no target labels, and print them for a suite.

    Tries the suite's own options first, then points of the space that the method declares. Ctrl-C loses no finished
    run: the same command goes on.
    """
    from dabench.cli.session import open_session
    from dabench.config.overrides import parse_overrides
    from dabench.config.parse import parse_seeds
    from dabench.config.suite_file import find_suite
    from dabench.tuning.search import parse_space

    session, names = open_session(context.registry, choices, [method])
    registry, results = session.registry, choices.directory / "tune"
    spec = registry.get(MethodSpec, names[0]).spec
    chosen = find_suite(suite, registry)
    numbers = parsed("--seeds", parse_seeds, seeds)
    given = parse_space(space)
    with session.busy():
        from dabench.tuning.tune import find_score, find_space, judge, plan_trials

        goal = find_score(score, chosen, registry)
        wanted = find_space(spec, chosen, given, registry)

        def plan(points: Sequence[Point], some: tuple[int, ...] | None) -> Trials:
            return plan_trials(
                chosen,
                registry,
                spec,
                points,
                device_kind=session.device_kind,
                pairs=pairs,
                seeds=some,
                shared=parse_overrides([], steps, precision=precision).shared,
            )

        points = None if search == TPE else _points(wanted, trials, search, search_seed)
    made = _Runs(session, chosen, goal, results)
    pruned: list[tuple[Point, int]] = []
    if points is None:
        from dabench.tuning.tpe import search as search_tpe

        if trials is None:
            raise UsageError("--search tpe needs --trials: how many points to try")

        def evaluate(point: Point, some: Sequence[int]) -> Trial:
            trial = plan([point], tuple(some))
            judged = judge(trial, made.records(trial, f"{point}: "), goal)
            return next((item for item in judged if item.options), judged[0])

        found = search_tpe(wanted, trials, search_seed, numbers or chosen.seeds, evaluate)
        points, pruned = found.points, found.pruned
    planned = plan(points, numbers)
    judged = judge(planned, made.records(planned, f"{len(planned.points)} trials, "), goal)
    if judged[0].score is None:
        raise ResultsError(_why_none(judged, goal.name, results))
    for point, count in pruned:
        echo(f"pruned after {count} seed{'s' if count > 1 else ''}: {point}", err=True)
    _print(planned, goal.name, judged, per_pair=per_pair, as_json=as_json)
    return 1 if made.failed else 0


class _Runs:
    """The runs of trials: made unless they are recorded, with their scores.

    Attributes:
        failed: how many came to nothing.
    """

    def __init__(self, session: RunSession, suite: Suite, goal: Score, results: Path) -> None:
        self._session, self._goal, self._results, self.failed = session, goal, results, 0
        self._options = session.options(
            output_rows=goal.output_rows(suite, session.registry), reverse_validation=goal.selector is None
        )

    def records(self, planned: Trials, title: str) -> list[RunRecord]:
        """The records of some trials."""
        from dabench.cli.table import warn
        from dabench.runner.recorder import Recorder
        from dabench.tuning.tune import scored_before, with_scores

        found, flaws = scored_before(planned, self._results, self._goal)
        warn(flaws, self._results)
        recorder = Recorder(planned.plan, self._results, self._session.registry, found)
        self._session.run_plan(recorder, self._options, title=title, shown=_blind)
        self.failed = len(recorder.failed)
        with self._session.resumable(recorder):
            return with_scores(recorder.records, self._results, self._goal, planned.plan)


def _print(planned: Trials, score: str, judged: Sequence[Trial], *, per_pair: bool, as_json: bool) -> None:
    """Print the trials, and the choice as a part of a suite."""
    entries = _entries(planned, judged, per_pair)
    if as_json:
        _print_json(planned, score, judged, entries)
    else:
        echo(_text(judged, score, planned.plan.pairs, star=not per_pair))
        echo(_yaml(entries))


def _entries(planned: Trials, judged: Sequence[Trial], per_pair: bool) -> dict[str, list[dict[str, Any]]]:
    """The choice as parts of a suite: the method, and `per_pair` with the changes of its pairs."""
    from dabench.tuning.tune import suite_entry, suite_pairs

    if not per_pair:
        return {"methods": [suite_entry(planned, judged[0])]}
    own = next(trial for trial in judged if not trial.options)
    return {"methods": [suite_entry(planned, own)], "pairs": suite_pairs(planned, judged)}


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
    from dabench.leaderboard.formats.columns import aligned

    several = pairs if len(pairs) > 1 else ()
    rows = [["", score, *several, "options", ""]]
    for place, trial in enumerate(trials):
        number = "-" if trial.score is None else f"{trial.score:.4f}"
        by_pair = [f"{trial.by_pair[pair]:.4f}" if pair in trial.by_pair else "-" for pair in several]
        options = ", ".join(f"{name}={value}" for name, value in trial.options.items()) or "the suite's own"
        collapsed = sum(trial.collapsed.values())
        counts = ((trial.failed, "failed"), (trial.unscored, "without a score"), (collapsed, "collapsed"))
        faults = ", ".join(f"{count} of {trial.runs} runs {what}" for count, what in counts if count)
        rows.append(["*" if star and place == 0 else "", number, *by_pair, options, faults])
    return aligned(rows)


def _yaml(chosen: Mapping[str, Sequence[dict[str, Any]]]) -> str:
    import yaml

    def line(entry: dict[str, Any]) -> str:
        text = yaml.safe_dump(entry, default_flow_style=True, sort_keys=False, width=1000)
        return f"  - {text.strip()}"

    blocks = ["\n".join([f"{section}:", *map(line, entries)]) for section, entries in chosen.items()]
    return "\nfor a suite:\n" + "\n".join(blocks)


def _print_json(
    planned: Trials, score: str, trials: Sequence[Trial], chosen: Mapping[str, Sequence[dict[str, Any]]]
) -> None:
    from dataclasses import asdict

    best = {"best": chosen["methods"][0], **({"pairs": chosen["pairs"]} if "pairs" in chosen else {})}
    suite = planned.plan.suite
    found = {"suite": suite.name, "score": score, "seeds": list(suite.seeds), **best}
    show_json({**found, "trials": [asdict(trial) for trial in trials]})
