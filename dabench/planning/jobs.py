"""Jobs, made from planned runs, that a launcher can execute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from dabench.config.settings import MOST_OUTPUTS, Settings
from dabench.config.suite import Suite
from dabench.data.splits.given import LabelDesk
from dabench.errors import UsageError
from dabench.hashing.canonical import NUMERICS_VERSION, sha256
from dabench.plugin.registry import Registry
from dabench.plugin.uninstalled import method_sha256
from dabench.results.artifact_names import artifacts_folder
from dabench.runs.job import Job, RunData, RunFiles, RunLimits, RunTask
from dabench.runs.machine import same_bits
from dabench.runs.plan import Plan, PlannedRun
from dabench.selection.output_files import outputs_folder
from dabench.specs.spec import MethodSpec, SelectorSpec


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """Options of a command's runs.

    Attributes:
        device: as torch names it.
        launcher: its name.
        launcher_options: its options, to be validated.
        workers: how many runs at a time; None for as many as the launcher has room for.
        timeout_s: for each run; None for no limit.
        memory_bytes: for each run, beyond what its worker has; None for no limit.
        grace_s: that a run has to end itself after its timeout; see `runs.job.RunLimits`.
        fail_fast: stop at the first run that fails.
        collect_only: begin no run, and take what other commands have left to be collected.
        detach: leave the runs to the launcher, to be collected by another command.
        output_rows: of source_val and of target train whose outputs are kept at every checkpoint; 0 for none.
        reverse_validation: score every run by training its reverse model, too.
        log_every: steps after which observers get the losses; 0 for checkpoints alone.
        save: what is kept of the reported checkpoint; some of `runs.job.SAVED`.
    """

    device: str
    launcher: str = "processes"
    launcher_options: Mapping[str, Any] = field(default_factory=dict)
    workers: int | None = 1
    timeout_s: float | None = None
    memory_bytes: int | None = None
    grace_s: float = 10.0
    fail_fast: bool = False
    collect_only: bool = False
    detach: bool = False
    output_rows: int = 0
    reverse_validation: bool = False
    log_every: int = 0
    save: tuple[str, ...] = ()


def output_rows(suite: Suite, registry: Registry, wanted: int | None = None) -> int:
    """The rows of outputs that a run keeps: as wanted, else as the suite says, else as its selector needs.

    Raises:
        UsageError: none, where the selector reads them.
    """
    needed = registry.get(SelectorSpec, suite.selector).spec.needs_outputs
    if wanted == 0 and needed:
        raise UsageError(f"the selector {suite.selector} of the suite {suite.name} reads outputs: keep some of them")
    if suite.ask is not None:
        if wanted is not None and wanted != MOST_OUTPUTS:
            raise UsageError(f"the rules of the suite {suite.name} read outputs: leave --outputs out")
        return MOST_OUTPUTS
    return (suite.outputs or (MOST_OUTPUTS if needed else 0)) if wanted is None else wanted


def make_jobs(
    plan: Plan,
    runs: Sequence[PlannedRun],
    results: Path,
    registry: Registry,
    options: RunOptions,
    asked: Mapping[str, NDArray[np.int64]] | None = None,
) -> Jobs:
    """Turn planned runs into jobs; those that read features get the job of the network that has them.

    Args:
        plan: of the runs.
        runs: which they are.
        results: the folder of records.
        registry: of plugins.
        options: of the command.
        asked: in the track active, the rows of target train whose labels a run is given, by its `run_id`.

    Raises:
        UsageError: reverse validation where it is not defined.
    """
    if options.reverse_validation and plan.suite.track == "paired":
        raise UsageError(
            "reverse validation trains with source and target exchanged, which the track paired does not define: "
            "choose options by another score"
        )
    return Jobs(plan, runs, results, registry, options, asked or {})


def log_file(results: Path, stem: Path) -> Path:
    """The file that takes everything a run prints.

    Args:
        results: the folder of records.
        stem: of the run, see `runs.plan.PlannedRun`.
    """
    return results / "runs" / f"{stem}.log"


class Jobs(Sequence[Job]):
    """The jobs of some runs, each made when it is asked for: a plan may have a hundred thousand."""

    def __init__(
        self,
        plan: Plan,
        runs: Sequence[PlannedRun],
        results: Path,
        registry: Registry,
        options: RunOptions,
        asked: Mapping[str, NDArray[np.int64]],
    ) -> None:
        """Keep what all jobs share; see `make_jobs`."""
        self._plan, self._runs, self._options, self._asked = plan, runs, options, asked
        self._recent = lru_cache(maxsize=64)(lambda index: self._job(runs[index]))  # asked for once more to be judged
        self._results, self._cache = results, results / "cache"
        chosen = registry.get(SelectorSpec, plan.suite.selector).spec
        known = list(registry.specs(SelectorSpec).values())
        # Those that read outputs take long: all but the suite's own are asked by `dabench rescore`.
        self._selectors = tuple(spec for spec in known if spec == chosen or not spec.needs_outputs)
        self._desk = LabelDesk()
        self._limits = RunLimits(
            timeout_s=options.timeout_s,
            memory_bytes=options.memory_bytes,
            grace_s=options.grace_s,
            output_rows=options.output_rows,
            log_every=options.log_every,
            save=options.save,
        )
        self._source_only = registry.get(MethodSpec, "source_only").spec
        self._networks: dict[tuple[str, ...], tuple[MethodSpec, Settings, list[str]]] = {}
        self._bits: dict[str, str] = {}
        readers = [run for run in runs if self._reads_features(run)]
        if readers:  # where nothing reads features none are kept, and it does not matter how they would be called
            self._bits = same_bits()
        self._needed = {self._features_key(run) for run in readers}

    def __len__(self) -> int:
        return len(self._runs)

    @overload
    def __getitem__(self, index: int) -> Job: ...

    @overload
    def __getitem__(self, index: slice) -> list[Job]: ...

    def __getitem__(self, index: int | slice) -> Job | list[Job]:
        if isinstance(index, slice):
            return [self._job(run) for run in self._runs[index]]
        return self._recent(index)

    def _job(self, run: PlannedRun) -> Job:
        job = self._plain(run)
        if not run.backbone.trains:
            return job
        if self._reads_features(run):
            method, settings, _ = self._network(run)
            return replace(job, network=_training(job, method, settings))
        return replace(job, keep_features=bool(self._needed) and self._features_key(run) in self._needed)

    def _plain(self, run: PlannedRun) -> Job:
        plan, options, stem = self._plan, self._options, run.stem
        return Job(
            run_id=run.run_id,
            device=options.device,
            task=RunTask(
                method=run.method,
                backbone=run.backbone,
                settings=run.settings,
                seed=run.seed,
                track="few_shot" if plan.suite.track == "active" else plan.suite.track,
                metric=plan.suite.metric,
                selectors=self._selectors,
                selector=plan.suite.selector,
                reverse_validation=options.reverse_validation,
            ),
            data=_data(plan, run, self._desk, self._asked.get(run.run_id)),
            files=RunFiles(
                log=log_file(self._results, stem),
                state=self._cache / f"state/{run.run_id}.pt",
                features=self._cache / f"features/{self._features_key(run)}.npz",
                outputs=outputs_folder(self._results, run.run_id),
                artifacts=artifacts_folder(self._results, stem),
            ),
            limits=self._limits,
            freezes=run.freezes,
        )

    def _reads_features(self, run: PlannedRun) -> bool:
        """Whether a run trains no network; a reverse model begins with the weights of one that it has trained."""
        return run.reads_features and (run.is_feature_method or not self._options.reverse_validation)

    def _network(self, run: PlannedRun) -> tuple[MethodSpec, Settings, list[str]]:
        """The training whose features a run reads, or leaves: method, settings, and hashes of both."""
        cell = (run.pair, run.method.name, run.method.entry_point, run.settings_sha256)
        if cell not in self._networks:
            method, settings = run.method, run.settings.model_copy(update={"readout": "network"})
            if run.is_feature_method:
                method = self._source_only
                settings = settings.model_copy(update={"method": method.name, "options": {}, "views": {}})
            # What does not change the network is left out: the checkpoints, and the shots where nothing is trained on
            # the target.
            unseen = {"shots": True, "ask": True} if method == self._source_only else {}
            shared = settings.model_dump(mode="json", exclude={"budget": {"checkpoints"}, **unseen})
            self._networks[cell] = method, settings, [sha256(shared), method_sha256(method)]
        return self._networks[cell]

    def _features_key(self, run: PlannedRun) -> str:
        # Other than a run's identity this names torch and the processor: features are not kept across them.
        _, _, (settings, source) = self._network(run)
        parts = [run.pair, run.seed, settings, run.data_sha256, run.aux_sha256, source, NUMERICS_VERSION]
        return sha256([*parts, self._plan.device_kind, self._bits, "crc32"])


def _data(plan: Plan, run: PlannedRun, desk: LabelDesk, asked: NDArray[np.int64] | None) -> RunData:
    """The domains of a run, and those labels of its target that it may see."""
    source, target = plan.domains[run.source], plan.domains[run.target]
    if run.settings.ask is not None:
        assert asked is not None, "the runner asks before it makes the jobs of a round"
        return RunData(source=source, target=target.examples, given=desk.reveal(target, asked, run.method))
    given = desk.give(
        source,
        target,
        track=plan.suite.track,
        shots=run.settings.shots,
        seed=run.seed,
        transductive=run.settings.transductive,
        method=run.method,
    )
    return RunData(source=source, target=target.examples, given=given)


def _training(job: Job, method: MethodSpec, settings: Settings) -> Job:
    """Return the job that trains the network whose features a run reads, and measures nothing else."""
    task = replace(job.task, method=method, settings=settings, reverse_validation=False)
    return replace(job, task=task, limits=replace(job.limits, output_rows=0, save=()))
