"""The suites of digits: they plan, and every method that augments has a source-only beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.config.suite_file import find_suite
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry


@pytest.mark.parametrize(("name", "pairs"), [("ganin", 4), ("ganin_strong", 1), ("digits", 4)])
def test_a_suite_plans_without_its_data(data: Path, registry: Registry, name: str, pairs: int) -> None:
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
