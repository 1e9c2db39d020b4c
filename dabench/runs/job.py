"""Jobs and their events: plain data that can be pickled, to a worker and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dabench.config.settings import Budget, Settings
from dabench.data.prepared import PreparedDomain, PreparedExamples
from dabench.data.splits.given import GivenLabels
from dabench.runs.record import Accuracy, Checkpoint, CodeInfo, Environment, Metrics, Selection, Status
from dabench.specs.spec import BackboneSpec, MethodSpec, SelectorSpec

SAVED = ("models", "predictions")
"""What `--save` keeps of the reported checkpoint."""


@dataclass(frozen=True, kw_only=True)
class RunTask:
    """The computation of a run; with its data it decides the numbers.

    Attributes:
        method: to run.
        backbone: of the method's network.
        settings: resolved.
        seed: of the run.
        track: what the method may see.
        metric: what the evaluator calls accuracy.
        selectors: those that pick a checkpoint.
        selector: the name of the one among them whose pick is reported.
        reverse_validation: also train the reverse model, for `dabench tune`.
    """

    method: MethodSpec
    backbone: BackboneSpec
    settings: Settings
    seed: int
    track: str
    metric: str
    selectors: tuple[SelectorSpec, ...]
    selector: str
    reverse_validation: bool = False


@dataclass(frozen=True, kw_only=True)
class RunData:
    """The domains of a run. Of the target there are the examples, and only those labels that are given.

    Attributes:
        source: with labels.
        target: to adapt to.
        given: labels of the target that the run may see.
    """

    source: PreparedDomain
    target: PreparedExamples
    given: GivenLabels = field(default_factory=GivenLabels)


@dataclass(frozen=True, kw_only=True)
class RunFiles:
    """The files that a run writes.

    Attributes:
        log: file that takes everything the run prints.
        state: file that takes the training state now and then, and is gone when the run is done.
        features: file with the features of a trained network: of `Job.network`, where this run reads them, else of its
            own. Whoever trains that network first writes it.
        outputs: folder that takes the outputs of every checkpoint.
        artifacts: folder that takes the model, the predictions, and whatever the method writes.
        closed: folders with labels, besides those of the target's copy, that nothing may open while a method runs.
    """

    log: Path
    state: Path
    features: Path
    outputs: Path
    artifacts: Path
    closed: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunLimits:
    """Limits of a run: its time, and the size of what it keeps.

    Attributes:
        timeout_s: after which the run ends as `timeout`; None for never.
        memory_bytes: that the run may add to its process, else it fails; None for no limit.
        grace_s: after which, beyond its timeout, it is stuck in native code and its process is killed.
        save_every_s: how often the training state is written.
        output_rows: at most so many of source_val and of target train; 0 to keep none.
        log_every: steps after which losses are named; 0 for checkpoints alone.
        save: what is kept of the reported checkpoint: some of `SAVED`.
    """

    timeout_s: float | None = None
    memory_bytes: int | None = None
    grace_s: float = 10.0
    save_every_s: float = 60.0
    output_rows: int = 0
    log_every: int = 0
    save: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run, ready to be executed anywhere that sees the same files.

    Attributes:
        run_id: of the record.
        device: as torch names it, such as `cpu` or `cuda:0`.
        task: what the run computes.
        data: the domains.
        files: where it writes.
        limits: how long it may take, and how much it keeps.
        network: the job that trains the network whose features this run reads, where nobody has yet; None for a run
            that trains its own, and where examples are their own features.
        keep_features: some run of the plan waits for the features of this one.
        freezes: a part of the backbone is not trained; see `runs.plan.Resolved`.
    """

    run_id: str
    device: str
    task: RunTask
    data: RunData
    files: RunFiles
    limits: RunLimits
    network: Job | None = None
    keep_features: bool = False
    freezes: bool = False

    @property
    def method(self) -> MethodSpec:
        """The method of the task."""
        return self.task.method

    @property
    def backbone(self) -> BackboneSpec:
        """The backbone of the task."""
        return self.task.backbone

    @property
    def settings(self) -> Settings:
        """The settings of the task."""
        return self.task.settings

    @property
    def seed(self) -> int:
        """The seed of the task."""
        return self.task.seed

    @property
    def budget(self) -> Budget:
        """The budget of a run that trains a network."""
        assert self.settings.budget is not None, "the plan refuses a network without a budget"
        return self.settings.budget

    @property
    def examples_per_step(self) -> int:
        """The number of examples of a step: a batch of source and of target, one of few_shot's labelled, both again as
        pairs.
        """
        return {"few_shot": 3, "paired": 4}.get(self.task.track, 2) * self.budget.batch

    def __str__(self) -> str:
        return f"{self.data.source.name}:{self.data.target.name} {self.method.name} seed {self.seed}"


