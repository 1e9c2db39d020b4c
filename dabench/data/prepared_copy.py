"""The place of a domain's prepared copy, and the notes beside it. Imports nothing heavy.

A copy lies in `DIR/ready/<name>-v<version>-<code>-<files>/`; its labels lie apart, in `DIR/labels/` in a folder of the
same name, since a run opens the examples of its target and not their labels. Both hashes stand for what decides the
bytes:

- `code`: the syntax of the loader's sources, as far as they decide what it decodes (see `BESIDE_THE_BYTES`), and the
  layout of the copy. Nothing of the store, of planning or of training is in it, so work on those decodes nothing anew.
- `files`: names, sizes and times of the publisher's files that the domain's spec names, and the arguments that its
  loader is called with. Whoever replaces a subset by
  the whole set, or a damaged file by a good one, gets another copy.

So a stale copy is never read, and none is replaced under a process that has it open. A copy outlives its files: they
may be deleted once they are decoded.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dabench.data.folder import data_dir, find
from dabench.files import DamagedFileError, check_sealed, read_sealed, seal
from dabench.hashing.sources import source_sha256
from dabench.specs.spec import DomainSpec

LAYOUT = 5
"""Of the files in a copy's folder; raise it when they change."""

META = "meta.json"
"""The last file of a copy to be written: without it a copy is not whole."""

LABELS = "labels"
"""The folder in the data folder that holds the labels of all copies, and nothing else."""

# Modules that loaders import and that do not decide what they decode, as patterns: wording of errors, limits of what is
# read, scratch folders, spreading work over processes (the same bytes whatever their number), and the descriptors
# beside the loaders. So a new link decodes nothing anew; which files there are is in the hash of the files.
BESIDE_THE_BYTES = (
    "dabench.errors",
    "dabench.files",
    "dabench.data.limits",
    "dabench.parallel.child",
    "dabench.parallel.pool",
    "dabench.domains.*_spec",
)


@dataclass(frozen=True)
class Meta:
    """The notes beside a prepared copy.

    Attributes:
        sha256: of the decoded content, as the domain's loader returned it.
        classes: their names.
        shape: of one example.
        counts: examples of each class, by split.
        left_out: what the loader left out; see `DomainArrays`.
        notes: what else it had to say.
        files: names of the other files of the copy, those of the labels included.
        aux: hashes of the second labels of train, by name.
    """

    sha256: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]
    counts: Mapping[str, tuple[int, ...]]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    aux: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Meta:
        """Read the notes beside a copy.

        Raises:
            OSError: it cannot be read.
            ValueError: it is damaged.
        """
        content: Any = json.loads(read_sealed(folder / META))
        try:
            counts = {split: tuple(numbers) for split, numbers in content["counts"].items()}
            left_out, notes = tuple(content.get("left_out", ())), tuple(content.get("notes", ()))
            classes, shape, files = (tuple(content[name]) for name in ("classes", "shape", "files"))
            return cls(content["sha256"], classes, shape, counts, left_out, notes, files, dict(content.get("aux", {})))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{folder / META} is damaged: {type(error).__name__}: {error}") from error

    def write(self, folder: Path) -> None:
        """Say that a copy is whole."""
        (folder / META).write_text(json.dumps(vars(self)), encoding="utf-8")
        seal(folder / META)


def files_of(spec: DomainSpec) -> dict[str, list[Path]]:
    """The files that there are of a domain, by the pattern of its spec; none for a pattern whose files are missing."""
    if not spec.root:
        return {pattern: find(pattern) for pattern in spec.files}
    # Hidden files, such as those that a file manager keeps, are no data.
    return {
        pattern: sorted(
            path for path in Path(spec.root).glob(pattern) if not path.name.startswith(".") and path.is_file()
        )
        for pattern in spec.files
    }


def code_hash(spec: DomainSpec) -> str:
    """The hash of the code that decides the decoded content of a domain; the same for all domains of one module."""
    sources = source_sha256(spec.entry_point, without=BESIDE_THE_BYTES)
    return hashlib.sha256(f"{LAYOUT} {sources}".encode()).hexdigest()[:8]


def copy_folder(spec: DomainSpec, files: Mapping[str, Sequence[Path]], code: str) -> Path:
    """The folder of a domain's prepared copy, whether it exists or not.

    Args:
        spec: of the domain.
        files: as `files_of` finds them.
        code: as `code_hash` gives it.

    Returns:
        The folder for these files. Where some are missing: the youngest copy that there is, whatever its files were.
    """
    stem = f"{spec.name.replace('/', '.')}-v{spec.version}-{code}"
    folder = data_dir() / "ready" / f"{stem}-{_files_hash(spec, files)}"
    if all(files.values()):
        return folder
    copies = sorted((data_dir() / "ready").glob(f"{stem}-*/{META}"), key=lambda path: path.stat().st_mtime_ns)
    return copies[-1].parent if copies else folder


def labels_folder(folder: Path) -> Path:
    """The folder of the labels of the copy in a folder."""
    return folder.parent.parent / LABELS / folder.name


def aux_file(name: str) -> str:
    """The file of the second labels of a name, in the folder of the labels."""
    return f"aux_{name}_y.npy"


def is_whole(folder: Path) -> bool:
    """Whether a copy is there and complete."""
    return (folder / META).is_file() and labels_folder(folder).is_dir()


def check_copy(folder: Path) -> None:
    """Read the files of a copy that are not known to be whole.

    Raises:
        DamagedFileError: one of them is damaged, or not there.
        OSError: one cannot be read.
    """
    for name in Meta.read(folder).files:
        path = (labels_folder(folder) if name.endswith("_y.npy") else folder) / name
        if not path.is_file():
            raise DamagedFileError(f"{path} is not there any more")
        check_sealed(path)


def _files_hash(spec: DomainSpec, files: Mapping[str, Sequence[Path]]) -> str:
    digest, root = hashlib.sha256(), Path(spec.root) if spec.root else data_dir()
    if spec.arguments:
        digest.update(json.dumps(spec.arguments, sort_keys=True).encode())
    also = [path for pattern in spec.also for path in sorted(root.glob(pattern)) if path.is_file()]
    for path in [*(path for paths in files.values() for path in paths), *also]:
        stat = path.stat()
        name = os.fsencode(path.relative_to(root).as_posix())  # a name may be bytes that are no text
        digest.update(name + f"\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:8]
