"""Outputs of checkpoints are right, no more than asked for, and without any effect on the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dabench.errors import ResultsError
from dabench.execution.execute import execute, open_vectors
from dabench.methods.scores import predicted_classes
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runner.runner import done_records
from dabench.runs.job import Job, Outcome
from dabench.selection.outputs import Outputs, OutputWriter, missing_outputs, outputs_file, outputs_folder, read_outputs
from tests.support.toy_runs import numbers, plan_of, run, with_limits, with_poison
from tests.support.toy_runs import outcome_of as toy_outcome

PAIR = "toy_a:toy_b"


def job_of(registry: Registry, folder: Path, method: str, rows: int = 5000, **changes: object) -> Job:
    plan = plan_of(registry, [method], seeds=[0], **changes)
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu", output_rows=rows))
    return next(job for job in jobs if job.method.name == method)


def outcome_of(job: Job) -> Outcome:
    outcome = toy_outcome(job)
    assert outcome.status in ("ok", "collapsed"), outcome.error
    return outcome


def kept(job: Job, outcome: Outcome) -> list[Outputs]:
    return [read_outputs(outputs_file(job.files.outputs, checkpoint.step)) for checkpoint in outcome.checkpoints]


def same(first: list[Outputs], second: list[Outputs]) -> bool:
    pairs = [(vars(a), vars(b)) for a, b in zip(first, second, strict=True)]
    return all(np.array_equal(a[name], b[name]) for a, b in pairs for name in a)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["source_only", "dann", "coral"])
def test_keeping_outputs_changes_no_number(registry: Registry, tmp_path: Path, method: str) -> None:
    plan = plan_of(registry, [method], seeds=[0])
    plain = run(plan, tmp_path / "plain", registry)
    keeping = run(plan, tmp_path / "keeping", registry, output_rows=5000)
    assert {key: numbers(record) for key, record in keeping.items()} == {
        key: numbers(record) for key, record in plain.items()
    }
    assert not list((tmp_path / "plain/cache").rglob("outputs"))
    for record in keeping.values():
        assert not missing_outputs(record, tmp_path / "keeping")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["dann", "coral"])
@pytest.mark.parametrize("readout", ["network", "linear_svm"])
def test_they_are_what_the_reported_classifier_says(
    registry: Registry, tmp_path: Path, method: str, readout: str
) -> None:
    job = job_of(registry, tmp_path, method, readout=readout)
    outcome = outcome_of(job)
    points = kept(job, outcome)
    assert len(points) == (1 if method == "coral" else 3)
    for checkpoint, outputs in zip(outcome.checkpoints, points, strict=True):
        assert outputs.val_logits.shape == (12, 3)  # a tenth of 120
        assert outputs.target_logits.shape == (90, 3)
        assert outputs.val_embeddings.shape == (12, 8)
        assert outputs.target_embeddings.shape == (90, 8)
        assert outputs.source_embeddings.shape == (108, 8)  # the other nine tenths
        accuracy = np.mean(predicted_classes(outputs.val_logits) == outputs.val_y)
        assert accuracy == pytest.approx(checkpoint.scores["source_val_accuracy"])
        assert outputs.finite


@pytest.mark.slow
def test_the_rows_are_the_same_for_every_method_and_step(registry: Registry, tmp_path: Path) -> None:
    few = {method: job_of(registry, tmp_path / method, method, rows=7) for method in ("source_only", "dann")}
    points = {method: kept(job, outcome_of(job)) for method, job in few.items()}
    first = points["dann"][0]
    assert len(first.val_y) == len(first.target_logits) == len(first.source_embeddings) == 7
    labels = [outputs.val_y.tolist() for found in points.values() for outputs in found]
    assert labels == [labels[0]] * 6
    more = job_of(registry, tmp_path / "more", "dann")
    whole = kept(more, outcome_of(more))[0]
    assert np.array_equal(whole.target_logits[:7], first.target_logits)
    assert np.array_equal(whole.source_embeddings[:7], first.source_embeddings)


@pytest.mark.slow
def test_interrupted_and_resumed_keeps_the_same(registry: Registry, tmp_path: Path) -> None:
    whole = job_of(registry, tmp_path / "whole", "dann")
    expected = kept(whole, outcome_of(whole))
    job = with_limits(job_of(registry, tmp_path / "parts", "dann"), save_every_s=0.0)
    events = execute(job)
    for _ in range(12):
        next(events)
    events.close()
    assert same(kept(job, outcome_of(job)), expected)


@pytest.mark.slow
def test_a_run_made_anew_without_them_leaves_none_of_an_older_one(registry: Registry, tmp_path: Path) -> None:
    job = job_of(registry, tmp_path, "dann")
    outcome_of(job)
    assert len(list(job.files.outputs.iterdir())) == 3
    outcome_of(with_limits(job, output_rows=0))
    assert not job.files.outputs.exists()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["dann", "coral"])
def test_poisoned_target_labels_change_no_bit_of_them(registry: Registry, tmp_path: Path, method: str) -> None:
    clean = job_of(registry, tmp_path / "clean", method, selector="infomax")
    poisoned = with_poison(job_of(registry, tmp_path / "poisoned", method, selector="infomax"))
    clean_outcome, poisoned_outcome = outcome_of(clean), outcome_of(poisoned)
    assert same(kept(clean, clean_outcome), kept(poisoned, poisoned_outcome))
    scores = [checkpoint.scores for checkpoint in clean_outcome.checkpoints]
    assert [checkpoint.scores for checkpoint in poisoned_outcome.checkpoints] == scores
    assert all("infomax" in values for values in scores)
    assert poisoned_outcome.selections["infomax"].step == clean_outcome.selections["infomax"].step
    assert poisoned_outcome.accuracy != clean_outcome.accuracy  # the poison did reach the evaluator


def test_the_embeddings_of_source_train_are_those_of_what_is_trained_on(registry: Registry, tmp_path: Path) -> None:
    """Vectors are their own embeddings."""
    suite = {"backbone": "identity", "budget": None, "pairs": ["toy_vectors_a:toy_vectors_b"], "methods": []}
    job = job_of(registry, tmp_path, "source_only", **suite)
    (outputs,) = kept(job, outcome_of(job))
    features = open_vectors(job).features
    for found, wanted in (
        (outputs.source_embeddings, features.source),
        (outputs.val_embeddings, features.val),
        (outputs.target_embeddings, features.target),
    ):
        half = wanted.astype(np.float16).astype(np.float32)
        assert np.array_equal(np.sort(found, axis=0), np.sort(half, axis=0))


@pytest.mark.slow
def test_sparse_vectors_are_stood_for_by_their_scores(registry: Registry, tmp_path: Path) -> None:
    suite = {"backbone": "identity", "budget": None, "pairs": ["toy_sparse_a:toy_sparse_b"], "methods": []}
    job = job_of(registry, tmp_path, "source_only", **suite)
    (outputs,) = kept(job, outcome_of(job))
    assert np.array_equal(outputs.target_embeddings, outputs.target_logits)
    assert np.array_equal(outputs.val_embeddings, outputs.val_logits)
    assert outputs.source_embeddings.shape[1] == outputs.val_logits.shape[1]
    assert len(np.unique(outputs.source_embeddings, axis=0)) > 10


@pytest.mark.slow
def test_without_source_val_the_target_alone_is_kept(registry: Registry, tmp_path: Path) -> None:
    job = job_of(registry, tmp_path, "dann", sample={"source_per_class": 1000})
    outputs = kept(job, outcome_of(job))[0]
    assert outputs.val_logits.shape == (0, 3)
    assert outputs.val_embeddings.shape == (0, 8)
    assert len(outputs.target_logits) == 90
    assert outputs.source_embeddings.shape == (120, 8)


@pytest.mark.slow
def test_the_limit_on_bytes_leaves_fewer_rows(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dabench.selection.outputs.MOST_BYTES", 3 * (2 * 3 + 3 * 8) * 2 * 10)  # ten rows
    job = job_of(registry, tmp_path, "dann")
    for outputs in kept(job, outcome_of(job)):
        assert len(outputs.val_y) == len(outputs.target_logits) == len(outputs.source_embeddings) == 10


def test_what_half_precision_cannot_hold_is_clipped_and_a_nan_stays(tmp_path: Path) -> None:
    writer = OutputWriter(folder=tmp_path, rows=5, checkpoints=1, seed=0)
    scores = np.array([[-np.inf, 1e9], [0.1, np.nan]], dtype=np.float32)
    val = (scores, scores, np.array([0, 1]))
    writer.write(1, val=val, source_x=scores, target_x=scores, score=lambda x: x, embed=lambda x: x)
    outputs = read_outputs(outputs_file(tmp_path, 1))
    assert sorted(outputs.target_logits[~np.isnan(outputs.target_logits)].tolist()) == pytest.approx(
        [-65504, 0.1, 65504], rel=1e-3
    )
    assert np.isnan(outputs.target_logits).sum() == 1
    assert not outputs.finite


@pytest.mark.slow
def test_a_record_without_its_outputs_is_made_again_only_when_they_are_wanted(
    registry: Registry, tmp_path: Path
) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0])
    first = run(plan, tmp_path, registry)
    found, _ = done_records(plan, tmp_path)
    assert len(found) == 3
    assert all(missing_outputs(record, tmp_path) for record in found.values())
    run(plan, tmp_path, registry, output_rows=50)  # finds the records, and keeps nothing
    assert missing_outputs(first[PAIR, "dann", 0], tmp_path)


@pytest.mark.slow
def test_outputs_of_an_older_version_are_kept_anew(
    registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They lack embeddings of source train: the run counts as one whose outputs are not there."""
    plan = plan_of(registry, ["dann"], seeds=[0])
    record = run(plan, tmp_path, registry, output_rows=50)[PAIR, "dann", 0]
    file = outputs_file(outputs_folder(tmp_path, record.run_id), record.checkpoints[1].step)
    with np.load(file) as stored:
        older = {name: stored[name] for name in stored.files if name != "source_embeddings"}
    np.savez(file, **older)
    assert missing_outputs(record, tmp_path) == [file]
    wanted = r"was kept by an older version, without source_embeddings: `dabench run` with --outputs 5000 makes"
    with pytest.raises(ResultsError, match=wanted):
        read_outputs(file)
    found, _ = done_records(plan, tmp_path)
    assert [run_id for run_id in found if missing_outputs(found[run_id], tmp_path)] == [record.run_id]
    file.write_bytes(b"PK truncated")
    assert missing_outputs(record, tmp_path) == [file]
    assert f"{file} is damaged" in caplog.text
    with pytest.raises(ResultsError, match="delete it"):
        read_outputs(file)


@pytest.mark.slow
def test_a_suite_may_be_reported_by_a_selector_that_reads_outputs(registry: Registry, tmp_path: Path) -> None:
    records = run(plan_of(registry, ["dann"], seeds=[0], selector="entropy"), tmp_path, registry, output_rows=50)
    record = records[PAIR, "dann", 0]
    alive = [point for point in record.checkpoints if not point.scores["target_collapsed"]]
    best = max(alive or record.checkpoints, key=lambda point: (point.scores["entropy"], point.step))
    assert record.accuracy is not None
    assert record.accuracy.selected == best.target_accuracy == record.selections["entropy"].accuracy
    assert set(record.selections) == {"entropy", "last_step", "source_val", "oracle"}
