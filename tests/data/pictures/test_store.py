"""Pictures of a split in one temporary file."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

from dabench.data.arrays import DomainArrays, Split
from dabench.data.mapped import neighbours
from dabench.data.pictures import store
from dabench.data.pictures.decode import Look
from dabench.data.pictures.store import decode_splits
from dabench.data.prepared import PreparedExamples, write_copy
from tests.support.own_files import write_pictures

LOOK = Look(8, "crop", 32)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    write_pictures(tmp_path, {"cat": 6})
    return sorted((tmp_path / "cat").iterdir())


def test_the_bytes_do_not_depend_on_threads(paths: list[Path], data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CHUNK", 2)
    paths[2].write_bytes(b"")
    one, two = (decode_splits({"train": paths}, LOOK, "cats", count)["train"] for count in (1, 2))
    np.testing.assert_array_equal(one.images, two.images)
    assert one.good.tolist() == two.good.tolist() == [0, 1, 3, 4, 5]
    assert one.bad == two.bad == [(2, "an empty file")]


@pytest.mark.slow
def test_the_file_goes_with_its_array(paths: list[Path], data: Path) -> None:
    found = decode_splits({"train": paths}, LOOK, "cats", 1)["train"]
    assert len(list((data / "ready").iterdir())) == 1
    del found
    gc.collect()
    assert not list((data / "ready").iterdir())


def test_a_prepared_copy_takes_the_file_over(paths: list[Path], data: Path) -> None:
    found = decode_splits({"train": paths[:4], "test": paths[4:]}, LOOK, "cats", 1)
    (file,) = (data / "ready").iterdir()
    number, pixels = file.stat().st_ino, {split: part.images.copy() for split, part in found.items()}
    train, test = (Split(part.images, np.arange(len(part.images)) % 2) for part in found.values())
    write_copy(DomainArrays(train, test, ("cat", "dog")), data / "ready" / "cats")
    assert (data / "ready/cats/x.npy").stat().st_ino == number
    examples = PreparedExamples("cats", data / "ready/cats", "", ("cat", "dog"), (3, 8, 8), 4).open_examples()
    np.testing.assert_array_equal(examples.train.x, pixels["train"])
    np.testing.assert_array_equal(examples.test.x, pixels["test"])
    np.testing.assert_array_equal(neighbours(examples.train.x, examples.test.x), np.concatenate([*pixels.values()]))


def test_bad_pictures_of_one_split_do_not_move_another(paths: list[Path], data: Path) -> None:
    plain = decode_splits({"train": paths[:3], "test": paths[3:]}, LOOK, "cats", 1)["test"].images.copy()
    paths[1].write_bytes(b"")
    found = decode_splits({"train": paths[:3], "test": paths[3:]}, LOOK, "cats", 1)
    assert found["train"].good.tolist() == [0, 2]
    assert found["train"].bad == [(1, "an empty file")]
    assert found["test"].good.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(found["test"].images, plain)
    assert neighbours(found["train"].images, found["test"].images) is not None
