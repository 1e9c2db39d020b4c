"""Blocks of published tables: one for each pair of a suite."""

from __future__ import annotations

from typing import Any

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.which_method.blocks import Block, blocks_of
from dabench.runs.record import RunRecord
from tests.support.factories import make_frame, make_record, make_records


def blocks(*records: RunRecord) -> list[Block]:
    return blocks_of(build_tables(make_frame(*records)))


def runs(accuracy: float, method: str, **fields: Any) -> list[RunRecord]:
    return [make_record(accuracy + seed / 100, method=method, seed=seed, **fields) for seed in range(2)]


def test_a_pair_has_one_block_with_its_entrants() -> None:
    (block,) = blocks(*make_records({"source_only": [0.5, 0.6], "dann": [0.7, 0.8], "target_only": [0.9, 0.9]}))
    assert (block.suite, block.track, block.pair) == ("mini", "unsupervised", "digits:digits_m")
    assert block.cells.keys() == {"source_only", "dann", "target_only"}
    assert {name: round(mean, 3) for name, mean in block.entrants.items()} == {"source_only": 0.55, "dann": 0.75}


@pytest.mark.slow
def test_of_several_settings_those_with_most_methods_count() -> None:
    more = {"variant": "readout=linear_svm", "comparison_sha256": "other"}
    plain = [*runs(0.5, "source_only"), *runs(0.9, "dann")]
    other = [*runs(0.4, "source_only", **more), *runs(0.6, "dann", **more), *runs(0.6, "coral", **more)]
    (block,) = blocks(*plain, *other)
    assert block.cells["dann"][0].mean == 0.605, "not the better one"
    (block,) = blocks(*plain, *other[:4])
    assert block.cells["dann"][0].mean == 0.905, "of equal ones the first"


def test_a_method_that_only_smaller_settings_have_stands_beside_their_bounds() -> None:
    less = {"variant": "critic", "comparison_sha256": "other"}
    large = [*runs(0.5, "source_only"), *runs(0.9, "dann"), *runs(0.8, "coral")]
    small = [*runs(0.4, "source_only", **less), *runs(0.6, "dann", **less), *runs(0.7, "wdgrl", **less)]
    first, second = blocks(*small, *large)
    assert first.cells.keys() == {"source_only", "dann", "coral"}
    assert {name: cells[0].mean for name, cells in second.cells.items()} == {"source_only": 0.405, "wdgrl": 0.705}


def test_of_several_rows_of_a_method_the_suites_own_counts() -> None:
    records = [*runs(0.5, "source_only"), *runs(0.6, "dann"), *runs(0.9, "dann", variant="dann.weight=3")]
    (block,) = blocks(*records, *runs(0.7, "mmd", variant="quadratic"))
    assert block.cells["dann"][0].mean == 0.605
    assert block.cells["mmd"][0].mean == 0.705, "its only row"


def test_numbers_of_labels_are_joined_and_a_gap_in_them_is_no_entrant() -> None:
    few = {"track": "few_shot"}
    records = [
        run for shots in (1, 10) for name in ("source_only", "prior") for run in runs(0.5, name, shots=shots, **few)
    ]
    (block,) = blocks(*records, *runs(0.9, "feda", shots=1, **few))
    assert len(block.tables) == 2
    assert len(block.cells["feda"]) == 1
    assert block.entrants.keys() == {"source_only", "prior"}


@pytest.mark.slow
def test_a_failed_cell_is_no_entrant_and_unlike_machines_rank_nobody() -> None:
    (block,) = blocks(*make_records({"source_only": [0.5, 0.6], "dann": [0.7, None]}))
    assert block.entrants.keys() == {"source_only"}
    assert block.cells["dann"][0].failed == 1
    other = make_record().env.model_copy(update={"cpu_capability": "AVX2"})
    same = make_record().env.model_copy(update={"cpu_capability": "AVX512"})
    (block,) = blocks(*runs(0.5, "source_only", env=same), *runs(0.7, "dann", env=other))
    assert block.entrants == {}
