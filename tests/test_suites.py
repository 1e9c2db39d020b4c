"""The suites that ship: they plan, and say what the published protocols say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.config.suite_file import find_suite
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry


@pytest.mark.slow
@pytest.mark.parametrize(("name", "pairs"), [("ganin", 4), ("ganin_strong", 1), ("digits", 4)])
def test_a_suite_of_images_plans_without_its_data(data: Path, registry: Registry, name: str, pairs: int) -> None:
    plan = make_plan(find_suite(name, registry), registry, device_kind="cpu")
    assert len(plan.pairs) == pairs
    assert not plan.domains  # nothing is made that only pairs without data would need
    rows = {(run.method.name, run.variant): run.settings.options for run in plan.runs}
    assert len(plan.runs) == pairs * len(plan.suite.seeds) * len(rows)
    assert {"source_only", "target_only", "dann"} <= {method for method, _ in rows}
    beside = [
        (options["view"], options["noise"], options["decay"])
        for (method, _), options in rows.items()
        if method == "source_augmented"
    ]
    for (method, _), options in rows.items():
        if method == "mean_teacher":
            assert (options["view"], options["noise"], options["decay"]) in beside
        if method == "uda":
            for view in ("weak", "strong"):
                assert (options[view], 0.0, options["decay"]) in beside


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "pairs", "seeds"),
    [
        ("office_caltech", 12, 20),
        ("amazon", 12, 5),
        ("amazon_text", 12, 5),
        ("sensors", 10, 5),
        ("sensors_fusion", 5, 5),
        ("sensors_paired", 2, 5),
        ("sensors_second_task", 2, 5),
    ],
)
def test_a_suite_of_vectors_plans_without_its_data(
    data: Path, registry: Registry, name: str, pairs: int, seeds: int
) -> None:
    plan = make_plan(find_suite(name, registry), registry, device_kind="cpu")
    assert len(plan.pairs) == len(set(plan.pairs)) == pairs
    assert len(plan.suite.seeds) == seeds
    rows = {(run.method.name, run.variant) for run in plan.runs}
    assert len(plan.runs) == pairs * seeds * len(rows) * len(plan.suite.shots or [None])
    assert all(run.data_error and "Get them from https://" in run.data_error for run in plan.runs)


@pytest.mark.slow
def test_office_caltech_follows_the_published_protocol(data: Path, registry: Registry) -> None:
    plan = make_plan(find_suite("office_caltech", registry), registry, device_kind="cpu")
    assert plan.suite.transductive
    assert plan.methods == ("source_only", "subspace_alignment", "coral")
    options = {(run.method.name, run.variant): run.settings.options for run in plan.runs}
    assert options["source_only", ""] == {"classifier": "readout"}
    assert options["source_only", "na_rbf"] == {"classifier": "rbf_svm_cv"}
    as_in_the_script = {"ridge": 1.0, "ridge_unit": "absolute", "centre": False}
    assert options["coral", ""] == as_in_the_script | {"kernel": "plain"}
    assert options["coral", "authors"] == as_in_the_script | {"kernel": "asymmetric"}
    assert options["subspace_alignment", ""] == {"dimension": "source_folds", "zscore": False}
    for run in plan.runs:
        assert run.settings.sample.source_per_class == 20
        assert run.settings.input.normalise == "l1_zscore_per_domain"
        assert run.settings.budget is None


@pytest.mark.parametrize(
    ("name", "network", "transductive", "pairs"),
    [
        ("office31", "resnet50", True, 6),
        ("office_home", "resnet50", True, 12),
        ("visda2017", "resnet101", True, 1),
        ("domainnet", "resnet101", False, 12),
        ("pacs", "resnet50", False, 12),
    ],
)
def test_suites_of_objects_have_the_recipe_of_the_field(
    registry: Registry, name: str, network: str, transductive: bool, pairs: int
) -> None:
    suite = find_suite(name, registry)
    assert (len(suite.pairs), suite.transductive) == (pairs, transductive)
    assert suite.bounds == (("source_only",) if transductive else ("source_only", "target_only"))
    assert suite.backbone.name == network
    assert suite.backbone.options == {"weights": "IMAGENET1K_V1", "size": 224, "crop": 0.875, "rate": 0.1}
    assert suite.input.augment == "crop_flip"
    assert (suite.optimiser.name, suite.optimiser.lr, suite.optimiser.momentum) == ("sgd", 0.01, 0.9)
    assert (suite.schedule.name, suite.schedule.alpha, suite.schedule.beta) == ("inverse", 10, 0.75)
    assert suite.budget is not None
    assert (suite.budget.steps, suite.budget.batch) == (10_000, 32)


@pytest.mark.parametrize(("name", "pairs"), [("office31_frozen", 6), ("office_home_frozen", 12), ("pacs_frozen", 12)])
def test_suites_of_frozen_networks_have_a_held_out_test(registry: Registry, name: str, pairs: int) -> None:
    suite = find_suite(name, registry)
    assert (len(suite.pairs), suite.transductive, suite.bounds) == (pairs, False, ("source_only", "target_only"))
    assert suite.backbone.options["frozen"] is True
    assert suite.input.augment == "none"  # every picture passes the network once


@pytest.mark.slow
def test_pacs_frozen_plans_without_its_data(data: Path, registry: Registry) -> None:
    plan = make_plan(find_suite("pacs_frozen", registry), registry, device_kind="cpu")
    assert len(plan.runs) == 12 * 5 * (11 + 2)
    assert {run.settings.backbone.title for run in plan.runs} == {"timm:tf_efficientnet_lite0"}
    options = plan.runs[0].settings.backbone.options
    assert options["weights_sha256"].startswith("57934424")  # as the file's name says
    assert (options["size"], options["crop"], options["mean"]) == (224, 0.875, [0.5, 0.5, 0.5])
