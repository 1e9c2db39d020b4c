"""Prepared domains: decoded once, kept as plain .npy files, memory-mapped by every worker.

Where a domain's copy lies, and when another one is made, is said in `dabench.data.prepared_copy`. Its folder appears
whole or not at all. What a worker is told of a target are its `PreparedExamples`, which name no label.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from dabench.data.arrays import DomainArrays, DomainExamples, Examples
from dabench.data.folder import data_dir
from dabench.data.mapped import in_parts, neighbours
from dabench.data.prepared_copy import (
    Meta,
    aux_file,
    check_copy,
    code_hash,
    copy_folder,
    files_of,
    is_whole,
    labels_folder,
)
from dabench.errors import DabenchError, DataError, DataFolderError, shortened
from dabench.files import DamagedFileError, is_temporary, seal, staging, sweep
from dabench.printable import printable
from dabench.specs.spec import DomainSpec

log = logging.getLogger("dabench.data")

SPLITS = ("train", "test")
WHOLE = "x.npy"  # examples of train and then of test, where their loader has them in one file
_SPARSE = ("data", "indices", "indptr")  # a sparse part is kept as three files, as in `train_x.indices.npy`


@dataclass(frozen=True)
class PreparedExamples:
    """The examples of a domain, ready to be opened.

    Attributes:
        name: of the domain.
        folder: with the .npy files.
        sha256: of the decoded content.
        classes: their names.
        shape: of one example.
        train_rows: how many examples train has.
    """

    name: str
    folder: Path
    sha256: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]
    train_rows: int

    def open_examples(self) -> DomainExamples:
        """Map the examples into memory: processes on one machine share one copy."""
        if (self.folder / WHOLE).is_file():
            whole = _mapped(self.folder / WHOLE)
            parts = [whole[: self.train_rows], whole[self.train_rows :]]
        else:
            parts = [self._part(f"{split}_x") for split in SPLITS]
        train, test = (Examples(x, self._groups(split)) for x, split in zip(parts, SPLITS, strict=True))
        return DomainExamples(train, test, self.classes)

    def _groups(self, split: str) -> NDArray[np.int64] | None:
        path = self.folder / f"{split}_groups.npy"
        return _mapped(path) if path.is_file() else None

    def _part(self, name: str) -> Any:
        if not (self.folder / f"{name}.indptr.npy").is_file():
            return _mapped(self.folder / f"{name}.npy")
        data, indices, indptr = (_mapped(self.folder / f"{name}.{piece}.npy") for piece in _SPARSE)
        return csr_array((data, indices, indptr), shape=(len(indptr) - 1, *self.shape))


@dataclass(frozen=True)
class PreparedDomain(PreparedExamples):
    """A domain that is ready to be opened, with its labels.

    Attributes:
        left_out: what its loader left out; see `DomainArrays`.
        notes: what else it had to say.
        aux: hashes of the second labels of train, by name.
    """

    left_out: tuple[str, ...] = field(default=(), kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)
    aux: Mapping[str, str] = field(default_factory=dict, kw_only=True, hash=False)

    @property
    def examples(self) -> PreparedExamples:
        """The same without a way to the labels."""
        return PreparedExamples(self.name, self.folder, self.sha256, self.classes, self.shape, self.train_rows)

    def open_labels(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The labels of train and of test."""
        return self.labels_of("train"), self.labels_of("test")

    def labels_of(self, split: str) -> NDArray[np.int64]:
        """The labels of a split. They are few, and read into memory: to map a file takes longer."""
        labels: NDArray[np.int64] = np.load(labels_folder(self.folder) / f"{split}_y.npy")
        return labels

    def open_aux(self) -> dict[str, NDArray[np.int64]]:
        """The second labels of train, by name."""
        return {name: np.load(labels_folder(self.folder) / aux_file(name)) for name in self.aux}

    def open(self) -> DomainArrays:
        """Map the examples into memory, and read the labels."""
        return self.open_examples().labelled(*self.open_labels(), self.open_aux())


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
        folder, written = copy_folder(spec, files_of(spec), code_hash(spec)), False
        if not is_whole(folder):
            ready.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{folder}.lock"):
                if not is_whole(folder):
                    sweep(ready)
                    sweep(labels_folder(folder).parent)
                    write_copy(_decoded(spec), folder)
                    written = True
        if not written and _damage(folder):
            with FileLock(f"{folder}.lock"):
                damage = _damage(folder)  # another process may have repaired it meanwhile
                if damage:
                    log.warning("%s; the domain %s is decoded anew", damage, spec.name)
                    write_copy(_decoded(spec), folder)
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
        spec.name,
        folder,
        meta.sha256,
        meta.classes,
        meta.shape,
        sum(meta.counts["train"]),
        left_out=meta.left_out,
        notes=meta.notes,
        aux=meta.aux,
    )


