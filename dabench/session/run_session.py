"""The run session: checked names, planning, runs with their progress, an interrupt, and the tables."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console

from dabench.config.row_choice import RowChoice
from dabench.errors import DabenchError, PluginError, UsageError, unknown
from dabench.parallel.memory import can_limit
from dabench.runs.job import SAVED
from dabench.session.choices import RunChoices, Selection
from dabench.session.notebook import NotebookProgress, in_notebook
from dabench.session.progress import ProgressDisplay
from dabench.specs.spec import DomainSpec, LauncherSpec, MethodSpec, ObserverSpec

if TYPE_CHECKING:
    from dabench.leaderboard.table import Table
    from dabench.planning.jobs import RunOptions
    from dabench.plugin.registry import Registry
    from dabench.results.csv_file import Flaw
    from dabench.runner.recorder import Recorder
    from dabench.runs.job import Event
    from dabench.runs.plan import Plan, PlannedRun

SHOWN = 5  # flaws printed in full


class Display(Protocol):
    """Shows the events of runs within a block."""

    def __enter__(self) -> Display: ...

    def __exit__(self, *raised: object) -> None: ...

    def show(self, event: Event) -> None:
        """Take one event."""


class RunSession:
    """The runs that one command, or one call, asks for.

    Attributes:
        registry: of plugins, with whatever the caller adds.
        console: for the terminal.
        say: takes the messages meanwhile, a line each.
    """

    def __init__(
        self, registry: Registry, choices: RunChoices, methods: Sequence[str], say: Callable[[str], None]
    ) -> None:
        """Check names before torch is imported, which takes seconds.

        Args:
            registry: of plugins.
            choices: where and how.
            methods: names of methods and rows, all of which the registry must know.
            say: takes the messages.

        Raises:
            UsageError: there is no such launcher or method.
        """
        self._launcher = registry.get(LauncherSpec, choices.launcher)
        for name in methods:
            registry.get(MethodSpec, RowChoice.parse(name).method)
        self.registry, self.console, self.say = registry, _console(), say
        self._choices = choices

    @cached_property
    def device(self) -> str:
        """The device, as torch names it.

        Where runs happen elsewhere, `cuda` is a GPU of the machine of each run, and this one need not have any.

        Raises:
            UsageError: `cuda` without a GPU that torch can use.
        """
        from dabench.device import resolve_device

        named = self._choices.device or "auto"
        if not self._elsewhere:
            return resolve_device(named)
        return resolve_device(named).partition(":")[0] if named == "auto" else named

    @cached_property
    def _elsewhere(self) -> bool:
        """Whether runs happen on other machines."""
        from dabench.runner.launchers.base import class_of

        return class_of(self._launcher).elsewhere

    @property
    def device_kind(self) -> str:
        """`cpu` or `cuda`."""
        return self.device.partition(":")[0]

    @property
    def _memory_bytes(self) -> int | None:
        """The memory of a run.

        Raises:
            UsageError: this system cannot limit it.
        """
        gib = self._choices.memory_gib
        if gib is None:
            return None
        if not can_limit():
            raise UsageError("--memory: this system cannot limit the memory of a process; Linux can")
        return int(gib * 2**30)

    def busy(self, text: str = "preparing data and planning") -> AbstractContextManager[object]:
        """Show a message while the block takes its time."""
        return self.console.status(text)

    def plan(self, wanted: Selection) -> Plan:
        """The plan of some runs.

        Raises:
            UsageError: unknown names or wrong options, all of them at once.
            PluginError: a method or backbone cannot be imported.
        """
        from dabench.planning.plan import make_plan

        return make_plan(
            wanted.suite,
            self.registry,
            device_kind=self.device_kind,
            methods=wanted.methods,
            pairs=wanted.pairs,
            seeds=wanted.seeds,
            shots=wanted.shots,
            overrides=wanted.overrides,
        )

    def options(self, **added: Any) -> RunOptions:
        """The options of the runs: those of the session, and those that the caller adds.

        Raises:
            UsageError: options that the launcher does not have.
        """
        from dabench.config.launcher_options import launcher_options
        from dabench.device import default_workers
        from dabench.planning.jobs import RunOptions
        from dabench.runner.launchers.base import made

        given = launcher_options(self._choices.launcher, self._choices.launcher_options)
        launcher = made(self._launcher, given, self._choices.directory.absolute())
        if added.get("detach") and not launcher.detachable:
            raise UsageError(
                f"--detach: runs of the launcher {self._launcher.spec.name} end with its command; those of slurm do "
                "not. With another let the command itself go on without the terminal: nohup dabench run … &"
            )
        return RunOptions(
            device=self.device,
            launcher=self._choices.launcher,
            launcher_options=given,
            workers=self._choices.workers or (None if self._elsewhere else default_workers(self.device)),
            timeout_s=self._choices.timeout_s,
            memory_bytes=self._memory_bytes,
            **{**added, "save": saved(added.get("save", ()))},
        )

    def recorder(self, plan: Plan, options: RunOptions, *, fresh: bool = False) -> Recorder:
        """The recorder of a plan with the records that exist; a file in the place of a record that is none is a
        warning.

        Args:
            plan: what to run.
            options: where they keep outputs, a record counts if its outputs are there.
            fresh: leave out the records: all runs are made again.
        """
        from dabench.results.artifacts import missing_artifacts
        from dabench.runner.recorder import Recorder
        from dabench.runner.runner import done_records
        from dabench.selection.output_files import missing_outputs

        directory = self._choices.directory
        found, flaws = done_records(plan, directory)
        for line in flaw_lines(flaws, directory):
            self.say(line)
        recorder = Recorder(plan, directory, self.registry)
        if fresh:
            return recorder
        lacking: set[str] = set()
        if options.output_rows:
            lacking = {run_id for run_id, record in found.items() if missing_outputs(record, directory)}
        for run in plan.runs if options.save else ():
            kinds = tuple(kind for kind in options.save if kind != "models" or keeps_model(run))
            if run.run_id in found and missing_artifacts(directory, found[run.run_id], kinds):
                lacking.add(run.run_id)
        if lacking:
            what = (
                "outputs"
                if not options.save
                else " or ".join([*["outputs"] * bool(options.output_rows), *options.save])
            )
            self.say(
                f"{len(lacking)} of {len(plan.runs)} runs were made without keeping {what}, or theirs are gone: "
                "they are repeated, which gives the same numbers on the same kind of machine."
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
            later: of the plans that are carried out after this one.
            shown: an event as the user may see it.

        Returns:
            False if `fail_fast` ended it early.

        Raises:
            ResultsError: the results folder cannot be written.
            KeyboardInterrupt: the user interrupted it; a note of the exception says how many runs are left.
        """
        from dabench.runner.runner import carry_out

        if recorder.todo:
            for line in precision_notes(recorder.plan):
                self.say(line)
            without = [run for run in recorder.todo if not keeps_model(run)] if "models" in options.save else []
            if without:
                self.say(
                    f"Note: {len(without)} runs read features of a network that another run trains, and keep no model."
                )
        folder = recorder.results / "runs" / recorder.plan.suite.name
        count, before = len(recorder.plan.runs), len(recorder.stored)
        self.say(f"{title}{count} runs, {before} of them done before, in {folder}")
        with self.resumable(recorder, *later), self.progress(recorder.todo) as display:
            return carry_out(recorder, options, lambda event: display.show(shown(event)))

    @contextmanager
    def resumable(self, *recorders: Recorder) -> Iterator[None]:
        """Note on an interrupt, or another signal that ends the command, how many runs are left.

        Raises:
            KeyboardInterrupt: the user interrupted the block.
        """
        try:
            yield
        except KeyboardInterrupt as error:
            left = sum(len(recorder.todo) for recorder in recorders)
            count = sum(len(recorder.plan.runs) for recorder in recorders)
            error.add_note(f"{left} of {count} runs are left. The same command goes on from here.")
            raise

    def progress(self, runs: Sequence[PlannedRun]) -> Display:
        """The display of the progress of some runs, in a notebook or a terminal."""
        return NotebookProgress(runs) if in_notebook() else ProgressDisplay(runs, self.console)

    def tables(self, recorder: Recorder, options: RunOptions) -> list[Table]:
        """The leaderboards of the runs of a plan."""
        from dabench.leaderboard.build import build_tables

        plan = recorder.plan
        many = f", {options.workers or options.launcher}"
        if options.workers:
            many += f" worker{'s' if options.workers > 1 else ''}"
        made = build_tables(
            recorder.stored.frame,
            labels=labels(self.registry),
            pairs=plan.pairs,
            methods=plan.methods,
            seeds=plan.suite.seeds,
            origin=str(recorder.results),
            regenerated=regenerated(self.registry),
        )
        return [replace(table, device=plan.device_kind + many * (options.launcher != "inline")) for table in made]


