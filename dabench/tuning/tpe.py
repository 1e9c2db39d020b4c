"""Points of a search space that follow the scores of earlier ones: optuna's TPE, with pruning between seeds.

A search is a function of its seed and of the scores that it is told. Nothing of it is stored: who goes on asks for the
first points again, whose runs are recorded, and comes to the same ones. (A study that optuna resumes from its storage
has another generator: it would try its first points once more.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dabench.errors import UsageError
from dabench.specs.spec import Range
from dabench.tuning.search import DIGITS, Point, Space
from dabench.tuning.tune import Trial

STARTUP = 4  # complete trials before any is pruned: the median of fewer says little
COLLAPSED = 1.0  # how far below the worst score a trial with collapsed runs counts
Evaluate = Callable[[Point, Sequence[int]], Trial]


@dataclass
class Found:
    """The outcome of a search.

    Attributes:
        points: of trials with all seeds, in the order they were tried.
        pruned: the other points, with how many seeds they were given.
    """

    points: list[Point] = field(default_factory=list)
    pruned: list[tuple[Point, int]] = field(default_factory=list)


def search(space: Space, trials: int, seed: int, seeds: Sequence[int], evaluate: Evaluate) -> Found:
    """Search by TPE (Bergstra et al. 2011, NeurIPS). Each trial is run seed by seed.

    After each seed but the last, a trial whose mean score is below the median of the earlier ones at that place is
    pruned. No score that is used here knows a label of the target.

    Args:
        space: of the options.
        trials: how many points to try.
        seed: of the search.
        seeds: of each trial's runs, in order.
        evaluate: makes the runs of a point with some seeds, and judges them.

    Raises:
        UsageError: optuna is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise UsageError("--search tpe needs optuna: pip install 'dabench[tune]'") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=STARTUP, n_warmup_steps=0),
    )
    found, worst = Found(), 0.0
    for _ in range(trials):
        trial = study.ask()
        point = {name: _suggested(trial, name, dimension) for name, dimension in space.items()}
        value: float | None = None
        for count in range(1, len(seeds) + 1):
            judged = evaluate(point, seeds[:count])
            value = _value(judged, worst)
            if value is None:
                break
            worst = min(worst, value)
            trial.report(value, count)
            if count < len(seeds) and trial.should_prune():
                found.pruned.append((point, count))
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                break
        else:
            study.tell(trial, value)
        if value is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        if all(point != pruned for pruned, _ in found.pruned) and point not in found.points:
            found.points.append(point)
    return found


def _value(judged: Trial, worst: float) -> float | None:
    """The number to maximise; None without a score. Some scores are highest where the predictions have collapsed."""
    if judged.score is None:
        return None
    return worst - COLLAPSED if sum(judged.collapsed.values()) else judged.score


def _suggested(trial: Any, name: str, dimension: Sequence[Any] | Range) -> Any:
    if not isinstance(dimension, Range):
        return trial.suggest_categorical(name, list(dimension))
    if dimension.integer:
        return trial.suggest_int(name, int(dimension.low), int(dimension.high), log=dimension.log)
    value = trial.suggest_float(name, dimension.low, dimension.high, log=dimension.log)
    return float(f"{value:.{DIGITS}g}")