def _damage(folder: Path) -> str:
    """Damage of the files of a prepared copy; empty if they are as they were written."""
    try:
        check_copy(folder)
    except (DamagedFileError, ValueError) as error:
        return str(error)
    return ""


def class_counts(arrays: DomainArrays) -> dict[str, tuple[int, ...]]:
    """Examples of each class, by split."""
    splits = {"train": arrays.train, "test": arrays.test}
    return {name: tuple(np.bincount(split.y, minlength=len(arrays.classes)).tolist()) for name, split in splits.items()}


def _decoded(spec: DomainSpec) -> DomainArrays:
    """The arrays of a domain's loader; whatever it raises becomes a DataError."""
    try:
        arrays = spec.load()()
    except DabenchError as error:
        if any(download.urls for download in spec.downloads) and not all(files_of(spec).values()):
            raise DataError(f"{error} Or: dabench data fetch {spec.name}") from error
        raise
    except Exception as error:  # damaged files make readers raise anything
        raise DataError(f"domain {spec.name!r} cannot be decoded: {type(error).__name__}: {error}") from error
    if not isinstance(arrays, DomainArrays):
        raise DataError(f"{spec.entry_point} returned {type(arrays).__name__}, not DomainArrays (domain {spec.name!r})")
    return arrays


def write_copy(arrays: DomainArrays, folder: Path) -> None:
    """Write a prepared copy: its labels first, then its examples, each whole or not at all."""
    splits = {"train": arrays.train, "test": arrays.test}
    labels = labels_folder(folder)
    with staging(labels) as temporary:
        for name, split in splits.items():
            _save(temporary / f"{name}_y.npy", split.y)
        for name, second in arrays.aux.items():
            _save(temporary / aux_file(name), second)
        shutil.rmtree(labels, ignore_errors=True)  # of a copy whose examples are gone
        temporary.rename(labels)
    # The content is hashed while the files are sealed, which reads them once more.
    with staging(folder) as temporary, ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(content_sha256, arrays)
        whole = neighbours(arrays.train.x, arrays.test.x)
        if whole is not None:
            _save(temporary / WHOLE, whole)
        for name, split in splits.items():
            if split.groups is not None:
                _save(temporary / f"{name}_groups.npy", split.groups)
            if whole is not None:
                continue
            for suffix, array in _arrays(split.x):
                _save(temporary / f"{name}_x{suffix}.npy", array)
        shape = tuple(arrays.train.x.shape[1:])
        counts = class_counts(arrays)
        files = tuple(sorted(path.name for path in [*temporary.iterdir(), *labels.iterdir()]))
        aux = {name: hashlib.sha256(second.astype("<i8").tobytes()).hexdigest() for name, second in arrays.aux.items()}
        left_out, notes = (tuple(map(printable, said)) for said in (arrays.left_out, arrays.notes))
        meta = Meta(sha256.result(), arrays.classes, shape, counts, left_out, notes, files, aux)
        meta.write(temporary)
        if folder.exists():  # without its last file, or without its labels: somebody has deleted a part of it
            shutil.rmtree(folder)
        temporary.rename(folder)


def _save(path: Path, array: NDArray[Any]) -> None:
    file = _own_file(array)
    if file:
        file.rename(path)
    else:
        np.save(path, np.ascontiguousarray(array), allow_pickle=False)
    seal(path)


def _own_file(array: NDArray[Any]) -> Path | None:
    """The temporary file of the data folder that an array is mapped from, if it holds the array and nothing else.

    Such a file is the copy itself: gigabytes of pictures are not written twice.
    """
    if not isinstance(array, np.memmap) or array.filename is None:
        return None
    path = Path(array.filename)
    ours = path.parent == (data_dir() / "ready").resolve() and is_temporary(path) and path.is_file()
    whole = ours and path.stat().st_size == array.offset + array.nbytes and array.flags.c_contiguous
    return path if whole else None


def content_sha256(arrays: DomainArrays) -> str:
    """A hash of a domain's decoded content: types, shapes, values, the names of the classes, and groups if there are
    any.

    Second labels are not part of it: they have hashes of their own, which only runs that see them are named by.
    """
    digest = hashlib.sha256("\n".join(arrays.classes).encode())
    for part in (arrays.train.x, arrays.train.y, arrays.test.x, arrays.test.y):
        digest.update(f"{part.dtype.str}{part.shape}".encode())
        for _, array in _arrays(part):
            for rows in in_parts(array):
                digest.update(np.ascontiguousarray(rows).data)
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
