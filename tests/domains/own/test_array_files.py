"""Files of named arrays, written by scipy and h5py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.io import savemat
from scipy.sparse import csc_array

from dabench.domains.own.array_files import read_arrays
from dabench.domains.own.table_files import read_table
from dabench.errors import DataError

X = np.arange(12.0).reshape(6, 2)
WORDS = ["cat", "cat", "dog", "dog", "cat", "dog"]


def matlab_73(path: Path, **values: Any) -> None:
    """A file as MATLAB 7.3 writes it: HDF5 behind a text of 512 bytes, axes from the other end, texts as numbers."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in values.items():
            if isinstance(value, list):
                made = enumerate(map(codes, value))
                cells = [file.create_dataset(f"#refs#/{name}{place}", data=text) for place, text in made]
                references = np.array([[cell.ref for cell in cells]], dtype=h5py.ref_dtype)
                file.create_dataset(name, data=references).attrs["MATLAB_class"] = np.bytes_("cell")
            else:
                file.create_dataset(name, data=np.asarray(value).T).attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116) + b" " * 8 + b"\x00\x02IM")


def codes(text: str) -> np.ndarray:
    return np.array([[ord(sign)] for sign in text], dtype=np.uint16)


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_matlab_vectors_texts_and_matrices(tmp_path: Path, version: str) -> None:
    path = tmp_path / "x.mat"
    if version == "5":
        words = np.array(WORDS, dtype=object).reshape(6, 1)
        values = {"x": X, "y": words, "row": np.arange(6), "sparse": csc_array(X), "rate": 3.5}
        savemat(path, values, do_compression=True)
    else:
        matlab_73(path, x=X, y=WORDS, row=np.arange(6.0)[None], sparse=X, rate=np.array([[3.5]]))
    found = read_arrays(path)
    assert set(found) == {"x", "y", "row", "sparse"}, "a number alone is no column"
    np.testing.assert_array_equal(found["x"], X)
    np.testing.assert_array_equal(found["sparse"], X)
    assert (found["y"].tolist(), found["row"].tolist()) == (WORDS, list(range(6)))
    assert list(read_table(path).frame.columns).count("x_1") == 1


def test_texts_of_one_width_in_version_5(tmp_path: Path) -> None:
    savemat(tmp_path / "x.mat", {"y": ["cat", "doge"], "x": np.eye(2)})
    assert read_arrays(tmp_path / "x.mat")["y"].tolist() == ["cat", "doge"]


def test_hdf5_with_groups_and_texts(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["sensors/x"] = X
        file["y"] = WORDS
        file["rate"] = 3.5
    found = read_arrays(tmp_path / "x.h5")
    assert set(found) == {"sensors/x", "y"}
    np.testing.assert_array_equal(found["sensors/x"], X)
    assert found["y"].tolist() == WORDS


def test_what_is_no_array_is_refused(tmp_path: Path) -> None:
    savemat(tmp_path / "x.mat", {"x": {"field": 1.0, "other": "a"}, "y": np.arange(3)})
    with pytest.raises(DataError, match=r"x.mat: x is a struct: save each of its fields"):
        read_table(tmp_path / "x.mat")
    savemat(tmp_path / "y.mat", {"x": np.array([np.eye(2), "a"], dtype=object)})
    with pytest.raises(DataError, match=r"y.mat: x is a cell array, and not all of its cells are texts"):
        read_table(tmp_path / "y.mat")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = np.ones(3, dtype=[("a", float), ("b", float)])
    with pytest.raises(DataError, match=r"x.h5: x is a table of named fields"):
        read_table(tmp_path / "x.h5")


def test_no_other_file_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = X
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = h5py.ExternalLink("other.h5", "x")
    with pytest.raises(DataError, match=r"x.h5: x is a link: copy what it leads to into the file"):
        read_table(tmp_path / "x.h5")
    (tmp_path / "raw").write_bytes(X.tobytes())
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file.create_dataset("x", shape=X.shape, dtype=float, external=[(str(tmp_path / "raw"), 0, X.nbytes)])
    with pytest.raises(DataError, match=r"y.h5: the numbers of x lie in another file"):
        read_table(tmp_path / "y.h5")


@pytest.mark.parametrize("name", ["x.mat", "x.h5", "y.mat"])
def test_damaged_and_huge_files_are_errors(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"MATLAB 7.3 MAT-file" if name == "y.mat" else b"nothing of the kind")
    with pytest.raises(DataError, match=rf"{name} cannot be read"):
        read_table(tmp_path / name)
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        file.create_dataset("x", shape=(1 << 20, 1 << 14), dtype=float, chunks=True)
    with pytest.raises(DataError, match=r"bomb.h5 holds .* bytes, far more than its size promises"):
        read_table(tmp_path / "bomb.h5")


def test_without_h5py_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.h5").touch()
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(DataError, match=r"x.h5: .h5 and MATLAB 7.3 need h5py.*pip install 'dabench\[hdf5\]'"):
        read_table(tmp_path / "x.h5")
