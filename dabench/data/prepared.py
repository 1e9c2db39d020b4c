"""Prepared domains: decoded once, kept as plain .npy files, memory-mapped by every worker.

Where a domain's copy lies, and when another one is made, is said in `dabench.data.prepared_copy`. Its folder appears
whole or not at all.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from dabench.data.arrays import DomainArrays, Split
from dabench.data.folder import data_dir
from dabench.data.prepared_copy import Meta, code_hash, copy_folder, files_of, is_whole
from dabench.errors import DabenchError, DataError, DataFolderError, shortened
from dabench.files import staging, sweep
from dabench.specs.spec import DomainSpec

_PARTS = ("train_x", "train_y", "test_x", "test_y")
_SPARSE = ("data", "indices", "indptr")  # a sparse part is kept as three files, as in `train_x.indices.npy`


@dataclass(frozen=True)
class PreparedDomain:
    """A domain that is ready to be opened.

    Attributes:
        name: of the domain.
        folder: with the .npy files.
        sha256: of the decoded content.
        classes: their names.
        shape: of one example.
        left_out: what its loader left out; see `DomainArrays`.
        notes: what else it had to say.
    """

    name: str
    folder: Path
    sha256: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]
    left_out: tuple[str, ...] = field(default=(), kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    def open(self) -> DomainArrays:
        """Map the arrays into memory: processes on one machine share one copy."""
        parts = {part: self._part(part) for part in _PARTS}
        train, test = (Split(parts[f"{name}_x"], parts[f"{name}_y"], self._groups(name)) for name in ("train", "test"))
        return DomainArrays(train, test, self.classes)

    def _groups(self, split: str) -> NDArray[np.int64] | None:
        path = self.folder / f"{split}_groups.npy"
        return _mapped(path) if path.is_file() else None

    def _part(self, name: str) -> Any:
        if not (self.folder / f"{name}.indptr.npy").is_file():
            return _mapped(self.folder / f"{name}.npy")
        data, indices, indptr = (_mapped(self.folder / f"{name}.{piece}.npy") for piece in _SPARSE)
        return csr_array((data, indices, indptr), shape=(len(indptr) - 1, *self.shape))


def _mapped(path: Path) -> NDArray[Any]:
    # Mode "c" (copy on write) shares pages like "r", and torch takes it without warning about read-only memory.
    array: NDArray[Any] = np.load(path, mmap_mode="c")
    return array


def prepare(spec: DomainSpec) -> PreparedDomain:
    """Make sure a domain is decoded, and say where.

    Raises:
        DataError: files are missing, or are not what the loader can read, or some are not and the domain is strict.
        DataFolderError: the data folder cannot be written.
    """
    ready = data_dir() / "ready"
    try:
        folder = copy_folder(spec, files_of(spec), code_hash(spec))
        if not is_whole(folder):
            ready.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{folder}.lock"):
                if not is_whole(folder):
                    sweep(ready)
                    _write(_decoded(spec), folder)
        meta = Meta.read(folder)
    except OSError as error:
        raise DataFolderError(
            f"domain {spec.name!r} cannot be prepared in {ready}: {error}. "
            "Free some space or name another folder with DABENCH_DATA_DIR."
        ) from error
    except ValueError as error:
        raise DataError(f"the prepared copy of the domain {spec.name!r}: {error}. Delete {folder}.") from error
    if spec.strict and meta.left_out:
        raise DataError(
            f"domain {spec.name!r} has examples that cannot be used: {shortened(meta.left_out)}. Correct them, or say "
            "`on_bad: skip` in the suite's `domains`; `dabench data check` names them all."
        )
    return PreparedDomain(
        spec.name, folder, meta.sha256, meta.classes, meta.shape, left_out=meta.left_out, notes=meta.notes
    )


def class_counts(arrays: DomainArrays) -> dict[str, tuple[int, ...]]:
    """Examples of each class, by split."""
    splits = {"train": arrays.train, "test": arrays.test}
    return {name: tuple(np.bincount(split.y, minlength=len(arrays.classes)).tolist()) for name, split in splits.items()}


def _decoded(spec: DomainSpec) -> DomainArrays:
    """The arrays of a domain's loader; whatever it raises becomes a DataError."""
    try:
        arrays = spec.load()()
    except DabenchError as error:
        if spec.downloads and not all(files_of(spec).values()):
            raise DataError(f"{error} Or: dabench data fetch {spec.name}") from error
        raise
    except Exception as error:  # damaged files make readers raise anything
        raise DataError(f"domain {spec.name!r} cannot be decoded: {type(error).__name__}: {error}") from error
    if not isinstance(arrays, DomainArrays):
        raise DataError(f"{spec.entry_point} returned {type(arrays).__name__}, not DomainArrays (domain {spec.name!r})")
    return arrays


def _write(arrays: DomainArrays, folder: Path) -> None:
    with staging(folder) as temporary:
        parts = (arrays.train.x, arrays.train.y, arrays.test.x, arrays.test.y)
        for name, split in (("train", arrays.train), ("test", arrays.test)):
            if split.groups is not None:
                np.save(temporary / f"{name}_groups.npy", split.groups, allow_pickle=False)
        for name, part in zip(_PARTS, parts, strict=True):
            for suffix, array in _arrays(part):
                np.save(temporary / f"{name}{suffix}.npy", np.ascontiguousarray(array), allow_pickle=False)
        shape = tuple(arrays.train.x.shape[1:])
        counts = class_counts(arrays)
        meta = Meta(content_sha256(arrays), arrays.classes, shape, counts, arrays.left_out, arrays.notes)
        meta.write(temporary)
        if folder.exists():  # without its last file: an incomplete folder that somebody made by hand
            shutil.rmtree(folder)
        temporary.rename(folder)


def content_sha256(arrays: DomainArrays) -> str:
    """A hash of a domain's decoded content: types, shapes, values, the names of the classes, and groups if there are
    any.
    """
    digest = hashlib.sha256("\n".join(arrays.classes).encode())
    for part in (arrays.train.x, arrays.train.y, arrays.test.x, arrays.test.y):
        digest.update(f"{part.dtype.str}{part.shape}".encode())
        for _, array in _arrays(part):
            digest.update(np.ascontiguousarray(array).data)  # in place: these arrays may be large
    for name, split in (("train", arrays.train), ("test", arrays.test)):
        if split.groups is not None:
            digest.update(f"{name} groups".encode() + split.groups.astype("<i8").tobytes())
    return digest.hexdigest()


def _arrays(part: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """The plain arrays that a part consists of, each with what its file's name adds to the part's."""
    if issparse(part):
        yield from ((f".{piece}", getattr(part, piece)) for piece in _SPARSE)
    else:
        yield "", part
