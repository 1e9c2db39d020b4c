"""The run session of all commands that make runs: checked names, planning, runs with their progress, an interrupt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import click
from rich.console import Console

from dabench.cli.say import echo
from dabench.config.row_choice import RowChoice
from dabench.parallel.signals import exit_code, what_happened
from dabench.plugin.method_file import with_files
from dabench.specs.spec import LauncherSpec, MethodSpec

if TYPE_CHECKING:
    from dabench.cli.options import RunChoices
    from dabench.cli.progress import ProgressDisplay
    from dabench.planning.jobs import RunOptions
    from dabench.plugin.registry import Registry
    from dabench.runner.recorder import Recorder
    from dabench.runs.job import Event
    from dabench.runs.plan import Plan, PlannedRun


class RunSession:
    """The runs of one command: their options, and the messages on stderr meanwhile.

    Attributes:
        registry: of plugins, with the methods of files that the command names.
        methods: names of methods and rows that the command names.
        console: for the terminal.
    """

    def __init__(self, registry: Registry, choices: RunChoices, methods: Iterable[str] = ()) -> None:
        """Check names before torch is imported, which takes seconds.

        Args:
            registry: of plugins.
            choices: the options of the command.
            methods: items of `--methods`: names, rows, and files as in `./my_method.py:MyMethod`.

        Raises:
            UsageError: there is no such launcher, method or file.
            PluginError: a file cannot be run.
        """
        registry.get(LauncherSpec, choices.launcher)
        self.registry, self.methods = with_files(registry, list(methods))
        for name in self.methods:
            self.registry.get(MethodSpec, RowChoice.parse(name).method)
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
        """Show a message while the block takes its time."""
        return self.console.status(text)

    def options(self, *, fail_fast: bool = False, output_rows: int = 0, reverse_validation: bool = False) -> RunOptions:
        """The options of the runs: those of the command line, and those that the command adds."""
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
        """The recorder of a plan with the records that exist; a file in the place of a record that is none is a
        warning.

        Args:
            plan: what to run.
            options: where they keep outputs, a record counts if its outputs are there.
            fresh: leave out the records: all runs are made again.
        """
        from dabench.cli.table import warn
        from dabench.runner.recorder import Recorder
        from dabench.runner.runner import done_records
        from dabench.selection.output_files import missing_outputs

        directory = self._choices.directory
        found, flaws = done_records(plan, directory)
        warn(flaws, directory)
        recorder = Recorder(plan, directory, self.registry)
        if fresh:
            return recorder
        lacking: set[str] = set()
        if options.output_rows:
            lacking = {run_id for run_id, record in found.items() if missing_outputs(record, directory)}
        if lacking:
            echo(
                f"{len(lacking)} of {len(plan.runs)} runs were made without keeping outputs, or theirs are gone: "
                "they are repeated, which gives the same numbers on the same kind of machine.",
                err=True,
            )
        for run_id in found:
            if run_id not in lacking:
                recorder.stored.take(found, run_id)
        return recorder

    def run_plan(
        self,
        recorder: Recorder,
        options: RunOptions,
        *,
        title: str = "",
        later: Sequence[Recorder] = (),
        shown: Callable[[Event], Event] = lambda event: event,
    ) -> bool:
        """Make the runs of a plan that have no record yet.

        Args:
            recorder: with the plan and the records that are there.
            options: how to run.
            title: what the line above the progress begins with.
            later: of the plans that the command carries out after this one.
            shown: an event as the user may see it.

        Returns:
            False if `fail_fast` ended it early.

        Raises:
            ResultsError: the results folder cannot be written.
            click.exceptions.Exit: the user interrupted it.
        """
        from dabench.runner.runner import carry_out

        if recorder.todo:
            for line in precision_notes(recorder.plan):
                echo(line, err=True)
        folder = recorder.results / "runs" / recorder.plan.suite.name
        count, before = len(recorder.plan.runs), len(recorder.stored)
        echo(f"{title}{count} runs, {before} of them done before, in {folder}", err=True)
        with self.resumable(recorder, *later), self.progress(recorder.todo) as display:
            return carry_out(recorder, options, lambda event: display.show(shown(event)))

    @contextmanager
    def resumable(self, *recorders: Recorder) -> Iterator[None]:
        """Say on an interrupt, or another signal that ends the command, how many runs are left.

        Raises:
            click.exceptions.Exit: the user interrupted the block.
        """
        try:
            yield
        except KeyboardInterrupt as error:
            left = sum(len(recorder.todo) for recorder in recorders)
            count = sum(len(recorder.plan.runs) for recorder in recorders)
            text = f"{left} of {count} runs are left. The same command goes on from here."
            echo(f"{what_happened(error)}: {text}", err=True)
            raise click.exceptions.Exit(exit_code(error)) from None

    def progress(self, runs: Sequence[PlannedRun]) -> ProgressDisplay:
        """The display of the progress of some runs."""
        from dabench.cli.progress import ProgressDisplay

        return ProgressDisplay(runs, self.console)


def precision_notes(plan: Plan) -> Iterator[str]:
    """Notes about the precision that the runs of a plan train in."""
    cost = plan.bf16_cost
    trained = {run.settings.precision for run in plan.runs if run.backbone.trains}
    if cost is None:
        return
    if "bf16" in trained and cost > 1:
        yield (
            f"Note: on this processor a training step takes {cost:.1f} times as long in bf16 as in fp32. "
            "--precision fp32 asks for that: other runs, in rows of their own."
        )
    elif "fp32" in trained and plan.suite.precision == "auto":
        yield (
            f"Note: training in fp32, as a step in bf16 takes {cost:.1f} times as long on this processor. "
            "--precision bf16 asks for it, to make again what was published in bf16."
        )
