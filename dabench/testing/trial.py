"""Training of a method on a toy, by the harness's own parts, with the facts that the checks look at."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dabench.data.splits.splits import Splits
from dabench.execution.deep_run import DeepRun
from dabench.execution.evaluation import Evaluator
from dabench.execution.execute import draw_splits, open_pair, open_vectors
from dabench.execution.feature_run import FeatureRun
from dabench.execution.pair_data import PairData
from dabench.execution.training_state import read_state
from dabench.files import scratch
from dabench.methods.base import DeepMethod, FeatureMethod, Stage, source_free
from dabench.methods.problem import Batch
from dabench.methods.scores import PredictionError, Scores, predicted_classes
from dabench.runs.job import Answer, Job
from dabench.seeding import isolated, reproducible
from dabench.specs.spec import MethodSpec
from dabench.testing.access import Access, recording, unrecorded
from dabench.testing.conditions import Conditions, decoys_of, job_of, mislabel, mismatch, pair_of, prepared
from dabench.testing.decoys import Decoys
from dabench.testing.failure import CheckFailedError, CrashError
from dabench.testing.toys.toy import Toy
from dabench.testing.watch import Watch, put_back


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A trained method.

    Attributes:
        scores: of target test (T, C).
        test_x: target test, as `predict` takes it.
        predict: batches of examples -> the scores of each, in the process state of a run.
        accuracy: on target test.
        state: parameters and buffers at the end; empty for feature methods.
        fresh: the same before the first step.
        trained: names of those that are trained.
        checkpoints: as the run knows them.
        broken: why the training ended early, if it did.
        augments: whether it asked for changed images.
        source_free: whether the last stage says that it uses no source.
        parameters: names of those in the state that are parameters.
        before: the state after the first step of the last stage.
        counted: what `trained_parameters` says in the last stage.
        found: what the watch saw.
    """

    scores: Scores
    test_x: Any
    predict: Callable[..., list[Scores]]
    accuracy: float = float("nan")
    state: dict[str, Tensor] = field(default_factory=dict)
    fresh: dict[str, Tensor] = field(default_factory=dict)
    trained: frozenset[str] = frozenset()
    checkpoints: list[Answer] = field(default_factory=list)
    broken: str | None = None
    augments: bool = False
    source_free: bool = False
    parameters: frozenset[str] = frozenset()
    before: dict[str, Tensor] = field(default_factory=dict)
    counted: int = 0
    found: dict[str, str] = field(default_factory=dict)


def train(spec: MethodSpec, cls: type[Any], toy: Toy, access: Access, **conditions: Any) -> Trained:
    """Train a method from scratch and predict target test.

    Raises:
        CrashError: the method raised.
    """
    given = Conditions(**conditions)
    watch = Watch()
    if given.poisoned:
        gc.collect()  # nothing is to be found of an earlier training, where labels were right
    with ExitStack() as stack, scratch() as folder:
        stack.enter_context(_process(given.device, given.salt))
        if given.watched:
            stack.enter_context(watch.over(cls))
        stack.enter_context(patch.dict(os.environ, DABENCH_DATA_DIR=str(folder / "data")))
        domains = prepared(given, toy, folder / "data")
        job = job_of(spec, toy, given, folder, domains)
        decoys = decoys_of(job, domains["target"], given)
        drawn = draw_splits(job)
        if given.mismatched:
            mismatch(drawn)
        if given.mislabelled:
            mislabel(drawn)
        # In variables of this frame, for methods that look there.
        target_y, test_y = decoys.in_frame(drawn)
        held = stack.enter_context(decoys.laid_out(job.data.target.folder))
        with _crashing(cls, given.where, watch), recording(access):
            if issubclass(cls, DeepMethod):
                made = _deep(job, cls, drawn, given, decoys)
            else:
                made = _features(job, cls, drawn, decoys)
        del target_y, test_y, held
        made = replace(made, accuracy=_accuracy(made.scores, pair_of(given, toy).target.test.y))

    def predict(*batches: Any) -> list[Scores]:
        with _crashing(cls, "predictions of one example, and of a few", watch):
            return made.predict(*batches)

    return replace(made, found=watch.found, predict=predict)


@contextmanager
def _crashing(cls: type[Any], where: str, watch: Watch) -> Iterator[None]:
    """Report whatever a method raises as an error of the method."""
    try:
        yield
    except CheckFailedError:
        raise
    except PredictionError as error:
        raise CheckFailedError(expected=f"{error.expected} in {where}", got=error.got, fix=error.fix) from error
    except Exception as error:  # a method may raise anything
        raise CrashError(error, cls, where, watch.found) from error


