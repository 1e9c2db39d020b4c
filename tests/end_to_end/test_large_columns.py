"""Columns of large values that differ little, such as seconds since 1970: as good as without their offset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dabench.config.suite_file import read_suite
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry
from tests.support.own_files import write_suite
from tests.support.toy_runs import run

OFFSETS = {"time": 1.6e9, "counter": -7e10}


def write_tables(folder: Path, form: str, offsets: bool) -> None:
    """Two domains, in which both columns tell the classes apart: by 40, give or take 5."""
    folder.mkdir(exist_ok=True)
    for seed, name in enumerate(("north", "south")):
        generator = np.random.default_rng(seed)
        kind = np.arange(120) % 2
        columns: dict[str, Any] = {
            column: 40 * kind + generator.uniform(-5, 5, 120) + (offset if offsets else 0)
            for column, offset in OFFSETS.items()
        }
        columns |= {"noise": generator.normal(size=120), "who": np.array(["ill", "well"])[kind]}
        if form == "csv":
            pd.DataFrame(columns).to_csv(folder / f"{name}.csv", index=False)
        else:
            np.savez(folder / f"{name}.npz", **columns)


def accuracies(folder: Path, registry: Registry, form: str, offsets: bool, **suite: str) -> dict[str, float]:
    write_tables(folder / "tables", form, offsets)
    file = write_suite(folder / "own.yaml", "{tables: tables, label: who}", "[north:south]", **suite)
    plan = make_plan(read_suite(file), registry, device_kind="cpu")
    records = run(plan, folder / f"results_{offsets}", registry)
    found = {}
    for (_, method, _), record in records.items():
        assert record.status == "ok", record.error
        assert record.accuracy is not None
        found[method] = record.accuracy.selected
    return found


@pytest.mark.parametrize("form", ["csv", "npz"])
@pytest.mark.parametrize(
    "suite",
    [
        {"backbone": "identity", "budget": "", "readout": "linear_svm", "input": "{normalise: standardise}"},
        {"backbone": "identity", "budget": "", "readout": "nearest_neighbour", "input": "{normalise: mean}"},
        {"backbone": "mlp", "budget": "{steps: 60, batch: 32}", "input": "{normalise: standardise}"},
    ],
)
def test_an_offset_changes_no_result(
    tmp_path: Path, data: Path, registry: Registry, suite: dict[str, str], form: str
) -> None:
    expected = accuracies(tmp_path, registry, form, False, **suite)
    assert expected == {"source_only": 1.0, "target_only": 1.0}
    assert accuracies(tmp_path, registry, form, True, **suite) == expected


def test_a_method_that_standardises_columns_itself_gets_all_of_them(
    tmp_path: Path, data: Path, registry: Registry
) -> None:
    suite = {"backbone": "identity", "budget": "", "readout": "linear_svm", "bounds": "[]"}
    suite |= {"methods": "[{method: subspace_alignment, options: {dimension: 3}}]"}
    found = accuracies(tmp_path, registry, "csv", True, **suite)
    assert found == {"subspace_alignment": 1.0}
