"""Pictures of a split in one temporary file."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

from dabench.data.arrays import DomainArrays, Split
from dabench.data.pictures import store
from dabench.data.pictures.decode import Look
from dabench.data.pictures.store import decode_splits
from dabench.data.prepared import write_copy
from tests.support.own_files import write_pictures

LOOK = Look(8, "crop", 32)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    write_pictures(tmp_path, {"cat": 6})
    return sorted((tmp_path / "cat").iterdir())


def test_the_bytes_do_not_depend_on_processes(paths: list[Path], data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CHUNK", 2)
    paths[2].write_bytes(b"")
    one, two = (decode_splits({"train": paths}, LOOK, "cats", count)["train"] for count in (1, 2))
    np.testing.assert_array_equal(one.images, two.images)
    assert one.good.tolist() == two.good.tolist() == [0, 1, 3, 4, 5]
    assert one.bad == two.bad == [(2, "an empty file")]


def test_the_file_goes_with_its_array(paths: list[Path], data: Path) -> None:
    found = decode_splits({"train": paths}, LOOK, "cats", 1)["train"]
    assert len(list((data / "ready").iterdir())) == 1
    del found
    gc.collect()
    assert not list((data / "ready").iterdir())


def test_a_prepared_copy_takes_the_file_over(paths: list[Path], data: Path) -> None:
    found = decode_splits({"train": paths}, LOOK, "cats", 1)["train"]
    (file,) = (data / "ready").iterdir()
    number, pixels = file.stat().st_ino, found.images.copy()
    labelled = Split(found.images, np.arange(6) % 2)
    write_copy(DomainArrays(labelled, Split(pixels, np.arange(6) % 2), ("cat", "dog")), data / "ready" / "cats")
    assert (data / "ready/cats/train_x.npy").stat().st_ino == number
    assert (data / "ready/cats/test_x.npy").stat().st_ino != number
    for split in ("train", "test"):
        np.testing.assert_array_equal(np.load(data / f"ready/cats/{split}_x.npy"), pixels)
