"""Suites without a network: vectors are their own features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dabench.config.overrides import parse_overrides
from dabench.config.suite import Suite
from dabench.errors import UsageError
from dabench.execution.execute import draw_splits, open_vectors
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.runs.job import Job
from dabench.runs.plan import Plan
from tests.support.toy_runs import numbers, outcome_of, run, with_poison

DENSE, SPARSE = "toy_vectors_a:toy_vectors_b", "toy_sparse_a:toy_sparse_b"


def plan_of(registry: Registry, *, sets: tuple[str, ...] = (), **changes: Any) -> Plan:
    content = {
        "name": "toy_vectors",
        "version": 1,
        "seeds": "0-1",
        "backbone": "identity",
        "readout": "linear_svm",
        "methods": ["coral", "toy_mean"],
        "pairs": [DENSE],
    }
    suite = Suite.model_validate(content | changes)
    return make_plan(suite, registry, device_kind="cpu", overrides=parse_overrides(sets))


def jobs_of(plan: Plan, registry: Registry, folder: Path) -> dict[str, Job]:
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    return {job.method.name: job for job in jobs if job.seed == 0}


def test_bounds_and_methods_run_and_nothing_is_trained(registry: Registry, tmp_path: Path) -> None:
    records = run(plan_of(registry), tmp_path, registry)
    assert len(records) == 8
    for record in records.values():
        assert record.status == "ok", record.error
        assert record.accuracy is not None
        assert (record.steps, record.images_seen, record.backbone) == (0, 0, "identity")
        assert record.settings["budget"] is None
        assert record.test_rows == 45
    assert not list(tmp_path.rglob("*.npz")), "no features are cached: they are the data"
    means = {
        method: np.mean([records[DENSE, method, seed].accuracy.selected for seed in (0, 1)])
        for method in ("source_only", "target_only")
    }
    assert means["target_only"] > means["source_only"] > 1 / 3


def test_sparse_vectors_give_what_dense_ones_give(registry: Registry, tmp_path: Path) -> None:
    changes = {"pairs": [DENSE, SPARSE], "methods": ["coral"], "readout": "linear_svm_cv"}
    records = run(plan_of(registry, **changes), tmp_path, registry)
    for method in ("source_only", "target_only", "coral"):
        assert records[SPARSE, method, 0].status == "ok", records[SPARSE, method, 0].error
        assert records[SPARSE, method, 0].accuracy == records[DENSE, method, 0].accuracy


@pytest.mark.parametrize("readout", ["linear_svm", "linear_svm_cv", "libsvm_cv", "rbf_svm", "nearest_neighbour"])
def test_every_readout_takes_sparse_vectors(registry: Registry, tmp_path: Path, readout: str) -> None:
    plan = plan_of(registry, pairs=[SPARSE], methods=[], seeds=[0], readout=readout, input={"normalise": "tfidf"})
    for record in run(plan, tmp_path, registry).values():
        assert record.status == "ok", record.error


def test_processes_give_the_same_bits_as_inline(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, pairs=[DENSE, SPARSE], methods=["coral"], readout="linear_svm_cv")
    inline = run(plan, tmp_path / "inline", registry)
    processes = run(plan, tmp_path / "processes", registry, launcher="processes", workers=1)
    assert {key: numbers(record) for key, record in inline.items()} == {
        key: numbers(record) for key, record in processes.items()
    }


@pytest.mark.parametrize("transductive", [False, True])
@pytest.mark.parametrize("method", ["source_only", "coral"])
def test_poisoned_target_labels_change_no_prediction(
    registry: Registry, tmp_path: Path, method: str, transductive: bool
) -> None:
    plan = plan_of(registry, bounds=["source_only"], transductive=transductive)
    job = jobs_of(plan, registry, tmp_path)[method]
    clean, poisoned = outcome_of(job), outcome_of(with_poison(job))
    assert clean.status == "ok", clean.error
    assert poisoned.predictions_sha256 == clean.predictions_sha256
    assert [c.scores for c in poisoned.checkpoints] == [c.scores for c in clean.checkpoints]
    assert poisoned.accuracy != clean.accuracy


def test_only_the_bound_that_declares_it_gets_target_labels(registry: Registry, tmp_path: Path) -> None:
    jobs = jobs_of(plan_of(registry), registry, tmp_path)
    assert open_vectors(jobs["source_only"]).problem.target_y is None
    assert open_vectors(jobs["coral"]).problem.target_y is None
    clean, poisoned = outcome_of(jobs["target_only"]), outcome_of(with_poison(jobs["target_only"]))
    assert clean.predictions_sha256 != poisoned.predictions_sha256


def test_a_sample_and_what_it_leaves(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, sample={"source_per_class": 7}, transductive=True, bounds=["source_only"])
    job = jobs_of(plan, registry, tmp_path)["coral"]
    drawn = draw_splits(job)
    assert np.bincount(drawn.source.y[drawn.rows]).tolist() == [7, 7, 7]
    assert len(drawn.val_y) == 120 - 21
    everything = plan_of(registry, sample={"source_per_class": 500}, seeds=[0])
    for record in run(everything, tmp_path, registry).values():
        assert record.status == "ok", record.error
        assert record.checkpoints[0].scores == {}, "nothing was left to hold out"


@pytest.mark.parametrize(
    "change",
    [
        {"sample": {"source_per_class": 7}},
        {"transductive": True, "bounds": ["source_only"]},
        {"input": {"normalise": "l1_zscore_per_domain"}},
        {"readout": "linear_svm_cv"},
    ],
)
def test_what_changes_numbers_changes_the_run(registry: Registry, change: dict[str, Any]) -> None:
    before = {run.run_id for run in plan_of(registry).runs if run.method.name == "coral"}
    after = {run.run_id for run in plan_of(registry, **change).runs if run.method.name == "coral"}
    assert not before & after


def test_a_sample_can_be_set(registry: Registry) -> None:
    plan = plan_of(registry, sets=("sample.source_per_class=5",))
    assert {run.variant for run in plan.runs} == {"sample.source_per_class=5"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"methods": ["dann"]}, "dann trains a network, and the backbone identity has none"),
        ({"budget": {"steps": 5, "batch": 5}}, "the backbone identity trains nothing"),
        ({"transductive": True}, "target_only cannot run in toy_vectors: the suite is transductive"),
        ({"input": {"normalise": "instance"}}, "'instance' is for images"),
        ({"backbone": "toy_net"}, "the suite needs a budget"),
        (
            {"backbone": "toy_net", "budget": {"steps": 5, "batch": 5}, "input": {"normalise": "tfidf"}},
            "'tfidf' is for vectors",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_run(registry: Registry, change: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plan_of(registry, **change)


def test_steps_make_no_sense_without_training(registry: Registry) -> None:
    suite = Suite.model_validate(plan_of(registry).suite.model_dump(by_alias=True))
    with pytest.raises(UsageError, match="trains nothing: leave out the budget, and --steps"):
        make_plan(suite, registry, device_kind="cpu", overrides=parse_overrides([], 10))


def _shallow(registry: Registry, pair: str) -> Plan:
    budget = {"steps": 5, "batch": 5}
    return plan_of(registry, pairs=[pair], backbone="shallow", budget=budget, methods=["dann"], seeds=[0])


def test_a_network_takes_sparse_vectors_as_dense_ones(registry: Registry, tmp_path: Path) -> None:
    dense, sparse = (run(_shallow(registry, pair), tmp_path / pair[:9], registry) for pair in (DENSE, SPARSE))
    assert len(dense) == 3
    for one, other in zip(dense.values(), sparse.values(), strict=True):
        assert one.status == "ok", one.error
        assert one.checkpoints == other.checkpoints


def test_sparse_vectors_that_are_too_wide_fit_no_network(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dabench.execution.pair_data.WIDEST", 11)
    for record in run(_shallow(registry, SPARSE), tmp_path, registry).values():
        assert record.status == "failed"
        assert "12 columns, and at most 11 are made dense for a network: use the backbone identity" in str(record.error)
