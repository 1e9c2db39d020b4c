"""Every hook that dabench calls.

A plugin is a module that implements some of them, named by an entry point:

    [project.entry-points.dabench]
    my_methods = "my_package.hooks"

Arguments may be added to a hook, never removed; an implementation takes those it needs.
Hook modules are imported by every command and by shell completion: import torch in the module that
holds the method, not in the one that holds the hook.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dabench.planning.jobs import RunOptions
    from dabench.runs.plan import Plan, PlannedRun
    from dabench.runs.record import RunRecord
    from dabench.specs.spec import (
        AskSpec,
        BackboneSpec,
        CheckFormatSpec,
        DomainSpec,
        FormatSpec,
        LauncherSpec,
        MethodSpec,
        ObserverSpec,
        SelectorSpec,
        SuiteSpec,
    )

    F = TypeVar("F", bound=Callable[..., Any])

PROJECT = "dabench"
_hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@_hookspec
def dabench_methods() -> Iterable[MethodSpec]:
    """Yield adaptation methods.

    Example:
        from dabench import MethodSpec, hookimpl

        @hookimpl
        def dabench_methods():
            yield MethodSpec(
                name="my_method",
                entry_point="my_package.my_method:MyMethod",
                summary="aligns means",
                reference="Me 2026",
            )
    """
    raise NotImplementedError


@_hookspec
def dabench_domains() -> Iterable[DomainSpec]:
    """Yield domains: one labelled data set each.

    Example:
        from dabench import DomainSpec, hookimpl

        @hookimpl
        def dabench_domains():
            yield DomainSpec(
                name="my_digits",
                entry_point="my_package.data:load_my_digits",
                summary="digits written by my cat",
                licence="CC BY 4.0",
            )
    """
    raise NotImplementedError


@_hookspec
def dabench_suites() -> Iterable[SuiteSpec]:
    """Yield suites: YAML files that ship with a package.

    Example:
        from dabench import SuiteSpec, hookimpl

        @hookimpl
        def dabench_suites():
            yield SuiteSpec(name="cats", entry_point="my_package:cats.yaml", summary="digits to cats")
    """
    raise NotImplementedError


@_hookspec
def dabench_backbones() -> Iterable[BackboneSpec]:
    """Yield backbones: networks that all methods of a comparison share.

    Example:
        from dabench import BackboneSpec, hookimpl

        @hookimpl
        def dabench_backbones():
            yield BackboneSpec(name="big_net", entry_point="my_package.nets:BigNet", summary="a wider network")
    """
    raise NotImplementedError


@_hookspec
def dabench_selectors() -> Iterable[SelectorSpec]:
    """Yield selectors: rules that pick the checkpoint to report, without target labels.

    What is at the entry point maps candidates to the index of one of them, or is a `ByScore` (see
    `dabench/selection/rule.py`): then `dabench selectors` compares its scores with the others', and `dabench tune` can
    optimise them.

    Example:
        from dabench import SelectorSpec, hookimpl

        @hookimpl
        def dabench_selectors():
            yield SelectorSpec(name="first", entry_point="my_package.rules:first", summary="the first checkpoint")
    """
    raise NotImplementedError


@_hookspec
def dabench_asks() -> Iterable[AskSpec]:
    """Yield rules of the track active: which target examples are to be labelled next.

    What is at the entry point takes a `dabench.Pool`, a number and a NumPy generator, and returns so many different
    places in the pool.

    Example:
        from dabench import AskSpec, hookimpl

        @hookimpl
        def dabench_asks():
            yield AskSpec(name="first", entry_point="my_package.rules:first", summary="the first ones")
    """
    raise NotImplementedError


@_hookspec
def dabench_launchers() -> Iterable[LauncherSpec]:
    """Yield launchers: where runs are executed.

    A launcher takes jobs and a number of workers. Of each job it yields a `Started` and all that
    `dabench.execution.execute.execute(job)` yields, unchanged: predictions of target test are among it, and are judged
    by who reads the events. `dabench.Launcher` is the base of all, `dabench.ClusterLauncher` of those whose workers see
    the results folder from other machines: there waiting, retries, staging and the spool are done.
    `dabench.testing.launchers` has the checks that a launcher must pass.

    Example:
        from dabench import LauncherSpec, hookimpl

        @hookimpl
        def dabench_launchers():
            yield LauncherSpec(name="my_cluster", entry_point="my_package.cluster:launch", summary="our cluster")
    """
    raise NotImplementedError


@_hookspec
def dabench_formats() -> Iterable[FormatSpec]:
    """Yield formats of `dabench table`: how a leaderboard is written.

    What is at the entry point takes a sequence of `dabench.leaderboard.table.Table` and returns text.

    Example:
        from dabench import FormatSpec, hookimpl

        @hookimpl
        def dabench_formats():
            yield FormatSpec(name="rst", entry_point="my_package.rst:render", summary="reStructuredText")
    """
    raise NotImplementedError


@_hookspec
def dabench_check_formats() -> Iterable[CheckFormatSpec]:
    """Yield formats of `dabench check`: how a comparison with a baseline is written.

    What is at the entry point takes a `dabench.baseline.compare.Report` and returns text.

    Example:
        from dabench import CheckFormatSpec, hookimpl

        @hookimpl
        def dabench_check_formats():
            yield CheckFormatSpec(name="tap", entry_point="my_package.tap:render", summary="Test Anything Protocol")
    """
    raise NotImplementedError


@_hookspec
def dabench_observers() -> Iterable[ObserverSpec]:
    """Yield observers that `dabench run --log NAME` asks for.

    What is at the entry point takes the results folder and returns an object. Its methods are called as the hooks
    below are, without the prefix `dabench_`: `run_began`, `step`, `checkpoint`, `run_finished`, `suite_finished`.

    Example:
        from dabench import ObserverSpec, hookimpl

        @hookimpl
        def dabench_observers():
            yield ObserverSpec(name="lamp", entry_point="my_package.lamp:Lamp", summary="a lamp that shows failures")
    """
    raise NotImplementedError


@_hookspec
def dabench_run_started(plan: Plan, results: Path, options: RunOptions) -> None:
    """Called once for each suite, before its first run. An observer that raises causes a warning, never a failed run.

    Example:
        from dabench import hookimpl

        @hookimpl
        def dabench_run_started(plan, results, options):
            print(f"{len(plan.runs)} runs on {options.device}, recorded in {results}")
    """


@_hookspec
def dabench_run_began(run: PlannedRun, worker: int, device: str, resumed: bool) -> None:
    """Called in the parent process when a worker has taken a run; `resumed` if it goes on from an interrupted one.

    Example:
        from dabench import hookimpl

        @hookimpl
        def dabench_run_began(run, worker, device, resumed):
            print(worker, device, run, "goes on" if resumed else "begins")
    """


@_hookspec
def dabench_step(run: PlannedRun, step: int, losses: dict[str, float]) -> None:
    """Called in the parent process every `--log-every` steps of a run: the mean of each loss since the last call.

    Example:
        from dabench import hookimpl

        @hookimpl
        def dabench_step(run, step, losses):
            print(run, step, losses)
    """


@_hookspec
def dabench_checkpoint(run: PlannedRun, step: int, values: dict[str, float], losses: dict[str, float]) -> None:
    """Called in the parent process at every checkpoint of a run, with label-free values and mean losses only.

    Example:
        from dabench import hookimpl

        @hookimpl
        def dabench_checkpoint(run, step, values, losses):
            print(run.method.name, step, values["source_val_accuracy"], losses)
    """


@_hookspec
def dabench_run_finished(record: RunRecord, artifacts: Path) -> None:
    """Called in the parent process once a run's record is written, failed runs included.

    `artifacts` is the folder of what the run kept and its method wrote; it is not there where that is nothing.

    Example:
        from dabench import hookimpl

        @hookimpl
        def dabench_run_finished(record, artifacts):
            print(record.method, record.status, artifacts)
    """


@_hookspec
def dabench_suite_finished(plan: Plan, results: Path, complete: bool) -> None:
    """Called once for each suite, after its last run; `complete` unless it was interrupted or ended early.

    Example:
        from dabench import hookimpl

        @hookimpl
        def dabench_suite_finished(plan, results, complete):
            print(plan.suite.name, "done" if complete else "stopped")
    """
