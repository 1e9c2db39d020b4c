"""A view that makes other images than before: the runs that may use it are new runs, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from dabench.config.settings import Settings
from dabench.config.suite_file import find_suite
from dabench.errors import PluginError
from dabench.execution.deep_run import build
from dabench.hashing.canonical import VIEW_VERSIONS, sha256, view_versions
from dabench.planning.plan import make_plan
from dabench.plugin.builtin import dabench_suites
from dabench.plugin.registry import Registry
from dabench.results.comparable import comparable_runs
from dabench.results.csv_file import read_csv
from dabench.runs.plan import PlannedRun
from tests.support.sound_methods import MatchMeans
from tests.support.toy_runs import opened, plan_of

RESULTS = Path(__file__).parents[2] / "results"
# Published runs with settings of an earlier version: of randaugment, see docs/results/ganin_strong.md, and of CORAL,
# see docs/results/ganin.md. They leave this table when they are run anew.
FIRST_VERSION = {"ganin_strong": {"uda", "source_augmented (randaugment)"}, "ganin": {"coral (linear_svm)"}}


def _augmented(registry: Registry, *sets: str) -> PlannedRun:
    plan = plan_of(registry, ["source_augmented"], seeds=[0], sets=sets)
    return next(run for run in plan.runs if run.method.name == "source_augmented")


def test_settings_say_the_version_of_a_view_that_an_option_chooses(registry: Registry) -> None:
    run, shifted = _augmented(registry), _augmented(registry, "source_augmented.view=shift")
    assert run.settings.model_dump(mode="json")["views"] == {"randaugment": VIEW_VERSIONS["randaugment"]}
    assert "views" not in shifted.settings.model_dump(mode="json")
    assert shifted.variant == "view=shift"
    assert run.comparison_sha256 == shifted.comparison_sha256, "the same bounds frame them"


def test_another_version_is_another_run_that_no_cell_mixes(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    new, shifted = _augmented(registry), _augmented(registry, "source_augmented.view=shift")
    monkeypatch.setattr("dabench.hashing.canonical.VIEW_VERSIONS", {})
    old = _augmented(registry)
    assert old.run_id != new.run_id
    assert shifted.run_id == _augmented(registry, "source_augmented.view=shift").run_id
    shared: dict[str, Any] = dict.fromkeys(["suite", "source", "target", "method", "variant", "shots"], "same")
    shared |= dict.fromkeys(["suite_version", "data_sha256", "plugin_source_sha256", "plugin_version"], "same")
    rows = [
        {**shared, "run_id": f"{name}{seed}", "seed": seed, "settings_sha256": run.settings_sha256, "finished": time}
        for name, run, seeds, time in (
            ("old", old, (0, 1, 2), "2026-01-01T00:00:00+00:00"),
            ("new", new, (0,), "2026-02-01T00:00:00+00:00"),
        )
        for seed in seeds
    ]
    kept, left_out = comparable_runs(pd.DataFrame(rows))
    assert (list(kept["run_id"]), left_out) == (["new0"], 3)


def test_a_view_that_the_class_declares_is_found() -> None:
    assert view_versions(["randaugment", "affine", 3, None]) == VIEW_VERSIONS


def test_a_view_that_only_setup_names_is_refused(registry: Registry, tmp_path: Path) -> None:
    class Hidden(MatchMeans):
        def setup(self, problem: object) -> None:
            self.views = {"strong": "randaugment"}

    job, data = opened(registry, tmp_path, "source_only")
    with pytest.raises(PluginError, match=r"'randaugment', which no option .* views = \{\.\.: 'randaugment'\} in the"):
        build(job, data, Hidden)


def test_settings_without_such_views_or_rounds_hash_as_they_did(registry: Registry) -> None:
    settings = plan_of(registry, ["dann"], seeds=[0]).runs[0].settings
    content = {name: value for name, value in dict(settings).items() if name not in ("views", "ask")}
    assert set(settings.model_dump()) == set(content)
    assert Settings.model_validate(settings.model_dump()) == settings
    with pytest.raises(ValidationError):
        Settings.model_validate({**settings.model_dump(), "views": {"randaugment": "new"}})
    assert sha256(settings.model_dump(mode="json")) == plan_of(registry, ["dann"], seeds=[0]).runs[0].settings_sha256


@pytest.mark.parametrize("suite", [spec.name for spec in dabench_suites() if (RESULTS / f"{spec.name}.csv").exists()])
def test_published_rows_have_the_settings_of_their_suite(registry: Registry, suite: str) -> None:
    rows, problems = read_csv(RESULTS / f"{suite}.csv")
    assert not problems
    found = find_suite(suite, registry)
    precisions = ("bf16", "fp32") if found.precision == "auto" else (found.precision,)
    suites = [found.model_copy(update={"precision": precision}) for precision in precisions]
    now = {run.settings_sha256 for one in suites for run in make_plan(one, registry, device_kind="cpu").runs}
    other = rows[~rows["settings_sha256"].isin(now)]
    variants = other["variant"].fillna("")
    named = {
        f"{method} ({variant})" if variant else method
        for method, variant in zip(other["method"], variants, strict=True)
    }
    assert named == FIRST_VERSION.get(suite, set())
