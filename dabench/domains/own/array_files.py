"""Files of named arrays: .npz, MATLAB's .mat (version 5, and 7.3, which is HDF5) and .h5.

Nothing in them is run: no pickles, no objects, and no link to another file is followed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.data.limits import TooMuchError, most_of
from dabench.errors import DataError

SUFFIXES = (".npz", ".mat", ".h5", ".hdf5")
Arrays = Mapping[str, NDArray[Any]]


def read_arrays(path: Path) -> Arrays:
    """The arrays of a file, by name.

    Vectors of a .mat file, which are (N, 1) or (1, N) there, are (N,). Numbers alone, which programs put beside their
    arrays, are left out of .mat and .h5 files.

    Raises:
        DataError: it holds what is no array of numbers or text, or more than its size promises.
        ImportError: h5py is needed, and not installed.
        OSError, ValueError, zipfile.BadZipFile: it is damaged.
    """
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return _npz(path)
    if suffix == ".mat":
        hdf5 = _begins(path, b"MATLAB 7.3 MAT-file")
        return {
            name: _vector(array) for name, array in _without_scalars(_hdf5(path, matlab=True) if hdf5 else _mat(path))
        }
    return dict(_without_scalars(_hdf5(path, matlab=False)))


def _npz(path: Path) -> Arrays:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    _refuse_too_much(path, size)
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _mat(path: Path) -> Arrays:
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    try:
        # 8 bytes are what MATLAB's numbers take.
        _refuse_too_much(path, sum(8 * int(np.prod(shape, dtype=float)) for _, shape, _ in whosmat(path)))
        found = {name: value for name, value in loadmat(path).items() if not name.startswith("__")}
    except (MatReadError, NotImplementedError, IndexError, TypeError) as error:  # of damaged files
        raise ValueError(str(error)) from error
    return {name: _of_matlab(value, f"{path}: {name}") for name, value in found.items()}


def _of_matlab(value: Any, what: str) -> NDArray[Any]:
    """An array of version 5; cells with a text each become an array of texts."""
    if hasattr(value, "toarray"):
        return np.asarray(value.toarray())
    array = np.asarray(value)
    if array.dtype == object:
        texts = [item[0] if isinstance(item, np.ndarray) and item.shape == (1,) else item for item in array.ravel()]
        if not all(isinstance(text, str) for text in texts):
            raise DataError(
                f"{what} is a cell array, and not all of its cells are texts: save what is needed as arrays"
            )
        return np.array(texts, dtype=str).reshape(array.shape)
    if array.dtype.names:
        raise DataError(f"{what} is a struct: save each of its fields as a variable")
    return np.char.rstrip(array) if array.dtype.kind == "U" else array


def _hdf5(path: Path, *, matlab: bool) -> Arrays:
    h5py = import_module("h5py")  # an extra: not everybody has it
    with h5py.File(path, "r") as file:
        found = dict(_data_sets(file, "", h5py))
        _refuse_too_much(path, sum(item.size * max(item.dtype.itemsize, 1) for item in found.values()))
        return {name: _read(item, f"{path}: {name}", file, matlab=matlab) for name, item in found.items()}


def _data_sets(group: Any, above: str, h5py: Any) -> Iterator[tuple[str, Any]]:
    """The data sets of a file, by their path in it. MATLAB keeps the insides of its cells in groups with a #."""
    for name in group:
        if name.startswith("#"):
            continue
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise DataError(f"{group.file.filename}: {above}{name} is a link: copy what it leads to into the file")
        item = group[name]
        if isinstance(item, h5py.Group):
            yield from _data_sets(item, f"{above}{name}/", h5py)
        elif item.external or item.is_virtual:
            raise DataError(
                f"{group.file.filename}: the numbers of {above}{name} lie in another file: copy them into it"
            )
        else:
            yield f"{above}{name}", item


def _read(item: Any, what: str, file: Any, *, matlab: bool) -> NDArray[Any]:
    h5py = import_module("h5py")
    if item.dtype.names:
        raise DataError(f"{what} is a table of named fields: save each of them as an array, or the table as .parquet")
    if h5py.check_string_dtype(item.dtype) is not None:
        return np.asarray(item.asstr()[()], dtype=str)
    if item.dtype == object and not (matlab and h5py.check_ref_dtype(item.dtype)):
        raise DataError(f"{what} holds objects: save arrays of numbers or text")
    values = np.asarray(item[()]).T if matlab else np.asarray(item[()])  # MATLAB counts the axes from the other end
    if item.dtype == object:
        texts = [_characters(file[reference][()]) for reference in values.ravel()]
        return np.array(texts, dtype=str).reshape(values.shape)
    if matlab and item.attrs.get("MATLAB_class") == b"char":
        return np.array([_characters(row) for row in np.atleast_2d(values)], dtype=str)
    return values


def _characters(codes: NDArray[Any]) -> str:
    if codes.dtype.kind not in "ui":
        raise DataError("a cell array of a .mat file holds other things than texts: save what is needed as arrays")
    return "".join(map(chr, codes.ravel().tolist())).rstrip()


def _vector(array: NDArray[Any]) -> NDArray[Any]:
    return array.ravel() if array.ndim == 2 and 1 in array.shape else array


def _without_scalars(arrays: Arrays) -> Iterator[tuple[str, NDArray[Any]]]:
    yield from ((name, array) for name, array in arrays.items() if array.size > 1)


def _begins(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def _refuse_too_much(path: Path, size: int) -> None:
    if size > most_of(path):
        raise TooMuchError(f"{path} holds {size:,} bytes, far more than its size promises: it is refused")
