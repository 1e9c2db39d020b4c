"""The wall: no method but a declared bound can be changed by target labels (DESIGN, section 5)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dabench.data.prepared import PreparedDomain
from dabench.execution import execute as execution
from dabench.execution.batches import BatchSampler
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry, load_registry
from dabench.runs.job import Job
from dabench.specs.spec import MethodSpec
from tests.support.toy_runs import outcome_of, plan_of, with_poison

# All methods are put to this test by the conformance kit (tests/testing); here it is the harness's own way of a run.
METHODS = ["coral", "dann"]
PAIRED = ["target_k", "fine_tune", "feature_matching"]
BUILT_IN = [name for name, found in load_registry().all(MethodSpec).items() if found.origin.distribution == "dabench"]

BATCH_NORM = ("backbone.options.batch_norm=true",)  # adabn needs it


def _job(registry: Registry, folder: Path, method: str) -> Job:
    plan = plan_of(registry, [method], sets=BATCH_NORM, seeds=[0])
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    return next(job for job in jobs if job.method.name == method)


@pytest.mark.parametrize("method", METHODS)
def test_poisoned_target_labels_change_no_bit_of_a_prediction(registry: Registry, tmp_path: Path, method: str) -> None:
    clean = outcome_of(_job(registry, tmp_path / "clean", method))
    poisoned = outcome_of(with_poison(_job(registry, tmp_path / "poisoned", method)))
    assert clean.status == "ok", clean.error
    assert poisoned.predictions_sha256 == clean.predictions_sha256
    assert [(c.losses, c.scores) for c in poisoned.checkpoints] == [(c.losses, c.scores) for c in clean.checkpoints]
    assert poisoned.accuracy != clean.accuracy  # the poison did reach the evaluator


def test_labels_that_the_track_paired_does_not_give_change_no_bit(registry: Registry, tmp_path: Path) -> None:
    """All target labels are wrong but those of the simultaneous samples, which are the source's."""
    suite = {"track": "paired", "shots": 2, "methods": PAIRED, "pairs": ["toy_view_a:toy_view_b"], "seeds": [0]}
    plan = plan_of(registry, **suite)
    jobs = make_jobs(plan, plan.runs, tmp_path, registry, RunOptions(device="cpu"))
    clean = [outcome_of(job) for job in jobs]
    for job, before in zip(jobs, clean, strict=True):
        after = outcome_of(with_poison(job))
        assert before.status == "ok", before.error
        assert after.accuracy != before.accuracy  # the poison did reach the evaluator
        same = after.predictions_sha256 == before.predictions_sha256
        assert same != job.method.sees_target_labels, job


def test_a_method_that_does_not_declare_it_gets_none(registry: Registry, tmp_path: Path) -> None:
    outcome = outcome_of(_job(registry, tmp_path, "toy_peeks"))
    assert outcome.status == "failed"
    assert "cross_entropy" in str(outcome.error)


def test_only_target_only_declares_it() -> None:
    assert [n for n in BUILT_IN if load_registry().get(MethodSpec, n).spec.sees_target_labels] == ["target_only"]


def _few_shot_job(registry: Registry, folder: Path, method: str, shots: int) -> Job:
    plan = plan_of(registry, [method], sets=("budget.steps=300",), seeds=[0], track="few_shot", shots=shots)
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    return next(job for job in jobs if job.method.name == method)


@pytest.mark.parametrize("method", ["feda", "all", "kl_anchor"])
def test_no_label_but_the_shots_changes_a_bit(registry: Registry, tmp_path: Path, method: str) -> None:
    clean = outcome_of(_few_shot_job(registry, tmp_path / "clean", method, 2))
    more = outcome_of(_few_shot_job(registry, tmp_path / "more", method, 20))
    outcome = outcome_of(with_poison(_few_shot_job(registry, tmp_path / "poisoned", method, 2)))
    assert clean.status in ("ok", "collapsed"), clean.error
    assert outcome.predictions_sha256 == clean.predictions_sha256 != more.predictions_sha256
    assert [(c.losses, c.scores) for c in outcome.checkpoints] == [(c.losses, c.scores) for c in clean.checkpoints]
    assert outcome.accuracy != clean.accuracy


def test_a_problem_holds_the_shots_and_no_other_label(registry: Registry, tmp_path: Path) -> None:
    job = _few_shot_job(registry, tmp_path, "fine_tune", 3)
    drawn = execution.draw_splits(job)
    problem = execution.open_pair(job, torch.device("cpu"), drawn).problem
    x, y = problem.labelled
    assert problem.target_y is None
    assert np.bincount(y.numpy()).tolist() == [3, 3, 3]
    assert torch.equal(x, problem.target_x[problem.labelled_rows])
    train, _ = PreparedDomain(**vars(job.data.target)).open_labels()
    assert y.tolist() == train[drawn.labelled_rows].tolist()


