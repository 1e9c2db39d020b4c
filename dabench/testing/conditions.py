"""Conditions of a training on a toy, its job, and the labels that are laid out or changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from dabench.config.settings import Budget, Input, Named, Schedule, Settings, SourceSample
from dabench.data.arrays import DomainArrays, Split
from dabench.data.prepared import PreparedDomain, write_copy
from dabench.data.prepared_copy import Meta
from dabench.data.splits.given import GivenLabels, LabelDesk
from dabench.data.splits.paired_splits import PairedSplits
from dabench.data.splits.splits import Splits
from dabench.execution.execute import draw_splits
from dabench.hashing.canonical import VIEW_VERSIONS
from dabench.runs.job import Job, RunData, RunFiles, RunLimits, RunTask
from dabench.specs.spec import MethodSpec
from dabench.testing.decoys import Decoys
from dabench.testing.toys.toy import Pair, Toy

STEPS, BATCH, CHECKPOINTS = 12, 16, 2
GIVEN = "given"
NOISY = {"batch_norm": True, "dropout": 0.2}
QUIET = {"batch_norm": False, "dropout": 0.0}


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """The conditions of a training; the default is quick and asks for nothing special.

    Attributes:
        where: what is special about it, for the message of a crash.
        pair: the data; the toy's plain pair if None.
        seed: of the run.
        options: of the method, besides its defaults.
        steps: of the training.
        batch: examples from each domain.
        network: options of the backbone.
        poisoned: places where target labels are wrong, see `testing.decoys`; `GIVEN` are those that a bound may see.
        mislabelled: the labelled target examples have other labels.
        mismatched: in the track paired, the source halves of simultaneous samples are exchanged within their class.
        forgotten: the source's examples are overwritten when the last stage that uses them has ended.
        device: as torch names it.
        salt: decides the state of the global random generators at the start.
        watched: look before and after every call.
        interrupted: steps at which the training is stopped, to go on from its saved state.
        meanwhile: called at every interruption.
    """

    where: str = "a training on tiny data"
    pair: Pair | None = None
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    steps: int = STEPS
    batch: int = BATCH
    network: Mapping[str, Any] = field(default_factory=lambda: NOISY)
    poisoned: frozenset[str] = frozenset()
    mislabelled: bool = False
    mismatched: bool = False
    forgotten: bool = False
    device: str = "cpu"
    salt: int = 0
    watched: bool = False
    interrupted: tuple[int, ...] = ()
    meanwhile: Callable[[], object] = lambda: None


def job_of(spec: MethodSpec, toy: Toy, given: Conditions, folder: Path, domains: Mapping[str, PreparedDomain]) -> Job:
    """The job of the training, whose files lie in a folder."""
    network = dict(given.network) if toy.backbone.trains else {}
    budget = Budget(steps=given.steps, batch=given.batch, checkpoints=min(CHECKPOINTS, given.steps))
    settings = Settings(
        method=spec.name,
        options=dict(given.options),
        backbone=Named(name=toy.backbone.name, options=network),
        input=Input(),
        optimiser=toy.optimiser,
        schedule=Schedule(),
        sample=SourceSample(),
        budget=budget if toy.backbone.trains else None,
        precision="fp32",
        shots=toy.shots,
        readout="network",
        transductive=False,
        views=dict(VIEW_VERSIONS),
    )
    return Job(
        run_id="toy",
        device=given.device,
        task=RunTask(
            method=spec,
            backbone=toy.backbone,
            settings=settings,
            seed=given.seed,
            track=toy.track,
            metric="accuracy",
            selectors=(),
            selector="last_step",
        ),
        data=RunData(
            source=domains["source"],
            target=domains["target"].examples,
            given=_given(spec, toy, given, domains),
        ),
        files=RunFiles(
            log=folder / "log",
            state=folder / "state.pt",
            features=folder / "features.npz",
            outputs=folder / "outputs",
            artifacts=folder / "artifacts",
        ),
        limits=RunLimits(save_every_s=0.0 if given.interrupted else float("inf")),
    )


def pair_of(given: Conditions, toy: Toy) -> Pair:
    """The data of the training."""
    return given.pair or toy.plain()


def prepared(given: Conditions, toy: Toy, folder: Path) -> dict[str, PreparedDomain]:
    """The pair as prepared domains in a data folder. No label of its target stays in memory."""
    pair = pair_of(given, toy)
    return {"source": _copy_of("source", pair.source, folder), "target": _copy_of("target", pair.target, folder)}


def _copy_of(name: str, arrays: DomainArrays, data: Path) -> PreparedDomain:
    folder = data / "ready" / f"toy_{name}"
    write_copy(arrays, folder)
    shape, rows = arrays.train.x.shape[1:], len(arrays.train.y)
    return PreparedDomain(f"toy_{name}", folder, "", arrays.classes, shape, rows, aux=Meta.read(folder).aux)


def _given(spec: MethodSpec, toy: Toy, given: Conditions, domains: Mapping[str, PreparedDomain]) -> GivenLabels:
    """The labels that the method may see, which are wrong where `GIVEN` is poisoned, but for those of shots."""
    labels = LabelDesk().give(
        domains["source"],
        domains["target"],
        track=toy.track,
        shots=toy.shots,
        seed=given.seed,
        transductive=False,
        method=spec,
    )
    if labels.target is None or GIVEN not in given.poisoned:
        return labels
    wrong = (labels.target + 1) % len(domains["target"].classes)
    if labels.shot_rows is not None and labels.shot_y is not None:
        wrong[labels.shot_rows] = labels.shot_y
    return replace(labels, target=wrong)


def decoys_of(job: Job, target: PreparedDomain, given: Conditions) -> Decoys:
    """Labels to be laid out for the method, in the order of the examples that it gets."""
    train, test = target.open_labels()
    seeing = replace(job, data=replace(job.data, given=replace(job.data.given, target=train)))
    ordered = draw_splits(seeing).target_y
    assert ordered is not None, "the job is given them"
    return Decoys(ordered, test, target.classes, target.open_aux(), poisoned=given.poisoned)


def mismatch(drawn: Splits) -> None:
    """Give every target example another source example of its class; the source that has no partner stays."""
    assert isinstance(drawn, PairedSplits), "the check is for methods of the track paired"
    x, y = drawn.source.x.copy(), drawn.source.y
    for label in np.unique(y[drawn.paired_rows]):
        rows = drawn.paired_rows[y[drawn.paired_rows] == label]
        x[rows] = x[np.roll(rows, 1)]
    drawn.source = Split(x, y, drawn.source.groups)


def mislabel(drawn: Splits) -> None:
    """Give the labelled target examples the label of the next class."""
    if isinstance(drawn, PairedSplits):
        y = drawn.source.y.copy()
        y[drawn.paired_rows] = (y[drawn.paired_rows] + 1) % len(drawn.classes)
        drawn.source = Split(drawn.source.x, y, drawn.source.groups)
    elif drawn.labelled_y is not None:
        drawn.labelled_y = (drawn.labelled_y + 1) % len(drawn.classes)
