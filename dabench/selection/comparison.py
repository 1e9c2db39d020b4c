"""The quality of selectors: their loss against the oracle, and whether their scores rank as the accuracy does."""

from __future__ import annotations

import math
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from scipy.stats import kendalltau, spearmanr

from dabench.errors import ResultsError
from dabench.results.comparable import comparable_runs
from dabench.results.csv_file import frame_of
from dabench.runs.record import RunRecord, flatten
from dabench.selection.rule import ByScore, Candidate
from dabench.specs.spec import SelectorSpec

LEAST_RANKED = 3  # checkpoints


@dataclass(frozen=True, kw_only=True)
class Rank:
    """The agreement in rank of a score and the target accuracy, from -1 to 1; None where nothing can be ranked."""

    spearman: float | None = None
    kendall: float | None = None
    n: int = 0


@dataclass(frozen=True, kw_only=True)
class Quality:
    """The quality of one selector. Accuracies and losses are fractions.

    Attributes:
        mean_loss: of the oracle's accuracy minus that of the picked checkpoint, over runs of several checkpoints.
        worst_loss: the largest, of the run `worst`.
        by_method: mean loss of each method.
        within_runs: agreement over the checkpoints of a run, a mean over `n` runs.
        across_runs: agreement over all checkpoints of all runs of a pair, a mean over `n` pairs: what counts when
            methods or options are chosen.
    """

    selector: str
    uses_target_labels: bool
    mean_loss: float
    worst_loss: float
    worst: str
    by_method: Mapping[str, float]
    within_runs: Rank
    across_runs: Rank


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Selectors side by side, over the same runs.

    Attributes:
        runs: with more than one checkpoint, that all these selectors have picked from: losses are over them.
        single: runs of one checkpoint, where nothing can be picked: they count in `across_runs` alone.
        left_out: runs that lack a selection.
        qualities: the smallest mean loss first, the oracle last.
    """

    suite: str
    runs: int
    single: int
    left_out: int
    qualities: Sequence[Quality]


def compare_selectors(
    suite: str, found: Sequence[RunRecord], specs: Mapping[str, SelectorSpec], *, word: str = ""
) -> Comparison:
    """Compare the selectors that records of a suite hold selections of. Runs that see target labels do not count.

    Args:
        suite: its name.
        found: its records; older ones of a cell are left out by `results.folder.current`.
        specs: the selectors that there are, by name.
        word: how a command names the suite, if not by its name: the path of its file.

    Raises:
        ResultsError: there is nothing to compare.
    """
    command_word = shlex.quote(word or suite)
    records = _current(suite, found, command_word)
    names = [name for name in specs if any(name in record.selections for record in records)]
    complete = [record for record in records if all(name in record.selections for name in names)]
    several = [record for record in complete if len(record.checkpoints) > 1]
    if not several:
        raise ResultsError(
            f"no run of {suite!r} has several checkpoints and all of {', '.join(names)}: nothing to "
            f"compare. `dabench rescore {command_word}` fills in selections; a suite's budget.checkpoints makes "
            "checkpoints."
        )
    qualities = [_quality(specs[name], several, complete) for name in names]
    return Comparison(
        suite=suite,
        runs=len(several),
        single=len(complete) - len(several),
        left_out=len(records) - len(complete),
        qualities=sorted(qualities, key=lambda item: (item.uses_target_labels, item.mean_loss)),
    )


def _current(suite: str, found: Sequence[RunRecord], word: str) -> list[RunRecord]:
    finished = [record for record in found if record.done and not record.sees_target_labels]
    if not finished:
        raise ResultsError(
            f"there are no records of finished runs of {suite!r}, and published rows hold no checkpoints. "
            f"`dabench run {word} --outputs 5000` makes some."
        )
    kept = set(comparable_runs(frame_of(flatten(record) for record in finished))[0]["run_id"])
    return [record for record in finished if record.run_id in kept]


def _quality(spec: SelectorSpec, several: Sequence[RunRecord], complete: Sequence[RunRecord]) -> Quality:
    losses = {record.run_id: _loss(record, spec.name) for record in several}
    worst = max(several, key=lambda record: losses[record.run_id])
    by_method: dict[str, list[float]] = defaultdict(list)
    for record in several:
        by_method[record.method].append(losses[record.run_id])
    pairs: dict[str, list[RunRecord]] = defaultdict(list)
    for record in complete:
        pairs[record.pair].append(record)
    scores = _scores(spec)
    return Quality(
        selector=spec.name,
        uses_target_labels=spec.uses_target_labels,
        mean_loss=fmean(losses.values()),
        worst_loss=losses[worst.run_id],
        worst=f"{worst.pair} {worst.method}{f' ({worst.variant})' if worst.variant else ''} seed {worst.seed}",
        by_method={method: fmean(values) for method, values in sorted(by_method.items())},
        within_runs=_mean_rank(_rank([record], scores) for record in several),
        across_runs=_mean_rank(_rank(of_pair, scores) for of_pair in pairs.values()),
    )


def _loss(record: RunRecord, selector: str) -> float:
    assert record.accuracy is not None, "a finished run has an accuracy"
    return record.accuracy.oracle - record.selections[selector].accuracy


def _scores(spec: SelectorSpec) -> Callable[[RunRecord], list[float]] | None:
    """A function that gives a selector's scores of a record's checkpoints; None for a selector that has no scores."""
    if spec.needs_outputs:
        return lambda record: [point.scores.get(spec.name, math.nan) for point in record.checkpoints]
    rule = spec.load()
    if not isinstance(rule, ByScore) or spec.uses_target_labels:
        return None
    return lambda record: [rule.score(Candidate(point.step, point.scores)) for point in record.checkpoints]


def _rank(records: Sequence[RunRecord], scores: Callable[[RunRecord], list[float]] | None) -> Rank:
    """The agreement over all checkpoints of some runs."""
    if scores is None:
        return Rank()
    accuracies = [point.target_accuracy for record in records for point in record.checkpoints]
    found = [score for record in records for score in scores(record)]
    both = [(score, value) for score, value in zip(found, accuracies, strict=True) if not math.isnan(score)]
    columns = list(zip(*both, strict=True))
    if len(both) < LEAST_RANKED or any(len(set(column)) == 1 for column in columns):
        return Rank()
    return Rank(spearman=float(spearmanr(*columns).statistic), kendall=float(kendalltau(*columns).statistic), n=1)


def _mean_rank(ranks: Iterable[Rank]) -> Rank:
    spearman, kendall = [], []
    for rank in ranks:
        if rank.spearman is not None and rank.kendall is not None:
            spearman.append(rank.spearman)
            kendall.append(rank.kendall)
    return Rank(spearman=fmean(spearman), kendall=fmean(kendall), n=len(spearman)) if spearman else Rank()
