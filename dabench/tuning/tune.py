"""Choose a method's options by a score that sees no target labels: trials are runs, and their outcomes are records."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from dabench.config.overrides import Overrides, merge
from dabench.config.settings import MOST_OUTPUTS
from dabench.config.suite import MethodEntry, Suite
from dabench.errors import ResultsError, UsageError, unknown
from dabench.execution import reverse_validation
from dabench.planning.jobs import output_rows
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.results.csv_file import Flaw
from dabench.runner.runner import done_records
from dabench.runs.plan import Plan, PlannedRun
from dabench.runs.record import Checkpoint, RunRecord
from dabench.selection.output_files import missing_outputs
from dabench.selection.rescore import ask
from dabench.selection.rule import COLLAPSED, ByScore, Candidate, answered
from dabench.specs.names import canonical
from dabench.specs.spec import MethodSpec, SelectorSpec
from dabench.tuning.search import Point, Space


@dataclass(frozen=True)
class Score:
    """The score that is maximised.

    Attributes:
        name: a selector's, or `reverse_validation`.
        selector: whose score it is; None for reverse validation, which the run itself has to compute.
    """

    name: str
    selector: SelectorSpec | None

    @property
    def needs_outputs(self) -> bool:
        """Whether it is computed from the kept outputs of the checkpoints."""
        return self.selector is not None and self.selector.needs_outputs

    def output_rows(self, suite: Suite, registry: Registry) -> int:
        """The rows of outputs that a run must keep for it, and for the suite's own selector."""
        return MOST_OUTPUTS if self.needs_outputs else output_rows(suite, registry)

    def of(self, record: RunRecord) -> float | None:
        """The score of a record's reported checkpoint; None where it has not been computed, or is no number."""
        point = _reported(record)
        if self.selector is None or self.selector.needs_outputs:
            return point.scores.get(self.name)
        value: float = self.selector.load().score(Candidate(point.step, point.scores))
        return None if math.isnan(value) else value

    def collapsed(self, record: RunRecord) -> bool:
        """Whether the predictions of the reported checkpoint are known to be collapsed; only kept outputs tell."""
        return self.needs_outputs and _reported(record).scores.get(COLLAPSED, 0.0) > 0

    def can_be_had(self, record: RunRecord, results: Path) -> bool:
        """Whether a record has been scored, or can be without another run."""
        if self.selector is None:
            return self.of(record) is not None
        return answered(record, self.selector) or not (self.needs_outputs and missing_outputs(record, results))


def _reported(record: RunRecord) -> Checkpoint:
    step = record.selections[record.selector].step
    return next(point for point in record.checkpoints if point.step == step)


def find_score(name: str, suite: Suite, registry: Registry) -> Score:
    """The score of that name.

    Raises:
        UsageError: there is none, it uses target labels, or the suite's track does not define it.
    """
    name = canonical(name)
    rules = {
        known: found.spec
        for known, found in registry.all(SelectorSpec).items()
        if not found.spec.uses_target_labels and isinstance(found.load(), ByScore)
    }
    if name == reverse_validation.NAME:
        if suite.track != "unsupervised":
            raise UsageError(
                f"the suite {suite.name} is {suite.track}, and reverse validation is of unsupervised methods: its "
                "reverse model has no labelled examples of what it adapts to. Name another --score."
            )
        return Score(name, None)
    if name in rules:
        return Score(name, rules[name])
    if name in registry.all(SelectorSpec):
        why = "uses target labels" if registry.get(SelectorSpec, name).spec.uses_target_labels else "gives no score"
        known = ", ".join(sorted([*rules, reverse_validation.NAME]))
        raise UsageError(f"the selector {name} {why}: options cannot be chosen by it. There are {known}.")
    raise unknown("score", name, [*rules, reverse_validation.NAME])


def find_space(method: MethodSpec, suite: Suite, given: Space, registry: Registry) -> Space:
    """The space that is given, or that the suite has for the method, or that the method declares.

    Raises:
        UsageError: there is neither, or the method is a bound.
    """
    if method.sees_target_labels:
        raise UsageError(f"{method.name} sees target labels: it is a bound, and no label-free score can judge it")
    space = given or own_entry(suite, method).search or method.search
    if not space:
        with_one = [name for name, spec in registry.specs(MethodSpec).items() if spec.search]
        raise UsageError(
            f"the method {method.name} declares no search space ({', '.join(with_one)} do). "
            "Name one: --space option=value,value"
        )
    return space


def own_entry(suite: Suite, method: MethodSpec) -> MethodEntry:
    """The method as the suite has it without another name; with its defaults if the suite does not name it."""
    named = (item for item in suite.methods if item.method == method.name and not item.as_)
    return next(named, MethodEntry(method=method.name))


@dataclass(frozen=True, kw_only=True)
class Trials:
    """The runs of a search.

    Attributes:
        entry: the method as the suite has it.
        points: the options of each trial; the first is empty: the suite's own.
        run_ids: of each trial.
        plan: all their runs.
    """

    entry: MethodEntry
    points: Sequence[Point]
    run_ids: Sequence[frozenset[str]]
    plan: Plan


