"""What the commands that make runs share: names checked first, planning, the runs with their progress, an interrupt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import click
from rich.console import Console

from dabench.cli.say import echo
from dabench.config.row_choice import RowChoice
from dabench.specs.spec import LauncherSpec, MethodSpec

if TYPE_CHECKING:
    from dabench.cli.options import RunChoices
    from dabench.cli.progress import ProgressDisplay
    from dabench.planning.jobs import RunOptions
    from dabench.plugin.registry import Registry
    from dabench.runner.recorder import Recorder
    from dabench.runs.job import Event
    from dabench.runs.plan import Plan, PlannedRun

INTERRUPTED = 130  # exit code


class RunSession:
    """One command that makes runs: how it makes them, and what it shows meanwhile, on stderr.

    Attributes:
        registry: of plugins.
        console: for the terminal.
    """

    def __init__(self, registry: Registry, choices: RunChoices, methods: Iterable[str] = ()) -> None:
        """Check names before torch is imported, which takes seconds.

        Args:
            registry: of plugins.
            choices: the options of the command.
            methods: items of `--methods`.

        Raises:
            UsageError: there is no such launcher or method.
        """
        registry.get(LauncherSpec, choices.launcher)
        for name in methods:
            registry.get(MethodSpec, RowChoice.parse(name).method)
        self.registry = registry
        self.console = Console(stderr=True)
        self._choices = choices

    @cached_property
    def device(self) -> str:
        """The device, as torch names it.

        Raises:
            UsageError: `cuda` without a GPU that torch can use.
        """
        from dabench.device import resolve_device

        return resolve_device(self._choices.device or "auto")

    @property
    def device_kind(self) -> str:
        """`cpu` or `cuda`."""
        return self.device.partition(":")[0]

    def busy(self, text: str = "preparing data and planning") -> AbstractContextManager[object]:
        """Say what takes the time of the block."""
        return self.console.status(text)

    def options(self, *, fail_fast: bool = False, output_rows: int = 0, reverse_validation: bool = False) -> RunOptions:
        """How to run: what the options of the command say, and what the command adds."""
        from dabench.device import default_workers
        from dabench.planning.jobs import RunOptions

        return RunOptions(
            device=self.device,
            launcher=self._choices.launcher,
            workers=self._choices.workers or default_workers(self.device),
            timeout_s=self._choices.timeout_s,
            fail_fast=fail_fast,
            output_rows=output_rows,
            reverse_validation=reverse_validation,
        )

    def recorder(self, plan: Plan, options: RunOptions, *, fresh: bool = False) -> Recorder:
        """The recorder of a plan with the records that are there; what is in their place and none is a warning.

        Args:
            plan: what to run.
            options: where they keep outputs, a record counts if its outputs are there.
            fresh: leave out the records: all runs are made again.
        """
        from dabench.cli.table import warn
        from dabench.runner.recorder import Recorder
        from dabench.runner.runner import done_records

        directory = self._choices.directory
        found, problems = done_records(plan, directory, with_outputs=options.output_rows > 0)
        warn(problems, directory)
        recorder = Recorder(plan, directory, self.registry)
        if not fresh:
            recorder.stored = found
        return recorder

    def run_plan(
        self,
        recorder: Recorder,
        options: RunOptions,
        *,
        title: str = "",
        shown: Callable[[Event], Event] = lambda event: event,
    ) -> bool:
        """Make the runs of a plan that have no record yet.

        Args:
            recorder: with the plan and the records that are there.
            options: how to run.
            title: what the line above the progress begins with.
            shown: an event as the user may see it.

        Returns:
            False if `fail_fast` ended it early.

        Raises:
            ResultsError: the results folder cannot be written.
            click.exceptions.Exit: the user interrupted it.
        """
        from dabench.runner.runner import carry_out

        folder = recorder.results / "runs" / recorder.plan.suite.name
        count, before = len(recorder.plan.runs), len(recorder.stored)
        echo(f"{title}{count} runs, {before} of them done before, in {folder}", err=True)
        with self.resumable(recorder), self.progress(recorder.todo) as display:
            return carry_out(recorder, options, lambda event: display.show(shown(event)))

    @contextmanager
    def resumable(self, recorder: Recorder) -> Iterator[None]:
        """Say on an interrupt how many runs are left.

        Raises:
            click.exceptions.Exit: the user interrupted the block.
        """
        try:
            yield
        except KeyboardInterrupt:
            left, count = len(recorder.todo), len(recorder.plan.runs)
            echo(f"Interrupted: {left} of {count} runs are left. The same command goes on from here.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None

    def progress(self, runs: Sequence[PlannedRun]) -> ProgressDisplay:
        """The display of the progress of some runs."""
        from dabench.cli.progress import ProgressDisplay

        return ProgressDisplay(runs, self.console)
