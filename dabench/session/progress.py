"""Progress of runs on stderr: a line per worker in a terminal, else a line per finished run."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import MofNCompleteColumn, TaskID, TextColumn

from dabench.parallel.bars import FIXED, bars
from dabench.printable import no_commands, printable
from dabench.runs.job import Event, Finished, Started
from dabench.runs.job import Progress as RunProgress
from dabench.runs.plan import PlannedRun
from dabench.session.lines import RunLines


class ProgressDisplay:
    """Shows events as they come."""

    def __init__(self, runs: Sequence[PlannedRun], console: Console) -> None:
        """Show the progress of `runs` on a console."""
        self._lines, self._console = RunLines(runs), console
        self._workers: dict[int, TaskID] = {}
        self._where: dict[str, TaskID] = {}
        self._bars = bars(
            console, MofNCompleteColumn(table_column=FIXED), TextColumn("{task.fields[speed]}", table_column=FIXED)
        )
        self._all = self._bars.add_task("all runs", total=len(runs), speed="")

    def __enter__(self) -> ProgressDisplay:
        self._bars.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._bars.stop()

    def show(self, event: Event) -> None:
        """Take one event."""
        self._lines.take(event)
        run = self._lines.run_of(event)
        if isinstance(event, Finished):
            self._finish(event)
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

    def _finish(self, event: Finished) -> None:
        self._bars.update(self._all, completed=self._lines.done)
        for warning in self._lines.warnings(event):
            self._print(warning)
        line = self._lines.line(event)
        if event.outcome.status != "ok" or not self._console.is_terminal:
            self._print(line)

    def _print(self, line: str) -> None:
        text = no_commands(printable(line))
        if self._console.is_terminal:  # folded between words
            self._console.print(text, highlight=False, markup=False)
        else:  # as it is, which is quick
            self._console.file.write(f"{text}\n")
            self._console.file.flush()