def plan_trials(
    suite: Suite,
    registry: Registry,
    method: MethodSpec,
    points: Sequence[Point],
    *,
    device_kind: str,
    pairs: Sequence[str] | None,
    seeds: tuple[int, ...] | None,
    shared: Mapping[str, Any],
) -> Trials:
    """Plan a trial of each point, and one of the suite's own options; of points that are the same runs, one.

    Raises:
        UsageError: unknown names, or options that the method refuses.
    """
    entry = own_entry(suite, method)
    alone = suite.model_copy(update={"methods": (entry,), "bounds": ()})
    plans: dict[frozenset[str], tuple[Point, Plan]] = {}
    for point in [{}, *points]:
        overrides = Overrides(shared, {method.name: point} if point else {})
        plan = make_plan(alone, registry, device_kind=device_kind, pairs=pairs, seeds=seeds, overrides=overrides)
        plans.setdefault(frozenset(run.run_id for run in plan.runs), (point, plan))
    runs = {run.run_id: _searched(run) if point else run for point, plan in plans.values() for run in plan.runs}
    plan = replace(next(iter(plans.values()))[1], runs=tuple(runs.values()))
    return Trials(entry=entry, points=[point for point, _ in plans.values()], run_ids=list(plans), plan=plan)


def _searched(run: PlannedRun) -> PlannedRun:
    """Options that a person would have set on the command line are here those of a search without labels."""
    return replace(run, chosen_by="label_free") if run.chosen_by == "user" else run


def scored_before(trials: Trials, results: Path, score: Score) -> tuple[list[RunRecord], list[Flaw]]:
    """The records of earlier runs that need not be made again, and files in their place that are no records."""
    found, flaws = done_records(trials.plan, results)
    return [record for record in found.values() if score.can_be_had(record, results)], flaws


def with_scores(records: Iterable[RunRecord], results: Path, score: Score, plan: Plan) -> list[RunRecord]:
    """The records with their scores, computed where they are not there yet, and written into their files."""
    if score.selector is None or not score.needs_outputs:
        return list(records)
    stems = {run.run_id: run.stem for run in plan.runs}
    scored = []
    for record in records:
        if record.done and not answered(record, score.selector):
            stem = results / "runs" / stems[record.run_id]
            record = ask(stem.with_name(f"{stem.name}.json"), record, [score.selector], results).record
        scored.append(record)
    return scored


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The result of a point.

    Attributes:
        options: what differs from the suite's own.
        score: the mean over pairs; None unless every run has one.
        by_pair: the mean over seeds of each pair, where all have one.
        runs: how many there should be.
        failed: how many of them failed, timed out or were not made.
        unscored: how many were made and have no score, as one whose loss became NaN.
        collapsed: of how many that have a score the target's predictions are collapsed (`Outputs.collapsed`), by pair.
    """

    options: Point
    score: float | None
    by_pair: Mapping[str, float]
    runs: int
    failed: int
    unscored: int
    collapsed: Mapping[str, int]

    def rank(self, pair: str | None = None) -> tuple[bool, int, float]:
        """The key of its rank, over all pairs or on one: any score; then few collapsed runs; then the score.

        Some scores are highest for predictions that are collapsed.
        """
        score = self.score if pair is None else self.by_pair.get(pair)
        collapsed = sum(self.collapsed.values()) if pair is None else self.collapsed.get(pair, 0)
        return score is not None, -collapsed, -math.inf if score is None else score


def judge(trials: Trials, records: Sequence[RunRecord], score: Score) -> list[Trial]:
    """The trials with their scores, best first; of equal ones the first that was tried."""
    by_id = {record.run_id: record for record in records if record.done}
    judged = [_judge(trials, index, by_id, score) for index in range(len(trials.points))]
    return sorted(judged, key=Trial.rank, reverse=True)


def _judge(trials: Trials, index: int, by_id: Mapping[str, RunRecord], score: Score) -> Trial:
    runs = [run for run in trials.plan.runs if run.run_id in trials.run_ids[index]]
    found = {run.run_id: score.of(by_id[run.run_id]) for run in runs if run.run_id in by_id}
    made = [run for run in runs if found.get(run.run_id) is not None]
    by_pair = {}
    for pair in trials.plan.pairs:
        values = [found.get(run.run_id) for run in runs if run.pair == pair]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            by_pair[pair] = fmean(known)
    return Trial(
        options=trials.points[index],
        score=fmean(by_pair.values()) if len(by_pair) == len(trials.plan.pairs) else None,
        by_pair=by_pair,
        runs=len(runs),
        failed=len(runs) - len(found),
        unscored=sum(value is None for value in found.values()),
        collapsed=dict(Counter(run.pair for run in made if score.collapsed(by_id[run.run_id]))),
    )


def suite_entry(trials: Trials, best: Trial) -> dict[str, Any]:
    """The chosen options as an entry of a suite's `methods`."""
    entry = trials.entry
    recipe = entry.recipe.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    kept = {"recipe": {name: value for name, value in recipe.items() if value != {}}, "options": entry.options}
    content = merge(kept, {"options": best.options})
    filled = {name: value for name, value in content.items() if value}
    return {"method": entry.method, **filled, "chosen_by": "label_free"}


def suite_pairs(trials: Trials, judged: Sequence[Trial]) -> list[dict[str, Any]]:
    """The best options of each pair as entries of a suite's `pairs`: the changes to the method's own.

    Raises:
        ResultsError: no trial has a score on some pair.
    """
    entries = []
    for pair in trials.plan.pairs:
        scored = [trial for trial in judged if pair in trial.by_pair]
        if not scored:
            raise ResultsError(f"no trial has a score on the pair {pair}: its runs failed, or have none")
        best = max(scored, key=lambda trial: trial.rank(pair))
        options = {"options": {trials.entry.method: dict(best.options)}} if best.options else {}
        entries.append({"pair": pair, **options})
    return entries
