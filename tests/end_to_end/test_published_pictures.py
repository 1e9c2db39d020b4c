"""Suites of published pictures, from the publisher's layout to a record: one step, random weights, small pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.config.overrides import parse_overrides
from dabench.config.suite_file import find_suite
from dabench.domains.objects import office31_spec
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from dabench.runs.record import RunRecord
from tests.support.object_folders import write_office31, write_pacs
from tests.support.toy_runs import run

SMALL = ["backbone.options.weights=none", "backbone.options.size=32", "budget.batch=4", "budget.checkpoints=1"]


def records(registry: Registry, suite: str, pair: str, method: str, results: Path) -> dict[str, RunRecord]:
    """Those of a method and of the bounds, by method."""
    overrides = parse_overrides(SMALL, steps=1)
    chosen = {"methods": [method], "pairs": [pair], "seeds": (0,)}
    plan = make_plan(find_suite(suite, registry), registry, device_kind="cpu", overrides=overrides, **chosen)
    return {record.method: record for record in run(plan, results, registry).values()}


@pytest.mark.slow
def test_office31_takes_both_domains_whole(registry: Registry, data: Path, tmp_path: Path) -> None:
    write_office31(data / "office31", office31_spec.CLASSES)
    found = records(registry, "office31", "office31/dslr:office31/webcam", "dann", tmp_path / "results")
    assert set(found) == {"source_only", "dann"}
    for record in found.values():
        assert record.status in ("ok", "collapsed"), record.error  # after a single step
        assert record.transductive
        assert record.per_class is not None
        assert len(record.per_class) == 31
        assert (record.settings["backbone"]["name"], record.settings["input"]["augment"]) == ("resnet50", "crop_flip")


@pytest.mark.slow
def test_pacs_holds_out_the_pictures_of_its_list(registry: Registry, data: Path, tmp_path: Path) -> None:
    write_pacs(data / "PACS", lists=True)
    found = records(registry, "pacs", "pacs/photo:pacs/sketch", "shot", tmp_path / "results")
    assert set(found) == {"source_only", "target_only", "shot"}
    for record in found.values():
        assert record.status in ("ok", "collapsed"), record.error  # after a single step
        assert not record.transductive
        assert record.per_class is not None
        assert len(record.per_class) == 7
