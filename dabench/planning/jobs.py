"""Jobs, made from planned runs, that a launcher can execute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dabench.config.settings import MOST_OUTPUTS, Settings
from dabench.config.suite import Suite
from dabench.data.splits.given import LabelDesk
from dabench.errors import UsageError
from dabench.hashing.canonical import NUMERICS_VERSION, sha256
from dabench.plugin.method_file import method_sha256
from dabench.plugin.registry import Registry
from dabench.runs.job import Job, RunData, RunFiles, RunLimits, RunTask
from dabench.runs.machine import same_bits
from dabench.runs.plan import Plan, PlannedRun
from dabench.selection.outputs import outputs_folder
from dabench.specs.spec import MethodSpec, SelectorSpec


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """Options of a command's runs.

    Attributes:
        device: as torch names it.
        launcher: its name.
        workers: how many runs at a time.
        timeout_s: for each run; None for no limit.
        fail_fast: stop at the first run that fails.
        output_rows: of source_val and of target train whose outputs are kept at every checkpoint; 0 for none.
        reverse_validation: score every run by training its reverse model, too.
    """

    device: str
    launcher: str = "processes"
    workers: int = 1
    timeout_s: float | None = None
    fail_fast: bool = False
    output_rows: int = 0
    reverse_validation: bool = False


def output_rows(suite: Suite, registry: Registry, wanted: int | None = None) -> int:
    """The rows of outputs that a run keeps: as wanted, else as the suite says, else as its selector needs.

    Raises:
        UsageError: none, where the selector reads them.
    """
    needed = registry.get(SelectorSpec, suite.selector).spec.needs_outputs
    if wanted == 0 and needed:
        raise UsageError(f"the selector {suite.selector} of the suite {suite.name} reads outputs: keep some of them")
    return (suite.outputs or (MOST_OUTPUTS if needed else 0)) if wanted is None else wanted


def make_jobs(
    plan: Plan, runs: Sequence[PlannedRun], results: Path, registry: Registry, options: RunOptions
) -> list[Job]:
    """Turn planned runs into jobs; those that read features get the job of the network that has them.

    Raises:
        UsageError: reverse validation where it is not defined.
    """
    if options.reverse_validation and plan.suite.track == "paired":
        raise UsageError(
            "reverse validation trains with source and target exchanged, which the track paired does not define: "
            "choose options by another score"
        )
    chosen = registry.get(SelectorSpec, plan.suite.selector).spec
    known = list(registry.specs(SelectorSpec).values())
    # Those that read outputs take long: all but the suite's own are asked by `dabench rescore`.
    selectors = tuple(spec for spec in known if spec == chosen or not spec.needs_outputs)
    source_only = registry.get(MethodSpec, "source_only").spec
    desk = LabelDesk()

    def network_of(run: PlannedRun) -> tuple[MethodSpec, Settings]:
        """The training whose features a run reads, or leaves."""
        settings = run.settings.model_copy(update={"readout": "network"})
        if not run.is_feature_method:
            return run.method, settings
        return source_only, settings.model_copy(update={"method": source_only.name, "options": {}, "views": {}})

    def features_key(run: PlannedRun) -> str:
        # Other than a run's identity this names torch and the processor: features are not kept across them. What does
        # not change the network is left out: the checkpoints, and the shots where nothing is trained on the target.
        method, settings = network_of(run)
        unseen = {"shots": True} if method == source_only else {}
        shared = settings.model_dump(mode="json", exclude={"budget": {"checkpoints"}, **unseen})
        parts = [
            run.pair,
            run.seed,
            sha256(shared),
            run.data_sha256,
            method_sha256(method),
            NUMERICS_VERSION,
        ]
        return sha256([*parts, plan.device_kind, same_bits(), "sealed"])

    def job(run: PlannedRun) -> Job:
        return Job(
            run_id=run.run_id,
            device=options.device,
            task=RunTask(
                method=run.method,
                backbone=run.backbone,
                settings=run.settings,
                seed=run.seed,
                track=plan.suite.track,
                metric=plan.suite.metric,
                selectors=selectors,
                selector=plan.suite.selector,
                reverse_validation=options.reverse_validation,
            ),
            data=_data(plan, run, desk),
            files=RunFiles(
                log=(results / "runs" / run.stem).with_suffix(".log"),
                state=results / "cache" / "state" / f"{run.run_id}.pt",
                features=results / "cache" / "features" / f"{features_key(run)}.npz",
                outputs=outputs_folder(results, run.run_id),
            ),
            limits=RunLimits(timeout_s=options.timeout_s, output_rows=options.output_rows),
        )

    def reads_features(run: PlannedRun) -> bool:  # a reverse model begins with the weights of the trained one
        return run.reads_features and (run.is_feature_method or not options.reverse_validation)

    needed = {features_key(run) for run in runs if reads_features(run)}
    jobs = []
    for run in runs:
        if not run.backbone.trains:
            jobs.append(job(run))
        elif reads_features(run):
            jobs.append(replace(job(run), network=_training(job(run), *network_of(run))))
        else:
            jobs.append(replace(job(run), keep_features=features_key(run) in needed))
    return jobs


def _data(plan: Plan, run: PlannedRun, desk: LabelDesk) -> RunData:
    """The domains of a run, and those labels of its target that it may see."""
    source, target = plan.domains[run.source], plan.domains[run.target]
    given = desk.give(
        source,
        target,
        track=plan.suite.track,
        shots=run.settings.shots,
        seed=run.seed,
        transductive=run.settings.transductive,
        sees_target_labels=run.method.sees_target_labels,
    )
    return RunData(source=source, target=target.examples, given=given)


def _training(job: Job, method: MethodSpec, settings: Settings) -> Job:
    """Return the job that trains the network whose features a run reads, and measures nothing else."""
    task = replace(job.task, method=method, settings=settings, reverse_validation=False)
    return replace(job, task=task, limits=replace(job.limits, output_rows=0))
