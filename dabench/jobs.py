"""From planned runs to jobs that a launcher can execute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from dabench.config import MOST_OUTPUTS, Suite
from dabench.errors import UsageError
from dabench.identity import NUMERICS_VERSION, sha256
from dabench.job import Job
from dabench.outputs import outputs_folder
from dabench.plan import Plan, PlannedRun
from dabench.plugins import Registry
from dabench.sources import source_sha256
from dabench.specs import SelectorSpec


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to run.

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
    """How many rows of outputs a run keeps: as wanted, else as the suite says, else what its selector needs.

    Raises:
        UsageError: none, where the selector reads them.
    """
    needed: bool = registry.get("selectors", suite.selector).spec.needs_outputs
    if wanted == 0 and needed:
        raise UsageError(f"the selector {suite.selector} of the suite {suite.name} reads outputs: keep some of them")
    return (suite.outputs or (MOST_OUTPUTS if needed else 0)) if wanted is None else wanted


def make_jobs(plan: Plan, runs: Sequence[PlannedRun], results: Path, registry: Registry, options: Options) -> list[Job]:
    """Turn planned runs into jobs; feature methods get the job of the network whose features they need.

    Raises:
        UsageError: reverse validation where it is not defined.
    """
    if options.reverse_validation and plan.suite.track == "paired":
        raise UsageError(
            "reverse validation trains with source and target exchanged, which the track paired does not define: "
            "choose options by another score"
        )
    chosen: SelectorSpec = registry.get("selectors", plan.suite.selector).spec
    known = [found.spec for found in registry.all("selectors").values()]
    # Those that read outputs take long: all but the suite's own are asked by `dabench rescore`.
    selectors = tuple(spec for spec in known if spec == chosen or not spec.needs_outputs)
    source_only = registry.get("methods", "source_only").spec
    embedding_code = source_sha256(source_only.target)

    def features_key(run: PlannedRun) -> str:
        # Other than a run's identity this names the version of torch: features are not kept across them. The shots are
        # left out: the source-only network does not depend on them.
        shared = run.settings.model_copy(update={"shots": None}).model_dump(mode="json", exclude={"method", "options"})
        parts = [run.pair, run.seed, sha256(shared), run.data_sha256, embedding_code, NUMERICS_VERSION]
        return sha256([*parts, plan.device_kind, version("torch")])

    def job(run: PlannedRun) -> Job:
        return Job(
            run_id=run.run_id,
            method=run.method,
            backbone=run.backbone,
            selectors=selectors,
            selector=plan.suite.selector,
            track=plan.suite.track,
            metric=plan.suite.metric,
            source=plan.domains[run.source],
            target=plan.domains[run.target],
            seed=run.seed,
            settings=run.settings,
            device=options.device,
            timeout_s=options.timeout_s,
            log=(results / "runs" / run.stem).with_suffix(".log"),
            state=results / "cache" / "state" / f"{run.run_id}.pt",
            features=results / "cache" / "features" / f"{features_key(run)}.npz",
            outputs=outputs_folder(results, run.run_id),
            output_rows=options.output_rows,
            reverse_validation=options.reverse_validation,
        )

    needed = {features_key(run) for run in runs if run.is_feature_method and run.backbone.trains}
    jobs = []
    for run in runs:
        if not run.backbone.trains:
            jobs.append(job(run))
        elif run.is_feature_method:
            settings = run.settings.model_copy(update={"method": "source_only", "options": {}})
            network = replace(job(run), method=source_only, settings=settings, output_rows=0, reverse_validation=False)
            jobs.append(replace(job(run), source_only=network))
        else:
            plain = run.method == source_only and not run.settings.options
            jobs.append(replace(job(run), keep_features=plain and features_key(run) in needed))
    return jobs
