"""A readout that computes other numbers makes other runs of those that use it, and of no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dabench.config.overrides import parse_overrides
from dabench.config.settings import READOUT_VERSIONS
from dabench.config.suite import MethodEntry, Suite
from dabench.config.suite_file import find_suite
from dabench.planning.class_facts import ClassFacts
from dabench.planning.plan import make_plan
from dabench.planning.resolve import Shared, resolve
from dabench.plugin.registry import Registry
from dabench.results.csv_file import read_csv
from dabench.runs.plan import Resolved

RESULTS = Path(__file__).parents[2] / "results"
OFFICE = {  # settings_sha256 and comparison_sha256 of the source_only runs of version 1
    "528550446733abb1de333ad9dc11e3e16bf47426b6d39c194c882331d0c386cf",
    "16c0c26260a8319a41a2712c67e56fd362485d3437a054a27bea32897db4a3b6",
}


def source_only(suite: Suite, registry: Registry) -> list[Resolved]:
    """The cells of source_only of a suite, plain and named, at both precisions where it says `auto`."""
    entries = [MethodEntry(method="source_only"), *(entry for entry in suite.methods if entry.method == "source_only")]
    return [
        resolve(suite, pair, entry, parse_overrides([]), registry, shots, Shared(ClassFacts(), precision))
        for precision in ("bf16", "fp32")
        for pair in suite.pairs
        for entry in entries
        for shots in suite.shots or (None,)
    ]


@pytest.mark.parametrize("name", sorted(path.stem for path in RESULTS.glob("*.csv") if path.stem != "office_caltech"))
def test_published_runs_with_other_readouts_stay_what_they_are(registry: Registry, name: str) -> None:
    rows, _ = read_csv(RESULTS / f"{name}.csv")
    rows = rows[rows["method"] == "source_only"]
    assert len(rows)
    found = pd.DataFrame(
        [(cell.settings_sha256, cell.comparison_sha256) for cell in source_only(find_suite(name, registry), registry)]
    )
    assert set(rows["settings_sha256"]) <= set(found[0])
    assert set(rows["comparison_sha256"]) <= set(found[1])


def test_runs_of_office_caltech_are_others_than_those_of_version_1(registry: Registry) -> None:
    for cell in source_only(find_suite("office_caltech", registry), registry):
        assert not {cell.settings_sha256, cell.comparison_sha256} & OFFICE


def content_of(registry: Registry, readout: str, *sets: str) -> tuple[dict[str, Any], Resolved]:
    suite = find_suite("office_caltech", registry).model_copy(update={"readout": readout})
    entry = MethodEntry(method="source_only")
    cell = resolve(suite, suite.pairs[0], entry, parse_overrides(sets), registry)
    return cell.settings.model_dump(mode="json"), cell


def test_the_version_is_part_of_the_settings_of_runs_with_the_readout(registry: Registry) -> None:
    assert READOUT_VERSIONS["libsvm_cv"] == 2
    assert content_of(registry, "libsvm_cv")[0]["readout_version"] == 2
    assert "readout_version" not in content_of(registry, "linear_svm_cv")[0]


def test_a_readout_that_an_option_names_has_its_version_and_is_compared_as_before(registry: Registry) -> None:
    _, plain = content_of(registry, "linear_svm")
    content, named = content_of(registry, "linear_svm", "source_only.classifier=rbf_svm_cv")
    assert content["readout_version"] == 2
    assert named.settings_sha256 != plain.settings_sha256
    assert named.comparison_sha256 == plain.comparison_sha256


def test_the_version_names_no_variant(registry: Registry) -> None:
    assert content_of(registry, "linear_svm", "readout=libsvm_cv")[1].variant == "readout=libsvm_cv"


def test_settings_of_a_record_can_be_planned_again(registry: Registry) -> None:
    from dabench.runner.reproduce import _suite_of

    content, cell = content_of(registry, "libsvm_cv")
    row = {"suite": "office_caltech", "suite_version": 1, "seed": 0, "track": "unsupervised", "metric": "accuracy"}
    row |= {
        "method": "source_only",
        "selector": "last_step",
        "source": "office_caltech/amazon",
        "target": "office_caltech/caltech",
    }
    suite = _suite_of(row, content, None)
    (run,) = make_plan(suite, registry, device_kind="cpu").runs
    assert run.settings_sha256 == cell.settings_sha256
