"""Progress of runs on stderr: a line per worker in a terminal, else a line per finished run."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import MofNCompleteColumn, TaskID, TextColumn

from dabench.cli.time_left import TimeLeft
from dabench.parallel.bars import FIXED, bars
from dabench.printable import no_commands, printable
from dabench.runs.job import Event, Finished, Started
from dabench.runs.job import Progress as RunProgress
from dabench.runs.plan import PlannedRun
from dabench.runs.reasons import reason

AGAIN = 60  # characters of a reason that was shown before


class ProgressDisplay:
    """Shows events as they come."""

    def __init__(self, runs: Sequence[PlannedRun], console: Console) -> None:
        """Show the progress of `runs` on a console."""
        self._runs, self._console, self._done = {run.run_id: run for run in runs}, console, 0
        self._left = TimeLeft(runs)
        self._workers: dict[int, TaskID] = {}
        self._where: dict[str, TaskID] = {}
        self._reasons: set[str] = set()
        self._changes: set[tuple[str, str]] = set()
        self._bars = bars(
            console, MofNCompleteColumn(table_column=FIXED), TextColumn("{task.fields[speed]}", table_column=FIXED)
        )
        self._all = self._bars.add_task("all runs", total=len(runs), speed="")

    def __enter__(self) -> ProgressDisplay:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, event: Event) -> None:
        """Take one event."""
        run = self._runs[event.run_id]
        if isinstance(event, Started):
            self._left.started(event)
        if isinstance(event, Finished):
            self._finish(run, event)
        elif not self._console.is_terminal:
            return  # there are no bars
        elif isinstance(event, Started):
            steps = run.settings.steps
            task = self._workers.get(event.worker)
            if task is None:
                task = self._workers[event.worker] = self._bars.add_task("", speed="")
            self._where[event.run_id] = task
            self._bars.reset(task, total=steps, description=printable(f"worker {event.worker}: {run}"), speed="")
        elif isinstance(event, RunProgress):
            speed = f"{event.images_per_s:,.0f} images/s" if event.images_per_s else ""
            self._bars.update(self._where[event.run_id], completed=event.step, speed=speed)

    def _finish(self, run: PlannedRun, event: Finished) -> None:
        self._done += 1
        self._bars.update(self._all, completed=self._done)
        self._left.finished(event)
        self._print_changes(run, event)
        if event.outcome.status != "ok" or not self._console.is_terminal:
            self._print(self._line(run, event))

    def _print(self, line: str) -> None:
        text = no_commands(printable(line))
        if self._console.is_terminal:  # folded between words
            self._console.print(text, highlight=False, markup=False)
        else:  # as it is, which is quick
            self._console.file.write(f"{text}\n")
            self._console.file.flush()

    def _print_changes(self, run: PlannedRun, event: Finished) -> None:
        """Say which method leaves its process otherwise than it found it, once for each thing."""
        new = [what for what in event.changed if (run.method.name, what) not in self._changes]
        self._changes |= {(run.method.name, what) for what in new}
        if new:
            text = f"Warning: {run} changed in its process {'; '.join(new)}. It was put back, and a worker is renewed"
            self._print(f"{text}, but fix the method.")

    def _line(self, run: PlannedRun, event: Finished) -> str:
        outcome = event.outcome
        result = f"{outcome.accuracy.selected:.3f}" if outcome.accuracy else ""
        why = reason(outcome.error)
        if why in self._reasons:  # a missing data set fails hundreds of runs
            why = why if len(why) <= AGAIN else f"{why[: AGAIN - 1]}…"
        elif why:
            self._reasons.add(why)
        status = "" if outcome.status == "ok" else outcome.status
        rest = self._left.seconds
        left = f"about {_duration(rest)} left" if rest is not None and self._done < len(self._runs) else ""
        parts = [f"[{self._done}/{len(self._runs)}] {run}", result, f"{outcome.wall_s:.1f} s", status, why, left]
        return " · ".join(part for part in parts if part)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
