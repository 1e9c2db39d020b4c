"""Prepared domains: decoded once, kept as plain .npy files, memory-mapped by every worker.

A domain is prepared into `DIR/ready/<name>-v<version>-<hash of its loader's sources>/`: a changed loader is another
folder, so a stale copy is never read. The folder appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from filelock import FileLock
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from dabench.data.arrays import DomainArrays, Split
from dabench.errors import DataError
from dabench.sources import source_sha256
from dabench.specs import DomainSpec

_PARTS = ("train_x", "train_y", "test_x", "test_y")
_SPARSE = ("data", "indices", "indptr")  # a sparse part is kept as three files, as in `train_x.indices.npy`


def data_dir() -> Path:
    """`DABENCH_DATA_DIR`, or the platform's cache folder."""
    return Path(os.environ.get("DABENCH_DATA_DIR") or platformdirs.user_cache_dir("dabench", appauthor=False))


@dataclass(frozen=True)
class Prepared:
    """A domain that is ready to be opened.

    Attributes:
        name: of the domain.
        folder: with the .npy files.
        sha256: of the decoded content.
        classes: their names.
        shape: of one example.
    """

    name: str
    folder: Path
    sha256: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]

    def open(self) -> DomainArrays:
        """Map the arrays into memory: processes on one machine share one copy."""
        parts = {part: self._part(part) for part in _PARTS}
        return DomainArrays(
            Split(parts["train_x"], parts["train_y"]), Split(parts["test_x"], parts["test_y"]), self.classes
        )

    def _part(self, name: str) -> Any:
        if not (self.folder / f"{name}.indptr.npy").is_file():
            return _mapped(self.folder / f"{name}.npy")
        data, indices, indptr = (_mapped(self.folder / f"{name}.{piece}.npy") for piece in _SPARSE)
        return csr_array((data, indices, indptr), shape=(len(indptr) - 1, *self.shape))


def _mapped(path: Path) -> NDArray[Any]:
    # Mode "c" (copy on write) shares pages like "r", and torch takes it without warning about read-only memory.
    array: NDArray[Any] = np.load(path, mmap_mode="c")
    return array


def prepare(spec: DomainSpec) -> Prepared:
    """Make sure a domain is decoded, and say where.

    Raises:
        DataError: the loader failed or the data folder cannot be written.
    """
    folder = data_dir() / "ready" / f"{spec.name.replace('/', '.')}-v{spec.version}-{source_sha256(spec.target)[:8]}"
    if not (folder / "meta.json").is_file():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{folder}.lock"):
                if not (folder / "meta.json").is_file():
                    _decode(spec, folder)
        except OSError as error:
            raise DataError(
                f"domain {spec.name!r} cannot be prepared in {folder.parent}: {error}. "
                "Free some space or name another folder with DABENCH_DATA_DIR."
            ) from error
    meta = json.loads((folder / "meta.json").read_text())
    return Prepared(spec.name, folder, meta["sha256"], tuple(meta["classes"]), tuple(meta["shape"]))


def _decode(spec: DomainSpec, folder: Path) -> None:
    arrays: DomainArrays = spec.load()()
    if not isinstance(arrays, DomainArrays):
        raise DataError(f"{spec.target} returned {type(arrays).__name__}, not DomainArrays (domain {spec.name!r})")
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        parts = (arrays.train.x, arrays.train.y, arrays.test.x, arrays.test.y)
        for name, part in zip(_PARTS, parts, strict=True):
            for suffix, array in _arrays(part):
                np.save(temporary / f"{name}{suffix}.npy", np.ascontiguousarray(array), allow_pickle=False)
        meta = {"sha256": content_sha256(arrays), "classes": arrays.classes, "shape": arrays.train.x.shape[1:]}
        (temporary / "meta.json").write_text(json.dumps(meta))
        if folder.exists():  # without meta.json: an incomplete folder that somebody made by hand
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def content_sha256(arrays: DomainArrays) -> str:
    """A hash of what a domain decodes to: types, shapes, values and the names of the classes."""
    digest = hashlib.sha256("\n".join(arrays.classes).encode())
    for part in (arrays.train.x, arrays.train.y, arrays.test.x, arrays.test.y):
        digest.update(f"{part.dtype.str}{part.shape}".encode())
        for _, array in _arrays(part):
            digest.update(np.ascontiguousarray(array).data)  # in place: these arrays may be large
    return digest.hexdigest()


def _arrays(part: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """The plain arrays that a part consists of, each with what its file's name adds to the part's."""
    if issparse(part):
        yield from ((f".{piece}", getattr(part, piece)) for piece in _SPARSE)
    else:
        yield "", part