def _console() -> Console:
    """The console for the terminal; a notebook gets no more from it than text (see `session.notebook`)."""
    return Console(stderr=True, force_jupyter=False)


def with_observers(registry: Registry, names: Sequence[str], results: Path) -> Registry:
    """The registry with observers that are asked for by name.

    Raises:
        UsageError: there is no such observer, or what it needs is not installed.
        PluginError: it cannot be made.
    """
    found = []
    for name in dict.fromkeys(names):
        registered = registry.get(ObserverSpec, name)
        needs = registered.spec.needs
        if needs and find_spec(needs) is None:
            raise UsageError(f"--log {name} needs {needs}: pip install 'dabench[{needs}]'")
        try:
            found.append((registered.origin, registered.load()(results)))
        except DabenchError:
            raise
        except Exception as error:  # an observer of a plugin may raise anything
            raise PluginError(
                f"the observer {name} of {registered.origin} cannot be made: {type(error).__name__}: {error}"
            ) from error
    return registry.with_observers(found)


def saved(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds of `--save`, checked before the first run.

    Raises:
        UsageError: there is no such kind, or what writes it is not installed.
    """
    for kind in kinds:
        if kind not in SAVED:
            raise unknown("kind to save", kind, SAVED)
    if "predictions" in kinds and find_spec("pyarrow") is None:
        raise UsageError("predictions are saved as Parquet, which needs pyarrow: pip install 'dabench[parquet]'")
    return tuple(dict.fromkeys(kinds))


def keeps_model(run: PlannedRun) -> bool:
    """Whether a run can keep its model: one that reads the features of another run's network has none of its own."""
    return not run.reads_features


def labels(registry: Registry) -> dict[str, str]:
    """The names of methods, as tables print them."""
    return {name: spec.label for name, spec in registry.specs(MethodSpec).items()}


def regenerated(registry: Registry) -> set[str]:
    """The domains that are made here by the recipe of others."""
    return {name for name, spec in registry.specs(DomainSpec).items() if spec.regenerated}


def remarks(plan: Plan) -> Iterator[str]:
    """Remarks on a suite and its domains: rows that are one, parts that were left out, and notes of the loaders."""
    from dabench.runs.data_notes import left_out

    for row, other in plan.doubles.items():
        yield f"Note: with these settings {row} is the same run as {other}, which stands for both."
    for name, prepared in plan.domains.items():
        if prepared.left_out:
            yield f"Warning: {left_out(name, prepared.left_out)}"
        for note in prepared.notes:
            yield f"Note: {name}: {note}"


def flaw_lines(flaws: Sequence[Flaw], directory: Path) -> Iterator[str]:
    """Warnings of the flaws of results, the first few in full."""
    for flaw in flaws[:SHOWN]:
        yield f"Warning: {flaw} (not counted)"
    if len(flaws) > SHOWN:
        more = len(flaws) - SHOWN
        yield f"Warning: and {more} more; `dabench results verify {shlex.quote(str(directory))}` lists them"


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
