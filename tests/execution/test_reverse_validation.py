"""Reverse validation: the score is the one of the paper, and leaves the run as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from dabench.execution.execute import open_vectors
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runs.job import Job, Outcome
from dabench.seeding import stream
from tests.support.toy_runs import outcome_of as toy_outcome
from tests.support.toy_runs import plan_of, with_poison

VECTORS = {"backbone": "identity", "budget": None, "methods": [], "pairs": ["toy_vectors_a:toy_vectors_b"]}


def job_of(registry: Registry, folder: Path, method: str, **changes: object) -> Job:
    plan = plan_of(registry, [method], seeds=[0], **changes)
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu", reverse_validation=True))
    return next(job for job in jobs if job.method.name == method)


def outcome_of(job: Job) -> Outcome:
    outcome = toy_outcome(job)
    assert outcome.status in ("ok", "collapsed"), outcome.error
    return outcome


def score_of(outcome: Outcome) -> float:
    return outcome.checkpoints[-1].scores["reverse_validation"]


def test_on_vectors_it_is_a_classifier_of_predicted_labels(registry: Registry, tmp_path: Path) -> None:
    job = job_of(registry, tmp_path, "source_only", **VECTORS)
    data = open_vectors(job)

    def svm() -> LinearSVC:
        return LinearSVC(dual=True, max_iter=20_000, random_state=stream(0, "readout") % 2**32)

    forwards = svm().fit(data.features.source, data.problem.source_y)
    labels = forwards.predict(data.features.target)
    backwards = svm().fit(data.features.target, labels)
    expected = float(np.mean(backwards.predict(data.features.val) == data.val_y))
    assert score_of(outcome_of(job)) == expected
    assert 0 < expected < 1


@pytest.mark.slow
def test_the_reverse_network_begins_as_the_trained_one(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a step it is the trained one, whose accuracy on source_val is known."""
    monkeypatch.setattr("dabench.execution.reverse_validation.train", lambda *_, **__: iter(()))
    outcome = outcome_of(job_of(registry, tmp_path, "source_only", budget={"steps": 300, "batch": 16}))
    assert score_of(outcome) == outcome.checkpoints[-1].scores["source_val_accuracy"] > 0.6


@pytest.mark.slow
def test_the_reverse_network_learns_the_predicted_labels(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Predictions with all classes turned round teach the reverse network to be wrong."""
    long = {"budget": {"steps": 300, "batch": 16}, "pairs": ["toy_a:toy_a"]}
    right = outcome_of(job_of(registry, tmp_path / "right", "source_only", **long))
    from dabench.execution import reverse_validation

    monkeypatch.setattr(reverse_validation, "predicted_classes", lambda scores: (scores.argmax(axis=1) + 1) % 3)
    turned = outcome_of(job_of(registry, tmp_path / "turned", "source_only", **long))
    assert turned.checkpoints[-1].scores["source_val_accuracy"] == right.checkpoints[-1].scores["source_val_accuracy"]
    assert score_of(right) > 0.6
    assert score_of(turned) < 0.4


@pytest.mark.slow
@pytest.mark.parametrize("readout", ["network", "linear_svm"])
@pytest.mark.parametrize("method", ["dann", "coral", "toy_stages"])
def test_it_leaves_the_run_as_it_is_and_is_the_same_twice(
    registry: Registry, tmp_path: Path, method: str, readout: str
) -> None:
    job = job_of(registry, tmp_path / "with", method, readout=readout)
    outcome = outcome_of(job)
    task, files = replace(job.task, reverse_validation=False), replace(job.files, state=tmp_path / "plain.pt")
    plain = outcome_of(replace(job, task=task, files=files))
    last = plain.checkpoints[-1]
    both = {**last.scores, "reverse_validation": score_of(outcome)}
    assert outcome.checkpoints == [*plain.checkpoints[:-1], last.model_copy(update={"scores": both})]
    for field in ("predictions_sha256", "accuracy", "metrics", "per_class", "steps", "images_seen", "selections"):
        assert getattr(outcome, field) == getattr(plain, field), field
    assert score_of(outcome_of(job_of(registry, tmp_path / "again", method, readout=readout))) == score_of(outcome)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["dann", "coral"])
def test_poisoned_target_labels_do_not_change_it(registry: Registry, tmp_path: Path, method: str) -> None:
    clean = outcome_of(job_of(registry, tmp_path / "clean", method))
    poisoned = outcome_of(with_poison(job_of(registry, tmp_path / "poisoned", method)))
    assert score_of(poisoned) == score_of(clean)
    assert poisoned.accuracy != clean.accuracy


@pytest.mark.slow
def test_one_predicted_class_is_scored_by_its_share(registry: Registry, tmp_path: Path) -> None:
    assert score_of(outcome_of(job_of(registry, tmp_path, "toy_one_class"))) == pytest.approx(1 / 3)


@pytest.mark.slow
def test_one_predicted_class_needs_no_classifier(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A linear SVM cannot be fitted to it."""
    from dabench.execution import reverse_validation

    monkeypatch.setattr(reverse_validation, "predicted_classes", lambda scores: np.full(len(scores), 2))
    for folder, method, changes in (("vectors", "source_only", VECTORS), ("deep", "dann", {"readout": "linear_svm"})):
        outcome = outcome_of(job_of(registry, tmp_path / folder, method, **changes))
        assert score_of(outcome) == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.slow
def test_a_broken_training_and_an_empty_source_val_have_no_score(registry: Registry, tmp_path: Path) -> None:
    nan = outcome_of(job_of(registry, tmp_path / "nan", "toy_nan"))
    empty = outcome_of(job_of(registry, tmp_path / "empty", "dann", sample={"source_per_class": 1000}))
    for outcome in (nan, empty):
        assert "reverse_validation" not in outcome.checkpoints[-1].scores