SECOND = {
    "track": "few_shot",
    "shots": 3,
    "pairs": ["toy_second_a:toy_second_b"],
    "seeds": [0],
    "methods": [{"method": "hard_sharing", "options": {"second": "half"}}],
}


def _second_job(registry: Registry, folder: Path, method: str = "hard_sharing", **changes: object) -> Job:
    plan = plan_of(registry, [method], **{**SECOND, **changes})
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    return next(job for job in jobs if job.method.name == method)


def test_no_second_label_but_those_of_the_shots_changes_a_bit(registry: Registry, tmp_path: Path) -> None:
    clean = outcome_of(_second_job(registry, tmp_path / "clean"))
    poisoned = outcome_of(with_poison(_second_job(registry, tmp_path / "poisoned")))
    assert clean.status == "ok", clean.error
    assert poisoned.predictions_sha256 == clean.predictions_sha256
    assert [(c.losses, c.scores) for c in poisoned.checkpoints] == [(c.losses, c.scores) for c in clean.checkpoints]
    job = _second_job(registry, tmp_path / "given")
    wrong = {name: 1 - labels for name, labels in job.data.given.shot_aux.items() if name == "half"}
    given = replace(job.data.given, shot_aux=wrong)
    other = outcome_of(replace(job, data=replace(job.data, given=given)))
    assert other.predictions_sha256 != clean.predictions_sha256  # those of the shots do


def test_a_problem_holds_the_second_labels_of_the_source_and_of_the_shots(registry: Registry, tmp_path: Path) -> None:
    job = _second_job(registry, tmp_path)
    problem = execution.open_pair(job, torch.device("cpu")).problem
    assert problem.few_shot is not None
    assert {name: labels.tolist() for name, labels in problem.source_aux.items()} == {
        "half": [row // 60 for row in range(120)],
        "third": [row // 40 for row in range(120)],
    }
    rows = problem.few_shot.rows.tolist()
    assert {name: labels.tolist() for name, labels in problem.few_shot.aux.items()} == {
        "half": [row // 45 for row in rows],
        "fifth": [row // 18 for row in rows],
    }
    batch = BatchSampler(problem, 0, 4, {}).at(0, 0, 0.0)
    assert torch.equal(batch.source_aux["third"], problem.source_aux["third"][batch.source_index])
    assert torch.equal(batch.labelled_aux["fifth"], problem.few_shot.aux["fifth"][batch.labelled_index])


@pytest.mark.parametrize(
    ("method", "changes"),
    [
        ("weighted", {"methods": ["weighted"]}),  # whose spec does not declare it
        ("dann", {"methods": ["dann"], "track": "unsupervised", "shots": None}),
    ],
)
def test_other_methods_get_none(registry: Registry, tmp_path: Path, method: str, changes: dict[str, object]) -> None:
    job = _second_job(registry, tmp_path, method, **changes)
    problem = execution.open_pair(job, torch.device("cpu")).problem
    batch = BatchSampler(problem, 0, 4, {}).at(0, 0, 0.0)
    assert problem.source_aux == batch.source_aux == batch.labelled_aux == job.data.given.shot_aux == {}


def test_the_unsupervised_track_has_no_shots(registry: Registry, tmp_path: Path) -> None:
    problem = execution.open_pair(_job(registry, tmp_path, "dann"), torch.device("cpu")).problem
    assert problem.labelled_rows is None
    assert problem.labelled_y is None
    with pytest.raises(ValueError, match="only suites of the track few_shot"):
        _ = problem.labelled


def test_a_batch_and_a_problem_with_shots_can_be_read_piece_by_piece(registry: Registry, tmp_path: Path) -> None:
    problem = execution.open_pair(_few_shot_job(registry, tmp_path, "fine_tune", 3), torch.device("cpu")).problem
    batch = BatchSampler(problem, 0, 4, {}).at(0, 0, 0.0)
    assert problem.few_shot is not None
    assert batch.few_shot is not None
    assert problem.labelled_rows is problem.few_shot.rows
    assert problem.labelled_y is problem.few_shot.y
    assert batch.labelled[0] is batch.few_shot.x is batch.labelled_x
    assert batch.labelled[1] is batch.few_shot.y is batch.labelled_y
    assert batch.labelled_index is batch.few_shot.index
    assert torch.equal(batch.labelled_x, problem.prepare(problem.labelled[0][batch.labelled_index]))
    assert problem.paired is batch.simultaneous is batch.paired_y is None
    with pytest.raises(ValueError, match="only suites of the track paired"):
        _ = batch.paired
