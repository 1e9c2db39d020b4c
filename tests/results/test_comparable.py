"""Which runs may stand side by side in a cell."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dabench.results.comparable import comparable_runs
from tests.support.factories import digest, make_frame, make_record


def test_of_each_cell_the_lineage_of_the_newest_run_stays() -> None:
    frame = make_frame(
        make_record(0.5, seed=0, plugin="old"),
        make_record(0.5, seed=1, plugin="old", minute=5),
        make_record(0.6, seed=0, plugin="new", minute=9),
        make_record(0.7, seed=0, plugin="old", method="coral"),
        make_record(0.8, seed=0, plugin="old", variant="weight=0"),
    )
    kept, dropped = comparable_runs(frame)
    assert dropped == 2
    assert kept["accuracy_selected"].tolist() == [0.6, 0.7, 0.8]
    pd.testing.assert_frame_equal(comparable_runs(kept)[0], kept)


@pytest.mark.parametrize("field", ["suite_version", "settings_sha256", "data_sha256"])
def test_no_settings_data_or_suite_versions_are_mixed(field: str) -> None:
    other: Any = 2 if field == "suite_version" else "other"
    frame = make_frame(make_record(0.5, seed=0), make_record(0.6, seed=1, minute=1, **{field: other}))
    kept, dropped = comparable_runs(frame)
    assert (kept["accuracy_selected"].tolist(), dropped) == ([0.6], 1)


def test_of_a_seed_the_newest_stays_and_times_are_compared_not_texts() -> None:
    frame = make_frame(
        make_record(0.5, run_id="cpu", finished="2026-11-22T12:00:00.500000+00:00"),
        make_record(0.6, run_id="cuda", finished="2026-11-22T13:00:00+02:00"),  # an hour earlier
    )
    kept, dropped = comparable_runs(frame)
    assert (kept["run_id"].tolist(), dropped) == ([digest("cpu")], 1)


def test_of_nothing_nothing_is_comparable() -> None:
    kept, dropped = comparable_runs(make_frame())
    assert (len(kept), dropped, list(kept.columns)) == (0, 0, list(make_frame().columns))
