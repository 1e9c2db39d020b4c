"""A method of a suite with settings of its own, and the bounds that it is compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dabench.config.overrides import parse_overrides
from dabench.config.suite import Suite
from dabench.config.suite_file import find_suite
from dabench.errors import DataError, UsageError
from dabench.leaderboard.build import build_tables
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.results.folder import read_results
from tests.support.toy_runs import plan_of, run

PAIR = "toy_vectors_a:toy_vectors_b"
RECIPE = {"backbone": "shallow", "budget": {"steps": 3, "batch": 8}, "readout": "network"}
METHODS = [
    "coral",
    {"method": "source_only", "as": "network", "recipe": RECIPE},
    {"method": "dann", "recipe": RECIPE},
]


def vectors(**changes: Any) -> dict[str, Any]:
    usual = {"backbone": "identity", "budget": None, "readout": "linear_svm", "methods": METHODS, "pairs": [PAIR]}
    return usual | {"seeds": [0]} | changes


def rows(registry: Registry, only: list[str] | None = None, sets: tuple[str, ...] = (), **changes: Any) -> Any:
    return {(r.method.name, r.variant): r for r in plan_of(registry, only, sets=sets, **vectors(**changes)).runs}


def test_a_recipe_replaces_settings_of_the_suite_and_of_the_pair(registry: Registry) -> None:
    found = rows(registry, pairs=[{"pair": PAIR, "input": {"normalise": "mean"}}])
    assert {(name, run.settings.backbone.name) for name, run in found.items()} == {
        (("source_only", ""), "identity"),
        (("target_only", ""), "identity"),
        (("coral", ""), "identity"),
        (("source_only", "network"), "shallow"),
        (("dann", ""), "shallow"),
    }
    dann = found["dann", ""].settings
    assert (dann.steps, dann.readout, dann.input.normalise, dann.optimiser.lr) == (3, "network", "mean", 0.1)
    assert found["dann", ""].comparison_sha256 == found["source_only", "network"].comparison_sha256
    changed = rows(registry, ["dann"], sets=("backbone.options.hidden=7", "dann.weight=2"), bounds=[])
    assert changed["dann", "backbone.options.hidden=7,weight=2.0"].settings.backbone.options == {"hidden": 7}


def test_a_chosen_method_brings_the_bounds_of_its_recipe(registry: Registry) -> None:
    plain = {("source_only", ""), ("target_only", "")}
    assert set(rows(registry, ["dann"])) == plain | {("source_only", "network"), ("dann", "")}
    assert set(rows(registry, ["coral"])) == plain | {("coral", "")}


@pytest.mark.slow
def test_a_row_can_be_chosen_by_the_name_that_the_suite_gives_it(registry: Registry) -> None:
    methods = [*METHODS, {"method": "dann", "as": "twice", "options": {"weight": 2}}]
    bounds = {("source_only", ""), ("target_only", "")}

    def chosen(*only: str) -> set[tuple[str, str]]:
        return set(rows(registry, list(only), methods=methods, backbone="shallow", budget=RECIPE["budget"])) - bounds

    assert chosen("dann") == {("source_only", "network"), ("dann", ""), ("dann", "twice")}
    assert chosen("dann:") == {("source_only", "network"), ("dann", "")}
    assert chosen("dann:twice") == {("dann", "twice")}
    assert chosen("dann:twice", "dann") == chosen("dann")
    assert chosen("source-only:network") == {("source_only", "network")}
    assert chosen("source_only:") == set()
    with pytest.raises(UsageError, match=r"no row dann:thrice in .*, but dann:, dann:twice; dann means all of them"):
        chosen("dann:thrice")


@pytest.mark.slow
def test_tables_keep_networks_apart_and_compare_within_a_recipe(registry: Registry, tmp_path: Path) -> None:
    records = run(plan_of(registry, **vectors()), tmp_path, registry)
    assert {record.status for record in records.values()} <= {"ok", "collapsed"}
    shallow, identity = sorted(
        build_tables(read_results(tmp_path).frame), key=lambda table: table.backbone, reverse=True
    )
    assert [(row.method, row.variant) for row in shallow.rows] == [("source_only", "network"), ("dann", "")]
    assert shallow.rows[1].cells[PAIR].gain is not None
    assert {row.method for row in identity.rows} == {"source_only", "coral", "target_only"}


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"backbone": "shalow"}, "shalow"),
        ({"budget": {}, "backbone": "shallow"}, "needs a budget"),
        ({"input": {"augment": "shift"}}, r"input\.augment is for images, and the backbone identity takes vectors"),
        (
            {
                "input": {"augment": "crop_flip"},
                "backbone": {"name": "resnet18", "options": {"weights": "none", "frozen": True}},
                "budget": {"steps": 1, "batch": 2},
            },
            "the frozen network resnet18 sees each once",
        ),
    ],
)
def test_a_recipe_that_makes_no_sense(registry: Registry, recipe: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plan_of(registry, **vectors(methods=[{"method": "dann", "recipe": recipe}]))


def test_a_recipe_has_sections_alone(registry: Registry) -> None:
    suite = find_suite("toy", registry).model_dump(by_alias=True)
    with pytest.raises(ValueError, match=r"methods\.0\.recipe\.precision"):
        Suite.model_validate(suite | {"methods": [{"method": "dann", "recipe": {"precision": "fp32"}}]})


def test_of_the_budget_a_pair_and_a_recipe_name_what_differs(registry: Registry) -> None:
    pair = {"pair": "toy_a:toy_b", "budget": {"steps": 12}, "schedule": {"name": "constant"}}
    methods = ["dann", {"method": "dann", "as": "once", "recipe": {"budget": {"checkpoints": 1}}}]
    plan = plan_of(registry, seeds=[0], bounds=[], pairs=[pair], methods=methods, schedule={"name": "inverse"})
    budgets = {run.variant: run.settings.budget for run in plan.runs}
    assert {name: (budget.steps, budget.batch, budget.checkpoints) for name, budget in budgets.items() if budget} == {
        "": (12, 16, 3),
        "once": (12, 16, 1),
    }
    assert {run.settings.schedule.name for run in plan.runs} == {"constant"}


def test_a_pair_says_who_chose_the_options_that_it_sets(registry: Registry) -> None:
    pairs = [
        "toy_vectors_a:toy_vectors_b",
        {"pair": "toy_vectors_b:toy_vectors_a", "options": {"coral": {"ridge": 2}}, "chosen_by": "target_labels"},
    ]
    plan = plan_of(registry, **vectors(methods=["coral", "subspace_alignment"], pairs=pairs))
    said = {(run.pair, run.method.name): run.chosen_by for run in plan.runs}
    assert said["toy_vectors_b:toy_vectors_a", "coral"] == "target_labels"
    assert said["toy_vectors_a:toy_vectors_b", "coral"] == "paper"
    assert said["toy_vectors_b:toy_vectors_a", "subspace_alignment"] == "paper", "the pair sets none of its options"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "variant"),
    [
        ({"assignments": ["backbone.options.weights=none"]}, "backbone.options.weights=none"),
        ({"assignments": [], "backbone": "mini_cnn"}, "backbone.name=mini_cnn"),
    ],
)
def test_weights_that_the_command_replaces_are_not_looked_for(
    registry: Registry, data: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], variant: str
) -> None:
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    monkeypatch.setenv("TORCH_HOME", str(data))
    chosen: Any = {"methods": ["dann"], "pairs": ["office31/dslr:office31/webcam"], "device_kind": "cpu"}
    plan = make_plan(find_suite("office31", registry), registry, overrides=parse_overrides(**asked), **chosen)
    assert all(variant in run.variant for run in plan.runs)
    assert {run.settings.backbone.options.get("weights_sha256", "") for run in plan.runs} == {""}
    with pytest.raises(DataError, match="resnet50 needs the weights"):
        make_plan(find_suite("office31", registry), registry, **chosen)
