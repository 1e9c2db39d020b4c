"""Seeds, overrides, sources: what makes a run the same run."""

from __future__ import annotations

from typing import Any

import pytest

from dabench.config.overrides import differences, merge, parse_overrides
from dabench.config.parse import parse_seeds
from dabench.hashing.canonical import sha256
from dabench.hashing.sources import source_sha256
from dabench.plugin.registry import Registry
from dabench.seeding import stream
from tests.support.toy_runs import plan_of


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("0-4", (0, 1, 2, 3, 4)),
        ("7", (7,)),
        (7, (7,)),
        ("0, 2, 5-7", (0, 2, 5, 6, 7)),
        ([3, "5-6"], (3, 5, 6)),
        ((1, 2), (1, 2)),
    ],
)
def test_seeds(text: Any, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


def test_streams_differ_by_seed_purpose_and_step() -> None:
    keys = {stream(seed, purpose, step) for seed in range(3) for purpose in ("init", "order") for step in range(3)}
    assert len(keys) == 18
    assert (
        stream(1, "init") == stream(1, "init", 0) == 8614550764246162246
    )  # a changed value needs a new NUMERICS_VERSION
    assert all(0 <= key < 2**63 for key in keys)


def test_hashes_do_not_depend_on_the_order_of_keys() -> None:
    assert sha256({"a": 1, "b": [1, 2.5]}) == sha256({"b": [1, 2.5], "a": 1})
    assert sha256({"a": 1}) != sha256({"a": 2})
    with pytest.raises(ValueError, match="not JSON compliant"):
        sha256({"a": float("nan")})


def test_overrides_go_to_sections_scalars_and_methods() -> None:
    got = parse_overrides(["dann.weight=0.5", "optimiser.lr=1e-3", "backbone.options.hidden=3", "readout=rbf_svm"], 7)
    assert got.options == {"dann": {"weight": 0.5}}
    assert got.shared["backbone"] == {"options": {"hidden": 3}}
    assert got.shared["budget"] == {"steps": 7}
    assert got.shared["readout"] == "rbf_svm"
    assert float(got.shared["optimiser"]["lr"]) == 1e-3


def test_merging_keeps_what_is_not_changed() -> None:
    assert merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": 4}}) == {"a": {"b": 1, "c": 4}, "d": 3}


def test_differences_name_a_variant() -> None:
    old = {"budget": {"steps": 10, "batch": 4}, "options": {"weight": 1.0}}
    new = {"budget": {"steps": 20, "batch": 4}, "options": {"weight": 0.5}}
    assert differences(old, new) == "budget.steps=20,weight=0.5"
    assert differences(old, old) == ""


def _settings(registry: Registry, **suite: Any) -> dict[str, Any]:
    sets = tuple(suite.pop("sets", ()))
    (run,) = [
        run for run in plan_of(registry, ["dann"], sets=sets, seeds=[0], **suite).runs if run.method.name == "dann"
    ]
    return run.settings.model_dump()


def test_precedence_is_method_suite_pair_set(registry: Registry) -> None:
    entry = {"method": "dann", "options": {"gamma": 2, "weight": 2}}
    pair = {"pair": "toy_a:toy_b", "options": {"dann": {"weight": 3}}, "budget": {"steps": 5}}
    assert _settings(registry)["options"] == {"weight": 1.0, "gamma": 10.0}
    assert _settings(registry, methods=[entry])["options"] == {"weight": 2.0, "gamma": 2.0}
    both = _settings(registry, methods=[entry], pairs=[pair])
    assert both["options"] == {"weight": 3.0, "gamma": 2.0}
    assert both["budget"] == {"steps": 5, "batch": 16, "checkpoints": 3}
    last = _settings(registry, methods=[entry], pairs=[pair], sets=["dann.weight=4", "budget.steps=6"])
    assert last["options"] == {"weight": 4.0, "gamma": 2.0}
    assert last["budget"]["steps"] == 6


def test_sources_are_followed_within_a_package(site: Any) -> None:
    package = site.path / "deep"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "method.py").write_text("from . import helper\nimport json\n")
    (package / "helper.py").write_text("from deep.far import X\n")
    (package / "far.py").write_text("X = 1\n")
    (package / "other.py").write_text("Y = 1\n")
    before = source_sha256("deep.method:M")
    (package / "other.py").write_text("Y = 2\n")
    assert source_sha256("deep.method:M") == before
    (package / "far.py").write_text("X = 2\n")
    assert source_sha256("deep.method:M") != before
