"""The wording of progress: a line for each run that ends, with the time that is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dabench.runs.job import Event, Finished, Started
from dabench.runs.plan import PlannedRun
from dabench.runs.reasons import reason
from dabench.session.time_left import TimeLeft

AGAIN = 60  # characters of a reason that was shown before


class RunLines:
    """Counts runs that end, and says how each did.

    Attributes:
        done: how many have ended.
        count: how many there are.
    """

    def __init__(self, runs: Sequence[PlannedRun]) -> None:
        """None of `runs` has ended."""
        self._runs, self.done, self.count = {run.run_id: run for run in runs}, 0, len(runs)
        self._left = TimeLeft(runs)
        self._reasons: set[str] = set()
        self._changes: set[tuple[str, str]] = set()

    def run_of(self, event: Event) -> PlannedRun:
        """The run of an event."""
        return self._runs[event.run_id]

    def take(self, event: Event) -> None:
        """Count one event, before its line is asked for."""
        if isinstance(event, Started):
            self._left.started(event)
        elif isinstance(event, Finished):
            self.done += 1
            self._left.finished(event)

    def warnings(self, event: Finished) -> Iterator[str]:
        """Warnings of what a method leaves otherwise in its process than it found it, once for each thing."""
        run = self.run_of(event)
        new = [what for what in event.changed if (run.method.name, what) not in self._changes]
        self._changes |= {(run.method.name, what) for what in new}
        if new:
            text = f"Warning: {run} changed in its process {'; '.join(new)}. It was put back, and a worker is renewed"
            yield f"{text}, but fix the method."

    def line(self, event: Finished) -> str:
        """`[3/8] a:b dann seed 0 · .843 · 2.1 s`, with the reason of a failure."""
        outcome = event.outcome
        result = f"{outcome.accuracy.selected:.3f}" if outcome.accuracy else ""
        why = reason(outcome.error)
        if why in self._reasons:  # a missing data set fails hundreds of runs
            why = why if len(why) <= AGAIN else f"{why[: AGAIN - 1]}…"
        elif why:
            self._reasons.add(why)
        status = "" if outcome.status == "ok" else outcome.status
        rest = self._left.seconds
        left = f"about {_duration(rest)} left" if rest is not None and self.done < self.count else ""
        parts = [f"[{self.done}/{self.count}] {self.run_of(event)}", result, f"{outcome.wall_s:.1f} s", status, why]
        return " · ".join(part for part in [*parts, left] if part)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