def _deep(job: Job, cls: type[DeepMethod], drawn: Splits, given: Conditions, decoys: Decoys) -> Trained:
    device = torch.device(job.device)
    fresh: dict[str, Tensor] | None = None
    for stop in (*given.interrupted, None):
        data = open_pair(job, device, drawn)
        with decoys.evaluator(data) as evaluator:
            run = DeepRun(job, data, cls)
            method = run.method
            fresh = fresh or _copy(method)
            before = _first_of_last_stage(method)
            if given.forgotten:
                _forget_source(method, data)
            with unrecorded() if given.interrupted else ExitStack():  # the harness writes and reads the saved state
                _carry_on(run, evaluator, until=stop)
        if stop is not None:
            _readable(job)
            given.meanwhile()
    method.eval()

    def predict(*batches: Tensor) -> list[Scores]:
        with _process(job.device, given.salt):
            return [data.apply(method.predict, x, target=True) for x in batches]

    scores = data.apply(method.predict, data.test_x, target=True)
    data.apply(method.embed, data.test_x, target=True)  # for the watch: readouts and selectors will ask
    return Trained(
        scores=scores,
        test_x=data.test_x,
        predict=predict,
        state=_copy(method),
        fresh=fresh or {},
        trained=frozenset(name for name, parameter in method.named_parameters() if parameter.requires_grad),
        checkpoints=run.measurements.answers,
        broken=run.measurements.collapsed,
        augments=bool(method.views),
        source_free=source_free(method.stages()),
        parameters=frozenset(name for name, _ in method.named_parameters()),
        before=before,
        counted=method.trained_parameters(),
    )


def _first_of_last_stage(method: DeepMethod) -> dict[str, Tensor]:
    """A mapping that will hold the state after the first step of the last stage, where a method begins it."""
    state: dict[str, Tensor] = {}
    step, last = method.step, method.stages()[-1].name
    enter, entered = method.enter, [""]

    def enter_and_note(stage: Stage) -> None:
        entered[0] = stage.name
        enter(stage)

    def step_and_copy(batch: Batch) -> dict[str, Tensor]:
        losses = step(batch)
        if entered[0] == last and not state:
            state.update(_copy(method))
        return losses

    method.enter = enter_and_note  # type: ignore[method-assign]
    method.step = step_and_copy  # type: ignore[method-assign]
    return state


def _forget_source(method: DeepMethod, data: PairData) -> None:
    """Overwrite all that is the source's as the first stage after the last that uses it begins."""
    stages = method.stages()
    last = max((number for number, stage in enumerate(stages) if stage.uses_source), default=-1)
    enter, entered = method.enter, iter(range(len(stages)))

    def enter_and_forget(stage: Stage) -> None:
        if next(entered) == last + 1:
            problem = data.problem
            problem.source_x.copy_(problem.source_x.flip(0) // 2)
            problem.source_y.copy_((problem.source_y + 1) % problem.classes)
            if problem.paired is not None:
                problem.paired.source_x.copy_(problem.paired.source_x.flip(0) // 2)
        enter(stage)

    method.enter = enter_and_forget  # type: ignore[method-assign]


def _carry_on(run: DeepRun, evaluator: Evaluator, until: int | None) -> None:
    """Train to the end, or until a step: the generator is dropped there, as by an interrupt.

    Checkpoints are judged in the process of the method, which a run of the suite is not: labels are there to be found.
    """
    for progress in run.train():
        if progress.values is not None:
            evaluator.evaluate(run.measurements.answers[-1].predictions)
        if until is not None and progress.step >= until:
            return


def _readable(job: Job) -> None:
    """Fail unless the state of the interrupted run can be read: without it the harness would start again."""
    with unrecorded():
        if read_state(job.files.state, torch.device(job.device)) is None:
            raise CheckFailedError(
                expected="a training state that can be saved and read again",
                got="one that torch.load(weights_only=True) refuses",
                fix="keep tensors and plain values in the state, no other objects in get_extra_state or an optimiser",
            )


def _features(job: Job, cls: type[FeatureMethod], drawn: Splits, decoys: Decoys) -> Trained:
    data = open_vectors(job, drawn)
    with decoys.evaluator(data):
        method = FeatureRun(job, data, cls).build()
        method.fit(data.problem)
        scores = method.predict(data.test_x)

    def predict(*batches: Any) -> list[Scores]:
        with _process("cpu", 0):
            return [method.predict(x) for x in batches]

    return Trained(scores=scores, test_x=data.test_x, predict=predict)


@contextmanager
def _process(device: str, salt: int) -> Iterator[None]:
    """The state of a process in which the harness runs methods, and afterwards the state it had."""
    with isolated(torch.device(device)), reproducible(), put_back(salt), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a verdict must not depend on whether the caller makes warnings errors
        yield


def _accuracy(scores: Any, y: NDArray[np.int64]) -> float:
    well_formed = isinstance(scores, np.ndarray) and scores.ndim == 2 and len(scores) == len(y)
    return float(np.mean(predicted_classes(scores) == y)) if well_formed else float("nan")


def _copy(method: DeepMethod) -> dict[str, Tensor]:
    state = {name: value for name, value in method.state_dict().items() if isinstance(value, Tensor)}
    return {name: tensor.detach().cpu().clone() for name, tensor in state.items()}
