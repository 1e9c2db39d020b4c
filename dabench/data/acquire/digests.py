"""Digests of files and folders, as `dabench.specs.download` defines them."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from dabench.data.limits import Limited, most_of
from dabench.errors import DataError

CHUNK = 1 << 20
_MAGIC = {".gz": b"\x1f\x8b", ".bz2": b"BZh"}


def packed_as(path: Path) -> str:
    """`.gz` or `.bz2`, by the first bytes of a file; empty for all others."""
    with path.open("rb") as file:
        start = file.read(3)
    return next((suffix for suffix, magic in _MAGIC.items() if start.startswith(magic)), "")


def opened(path: Path, packing: str, mode: str = "rb") -> IO[bytes]:
    """Open a file that is packed as `.gz`, `.bz2` or not at all, to read or write its unpacked content."""
    if packing == ".gz":
        return cast("IO[bytes]", gzip.open(path, mode))
    if packing == ".bz2":
        return cast("IO[bytes]", bz2.open(path, mode))
    return cast("IO[bytes]", path.open(mode))


def chunks(path: Path, packing: str) -> Iterator[bytes]:
    """The content of a file, unpacked.

    Raises:
        DataError: it is cut off or damaged, or far more comes out of it than its size promises.
    """
    with opened(path, packing) as unpacked:
        file = Limited(unpacked, most_of(path), path.name) if packing else unpacked
        while True:
            try:
                chunk = file.read(CHUNK)
            except (OSError, EOFError, zlib.error) as error:
                raise DataError(f"{path.name} is cut off or damaged: {error}") from error
            if not chunk:
                return
            yield chunk


def file_digests(path: Path) -> frozenset[str]:
    """Both digests of a file as it is, and of its unpacked content.

    Raises:
        DataError: it is cut off or damaged.
    """
    found: set[str] = set()
    for packing in {"", packed_as(path)}:
        sums = {name: hashlib.new(name, usedforsecurity=False) for name in ("sha256", "md5")}
        for chunk in chunks(path, packing):
            for digest in sums.values():
                digest.update(chunk)
        found |= {f"{name}:{digest.hexdigest()}" for name, digest in sums.items()}
    return frozenset(found)


def content_sha256(path: Path) -> str:
    """The sha256 of a file's unpacked content, in hex."""
    digest = hashlib.sha256()
    for chunk in chunks(path, packed_as(path)):
        digest.update(chunk)
    return digest.hexdigest()


def folder_digest(folder: Path, pattern: str) -> str:
    """The digest of the files of a folder that match a glob pattern."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_file())
    lines = "".join(f"{content_sha256(folder / name)} {name}\n" for name in names)
    return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"
