"""Pages of mapped files that are given back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dabench.data import mapped
from dabench.data.mapped import give_back, in_parts, neighbours


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_the_rows_of_a_file_come_in_order(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "PART", 100)
    content = np.arange(90, dtype=np.int64).reshape(30, 3)
    np.save(tmp_path / "x.npy", content)
    rows = list(in_parts(np.load(tmp_path / "x.npy", mmap_mode=mode)))
    assert {len(part) for part in rows} == {4, 2}
    np.testing.assert_array_equal(np.concatenate(rows), content)


def test_what_was_written_to_a_private_mapping_stays(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(9))
    private = np.load(tmp_path / "x.npy", mmap_mode="c")
    private[:] = 7
    give_back(private[2:])
    assert private.tolist() == [7] * 9


def test_other_arrays_are_left_alone() -> None:
    plain, part = np.arange(3), np.arange(6)[::2]
    give_back(plain)
    give_back(part)
    assert (plain.tolist(), part.tolist()) == ([0, 1, 2], [0, 2, 4])


def test_neighbours_of_one_file_are_joined_without_a_copy(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(20).reshape(10, 2))
    whole = np.load(tmp_path / "x.npy", mmap_mode="c")
    joined = neighbours(whole[2:5], whole[5:9])
    assert joined is not None
    np.testing.assert_array_equal(joined, whole[2:9])
    assert np.shares_memory(joined, whole)


def test_other_rows_are_no_neighbours(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(20).reshape(10, 2))
    whole, plain = np.load(tmp_path / "x.npy", mmap_mode="c"), np.arange(20).reshape(10, 2)
    again = np.load(tmp_path / "x.npy", mmap_mode="c")
    others = [
        (whole[5:9], whole[2:5]),
        (whole[2:4], whole[5:9]),
        (whole[2:5:2], whole[5:9]),
        (whole[:, :1], whole[5:9, :1]),
        (whole[2:5], again[5:9]),
        (plain[2:5], plain[5:9]),
    ]
    assert all(neighbours(first, second) is None for first, second in others)