@dataclass(frozen=True)
class Predictions:
    """Predictions of a run for target test.

    Attributes:
        classes: the predicted ones, int64 (T,).
        confidence: the largest probability of each example, float64 (T,); None for scores that are no logits, or no
            numbers.
    """

    classes: NDArray[np.int64]
    confidence: NDArray[np.float64] | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A checkpoint as the run itself knows it: not how good its predictions are. See `runs.record.Checkpoint`."""

    step: int
    losses: dict[str, float]
    scores: dict[str, float]
    predictions: Predictions


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a run. Times in seconds; see `runs.record.RunRecord` for the fields.

    A worker knows no label of target test: it fills in `answers` and `picks`, of which the parent process makes
    `accuracy`, `selections`, `per_class`, `checkpoints`, `metrics` and `predictions_sha256` (`runner.judge`).

    Attributes:
        answers: of all checkpoints, to be judged.
        picks: index of the checkpoint that a selector picked, by the selector's name; of those that use no labels.
        environment: of the process that executed it; None if none did to its end.
        source_free: the last stage of the training used no source; None where no training came to its end.
        network_parameters, trained_parameters, stored_parameters, asked: see `runs.record.RunRecord`.
        tries: how often the run was begun; more than once where workers have died.
    """

    status: Status
    error: str | None = None
    answers: tuple[Answer, ...] = ()
    picks: dict[str, int] = field(default_factory=dict)
    accuracy: Accuracy | None = None
    selections: dict[str, Selection] = field(default_factory=dict)
    per_class: dict[str, float] = field(default_factory=dict)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    metrics: Metrics | None = None
    predictions_sha256: str | None = None
    steps: int = 0
    train_s: float = 0.0
    wall_s: float = 0.0
    examples_per_s: float = 0.0
    images_seen: int = 0
    test_rows: int = 0
    peak_memory_bytes: int = 0
    environment: Environment | None = None
    source_free: bool | None = None
    network_parameters: int | None = None
    trained_parameters: int | None = None
    stored_parameters: int | None = None
    asked: list[int] = field(default_factory=list)
    tries: int = 1


@dataclass(frozen=True)
class Started:
    """A worker took a run.

    Attributes:
        worker: its number.
        environment: of the worker, which is recorded also where it dies; None if the launcher does not tell.
        resumed: the run goes on from a state that an interrupted one left.
        code: that the worker runs; None for that of the command.
    """

    run_id: str
    worker: int
    environment: Environment | None = None
    resumed: bool = False
    code: CodeInfo | None = None


@dataclass(frozen=True)
class Progress:
    """A run goes on.

    Attributes:
        values: at a checkpoint, its label-free values.
        losses: at a checkpoint, and every `RunLimits.log_every` steps, the mean of each since they were last named.
    """

    run_id: str
    step: int
    steps: int
    images_per_s: float
    values: dict[str, float] | None = None
    losses: dict[str, float] | None = None


@dataclass(frozen=True)
class Finished:
    """A run is over, in whatever way.

    Attributes:
        changed: what it left otherwise in its process than it found it, such as torch's default dtype. All of that was
            put back as far as it can be; a launcher had better take another process for the next run.
    """

    run_id: str
    outcome: Outcome
    changed: tuple[str, ...] = ()


Event = Started | Progress | Finished
