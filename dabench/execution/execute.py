"""One run from its job to what it predicts, in this process, which need not know how good that is."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace

import torch

from dabench.data.arrays import DomainArrays, DomainExamples
from dabench.data.splits.paired_splits import PairedSplits
from dabench.data.splits.splits import Splits
from dabench.errors import DabenchError, UsageError
from dabench.execution import reverse_validation
from dabench.execution.artifact_writer import ArtifactWriter
from dabench.execution.closed_labels import labels_closed
from dabench.execution.deep_run import DeepRun
from dabench.execution.feature_run import FeatureRun, ReadoutRun
from dabench.execution.frozen_features import open_for_run
from dabench.execution.measurements import Measurements
from dabench.execution.pair_data import PairData, VectorData
from dabench.execution.process_state import ProcessState, own_generators
from dabench.execution.run_log import run_log
from dabench.methods.base import DeepMethod, FeatureMethod
from dabench.parallel.memory import memory_limited
from dabench.plugin.uninstalled import packages_of
from dabench.printable import kept
from dabench.runs.job import Finished, Job, Outcome, Progress
from dabench.runs.machine import environment
from dabench.seeding import isolated, reproducible
from dabench.selection.output_files import forget_outputs
from dabench.selection.rule import picks_of

# scikit-learn sets these when it is imported, which some method may do first: that is no change of its own.
SET_BY_SKLEARN = {"KMP_DUPLICATE_LIB_OK": "True", "KMP_INIT_AT_FORK": "FALSE"}


class RunTimeoutError(Exception):
    """The run took longer than `--timeout` allows."""


def execute(job: Job, state: ProcessState | None = None) -> Iterator[Progress | Finished]:
    """Run a job.

    Args:
        job: what to run.
        state: of this process, for one that executes many jobs: looking at all of it anew takes milliseconds.

    Yields:
        Progress, and at the end exactly one `Finished`, to be judged by the parent process (`runner.judge`). Whatever
        the method raises becomes a failed outcome with its traceback; only what stops the process itself gets through.
    """
    started = time.monotonic()
    device = torch.device(job.device)
    for variable, value in SET_BY_SKLEARN.items():
        os.environ.setdefault(variable, value)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    measurements = Measurements()
    with reproducible(), isolated(device), own_generators(job.seed):
        before = ProcessState() if state is None else state
        before.renew()
        outcome = yield from _logged(job, device, started, measurements)
        changed = tuple(what for _, what in before.changes())
        if changed:
            before.put_back()
            _add_to_log(job, f"the run left otherwise than it was, and it is put back: {'; '.join(changed)}")
    if outcome.status != "timeout":  # with more time it goes on from its last state
        job.files.state.unlink(missing_ok=True)
    yield Finished(
        job.run_id,
        replace(
            outcome,
            steps=measurements.steps,
            train_s=measurements.train_s,
            wall_s=time.monotonic() - started,
            peak_memory_bytes=_peak_memory(device),
            environment=environment(job.device, packages=packages_of(job.method)),
        ),
        changed,
    )


def failure(error: str) -> Outcome:
    """The outcome of a failed run, with as much of the reason as a record keeps."""
    return Outcome(status="failed", error=kept(error))


def _logged(
    job: Job, device: torch.device, started: float, measurements: Measurements
) -> Generator[Progress, None, Outcome]:
    """Run a job with its log and fill `measurements`; returns its outcome."""
    with ExitStack() as stack:
        try:
            log = stack.enter_context(run_log(job.files.log))
        except OSError as error:
            return failure(
                f"the log {job.files.log} cannot be opened ({error.strerror}): make room for it, or use --results."
            )
        log.info("%s on %s", job, job.device)
        try:
            if not job.files.state.exists():  # what is kept belongs to the record that this run will leave
                forget_outputs(job.files.outputs)
                ArtifactWriter.of(job).forget()
            data = open_pair(job, device) if job.backbone.trains else open_vectors(job)
            stack.enter_context(labels_closed(job.data.target, job.files.closed))
            stack.enter_context(memory_limited(job.limits.memory_bytes))
            for progress in _steps(job, data, measurements):
                yield progress
                if job.limits.timeout_s is not None and time.monotonic() - started > job.limits.timeout_s:
                    raise RunTimeoutError(f"timed out after {job.limits.timeout_s:g} s at step {progress.step}")
            outcome = _outcome(job, data, measurements)
        except RunTimeoutError as error:
            outcome = Outcome(status="timeout", error=str(error))
        except DabenchError as error:
            outcome = failure(str(error))
        except (KeyboardInterrupt, GeneratorExit):
            raise  # these end the command, not the run
        except BaseException as error:  # a method may raise anything; the record keeps the traceback, and others go on
            outcome = failure(_out_of_memory(job, error) or traceback.format_exc())
        if outcome.error:
            log.error(outcome.error)
        log.info("done" if outcome.status == "ok" else outcome.status)
    return outcome


def _out_of_memory(job: Job, error: BaseException) -> str:
    """The reason of a run that needs more memory than it may have; empty for other errors."""
    limit = job.limits.memory_bytes
    if limit is None or not (isinstance(error, MemoryError) or "can't allocate memory" in str(error)):
        return ""
    return (
        f"the run needs more than the {limit / 2**30:g} GiB of memory that it may have: allow more with --memory, or "
        f"choose a method or options that need less ({type(error).__name__}: {error})"
    )


def _add_to_log(job: Job, text: str) -> None:
    with suppress(OSError), job.files.log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"WARNING {text}\n")


def draw_splits(job: Job) -> Splits:
    """Open the prepared domains of a job and draw its splits."""
    kind = PairedSplits if job.task.track == "paired" else Splits
    data = job.data
    names = data.source.name, data.target.name
    return kind(_source(job), _target(job), data.given, names, job.settings, job.seed)


def _source(job: Job) -> DomainArrays:
    source = job.data.source
    aux = source.open_aux() if job.method.sees_second_labels else {}
    return open_for_run(source, job.backbone, job.settings, job.device).labelled(*source.open_labels(), aux)


def _target(job: Job) -> DomainExamples:
    return open_for_run(job.data.target, job.backbone, job.settings, job.device)


def open_pair(job: Job, device: torch.device, drawn: Splits | None = None) -> PairData:
    """The data of a job whose backbone is a network; `drawn` if it is there already."""
    return PairData(
        drawn or draw_splits(job), track=job.task.track, normalise=job.settings.input.normalise, device=device
    )


def open_vectors(job: Job, drawn: Splits | None = None) -> VectorData:
    """The data of a job whose examples are their own features; `drawn` if it is there already."""
    return VectorData(drawn or draw_splits(job), track=job.task.track, normalise=job.settings.input.normalise)


def _steps(job: Job, data: PairData | VectorData, measurements: Measurements) -> Iterator[Progress]:
    cls = job.method.load()
    if issubclass(cls, FeatureMethod):
        yield from FeatureRun(job, data, cls, measurements).fit()
    elif issubclass(cls, DeepMethod):
        if not isinstance(data, PairData):
            raise UsageError(f"{job.method.name} trains a network, and the backbone {job.backbone.name} has none")
        if job.network is not None:
            yield from ReadoutRun(job, data, measurements).fit()
            return
        run = DeepRun(job, data, cls, measurements)
        yield from run.train()
        if job.task.reverse_validation:
            yield from reverse_validation.of_network(run)
        if job.keep_features and not measurements.collapsed:
            run.keep_features(job.files.features)
    else:
        raise UsageError(f"{job.method.entry_point} is neither a DeepMethod nor a FeatureMethod")


def _outcome(job: Job, data: PairData | VectorData, measurements: Measurements) -> Outcome:
    """Let the selectors pick that need no labels; what is left to do is to judge."""
    blind = [spec for spec in job.task.selectors if not spec.uses_target_labels]
    scores, picks = picks_of(blind, measurements.answers, job.files.outputs)
    ArtifactWriter.of(job).pick(measurements.answers[picks[job.task.selector]].step)
    images = job.examples_per_step * measurements.steps if job.backbone.trains else 0
    whole, trained, stored = measurements.parameters or (None, None, None)
    return Outcome(
        status="collapsed" if measurements.collapsed else "ok",
        error=measurements.collapsed,
        answers=tuple(
            replace(answer, scores=values) for answer, values in zip(measurements.answers, scores, strict=True)
        ),
        picks=picks,
        examples_per_s=images / measurements.train_s if measurements.train_s else 0.0,
        images_seen=images,
        test_rows=data.test_x.shape[0],
        source_free=measurements.source_free,
        network_parameters=whole,
        trained_parameters=trained,
        stored_parameters=stored,
    )


def _peak_memory(device: torch.device) -> int:
    """Peak memory in bytes: allocated on the GPU by this run, or of the process so far on the CPU.

    On Windows, which has no module `resource`, that of the process is unknown, and 0.
    """
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    try:
        import resource
    except ModuleNotFoundError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
