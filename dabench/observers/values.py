"""Names and values that observers log of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dabench.runs.plan import PlannedRun
    from dabench.runs.record import RunRecord


def title(run: PlannedRun) -> str:
    """`toy/a--b/dann/0-0123456789ab`: the run's files below `DIR/runs`."""
    return run.stem.as_posix()


def settings(run: PlannedRun) -> dict[str, str]:
    """The settings of a run, flat, as texts."""
    from dabench.config.overrides import flat

    content = run.settings.model_dump(mode="json")
    return {"suite": run.suite, "pair": run.pair, "seed": str(run.seed), **{k: str(v) for k, v in flat(content)}}


def losses_of(losses: dict[str, float]) -> dict[str, float]:
    """Losses under `loss/`."""
    return {f"loss/{name}": value for name, value in losses.items()}


def results_of(record: RunRecord) -> dict[str, float]:
    """The numbers of a finished run; none for one that failed."""
    found = {"train_s": record.train_s}
    if record.accuracy is not None:
        found |= {f"target_accuracy/{name}": value for name, value in record.accuracy.model_dump().items()}
    return found
