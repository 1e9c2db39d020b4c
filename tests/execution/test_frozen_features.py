"""Runs on a frozen network: one pass over the pictures, a leaderboard of methods on what comes out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dabench.config.suite import Suite
from dabench.data.prepared import prepare
from dabench.errors import DataError, UsageError
from dabench.execution import frozen_features as frozen
from dabench.execution.frozen_features import (
    frozen_features_folder,
    keep_all_frozen_features,
    keep_frozen_features,
    open_for_run,
)
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.results.folder import read_results
from dabench.runs.plan import Plan
from dabench.specs.spec import DomainSpec
from tests.support.toy_runs import numbers
from tests.support.toy_runs import run as carried_out


def suite_of(options: str = "frozen: true", **changes: object) -> Suite:
    content = {
        "name": "own",
        "seeds": "0",
        "backbone": {"name": "resnet18", "options": {"weights": "none", "bottleneck": 8}},
        "budget": {"steps": 2, "batch": 8},
        "methods": ["coral", "dann"],
        "pairs": ["toy_a:toy_b"],
    }
    content["backbone"]["options"] |= {"frozen": options == "frozen: true"}
    return Suite.model_validate(content | changes)


def plan_of(suite: Suite, registry: Registry) -> Plan:
    return make_plan(suite, registry, device_kind="cpu")


@pytest.mark.slow
def test_a_frozen_network_is_passed_once(data: Path, registry: Registry, tmp_path: Path, monkeypatch) -> None:
    plan = plan_of(suite_of(), registry)
    first = carried_out(plan, tmp_path / "one", registry)
    assert {method for _, method, _ in first} == {"source_only", "target_only", "coral", "dann"}
    assert {record.status for record in first.values()} <= {"ok", "collapsed"}
    monkeypatch.setattr(frozen, "_write", None)
    again = carried_out(plan, tmp_path / "two", registry)
    assert [numbers(record) for record in again.values()] == [numbers(record) for record in first.values()]


@pytest.mark.slow
def test_features_are_those_of_the_network(data: Path, registry: Registry, monkeypatch) -> None:
    plan = plan_of(suite_of(), registry)
    (job, *_) = make_jobs(plan, plan.runs, Path("unused"), registry, RunOptions(device="cpu"))
    arrays = open_for_run(job.data.source, job.backbone, job.settings, "cpu")
    plain = job.data.source.open()
    assert arrays.train.x.shape == (120, 512)
    cls = job.backbone.load()
    part = cls.frozen_part(plain.train.x.shape[1:], cls.Options(weights="none", frozen=True))
    import torch

    with torch.inference_mode():
        expected = part(torch.from_numpy(np.asarray(plain.test.x)).float() / 255)
    np.testing.assert_allclose(arrays.test.x, expected, rtol=1e-4, atol=1e-4)
    monkeypatch.setattr(frozen, "BATCH", 16)  # another number of pictures at a time is another computation
    assert frozen_features_folder(job.data.source, job.backbone, job.settings, "cpu") != frozen_features_folder(
        job.data.target, job.backbone, job.settings, "cpu"
    )
    assert open_for_run(job.data.source, job.backbone, job.settings, "cpu").train.x.shape == (120, 512)
    assert len(list((data / "features").glob("toy_a*[!k]"))) == 2


@pytest.mark.slow
def test_what_is_not_frozen_is_trained(data: Path, registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(suite_of("", methods=[], bounds=["source_only"]), registry)
    (record,) = carried_out(plan, tmp_path, registry).values()
    assert record.status in ("ok", "collapsed"), record.error
    assert not (data / "features").exists()


@pytest.mark.slow
def test_examples_that_do_not_fit_fail_their_runs_alone(data: Path, registry: Registry, tmp_path: Path) -> None:
    pairs = ["toy_a:toy_b", "toy_vectors_a:toy_vectors_b"]
    plan = plan_of(suite_of(pairs=pairs, methods=[], bounds=["source_only"]), registry)
    records = carried_out(plan, tmp_path, registry)
    status = {pair: record for (pair, _, _), record in records.items()}
    assert status["toy_a:toy_b"].status != "failed"
    assert "resnet18 takes images of 1 or 3 channels" in status["toy_vectors_a:toy_vectors_b"].error


@pytest.mark.slow
def test_damaged_features_are_computed_anew(data: Path, registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    plan = plan_of(suite_of(), registry)
    (job, *_) = make_jobs(plan, plan.runs, Path("unused"), registry, RunOptions(device="cpu"))
    assert not keep_all_frozen_features([job], 1)
    folder = frozen_features_folder(job.data.source, job.backbone, job.settings, "cpu")
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for at in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
            caplog.clear()
            assert not keep_all_frozen_features([job], 1)
            assert f"{path} is damaged" in caplog.text
            assert path.read_bytes() == whole


@pytest.mark.slow
def test_half_written_features_are_never_there(data: Path, registry: Registry, monkeypatch) -> None:
    plan = plan_of(suite_of(), registry)
    (job, *_) = make_jobs(plan, plan.runs, Path("unused"), registry, RunOptions(device="cpu"))

    def breaks(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(frozen, "_joined", breaks)
    with pytest.raises(DataError, match=r"features cannot be kept in .*disk full"):
        keep_frozen_features(job.data.source, job.backbone, job.settings, "cpu", workers=1)
    assert "disk full" in keep_all_frozen_features([job], 1)[job.run_id]
    assert not [path for path in (data / "features").iterdir() if path.is_dir()]


def test_its_images_are_not_normalised_twice(data: Path, registry: Registry) -> None:
    with pytest.raises(UsageError, match=r"resnet18 scales images itself: leave out input.normalise, 'mean' here"):
        plan_of(suite_of(input={"normalise": "mean"}), registry)


@pytest.mark.slow
def test_a_network_for_vectors(data: Path, registry: Registry, tmp_path: Path) -> None:
    changes = {"backbone": "mlp", "pairs": ["toy_vectors_a:toy_vectors_b"], "input": {"normalise": "standardise"}}
    records = carried_out(plan_of(suite_of(**changes), registry), tmp_path, registry)
    assert {record.status for record in records.values()} <= {"ok", "collapsed"}
    changes["input"] = {"normalise": "instance"}
    plan = plan_of(suite_of(**changes, methods=[]), registry)
    assert all("is for images" in record.error for record in carried_out(plan, tmp_path, registry).values())
    assert prepare(registry.get(DomainSpec, "toy_a").spec).shape == (3, 4, 4)


@pytest.mark.slow
def test_the_record_names_the_model(data: Path, registry: Registry, tmp_path: Path) -> None:
    options = {"weights": "none", "frozen": True, "bottleneck": 8, "size": 32}
    backbone = {"name": "timm:test_resnet", "options": options}
    plan = plan_of(suite_of(backbone=backbone, methods=[], bounds=["source_only"]), registry)
    (record,) = carried_out(plan, tmp_path, registry).values()
    assert record.backbone == "timm:test_resnet"
    assert record.settings["backbone"]["options"]["model"] == "test_resnet"
    assert read_results(tmp_path).frame["backbone"].tolist() == ["timm:test_resnet"]
