"""Archives, unpacked so that nothing can land where it should not.

Nothing is extracted by name: of the members only regular files that a download is known to hold are copied, to paths
that are made here. An archive with a member that would leave the folder, by `..`, by an absolute name or by a link, is
refused as a whole, whether that member is wanted or not.
"""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path, PurePosixPath, PureWindowsPath
from shutil import copyfileobj
from typing import IO

from dabench.errors import DataError
from dabench.specs.download import Target

MAX_BYTES = 8 << 30
"""Of all members together, unpacked."""

MAX_MEMBERS = 500_000

Member = tuple[str, int, IO[bytes]]
"""Name, size, and the content to be read."""


class UnsafeArchiveError(DataError):
    """An archive that was made to write elsewhere, or is too large."""


def unpack(archive: Path, targets: Sequence[Target], into: Path) -> set[Target]:
    """Copy the files of targets out of an archive, each to the target's path below a folder.

    Args:
        archive: a .zip file, or a .tar file packed or not.
        targets: what is wanted; all else is left.
        into: an empty folder.

    Returns:
        The targets of which there were files.

    Raises:
        UnsafeArchiveError: see above.
        DataError: it is no archive, or damaged.
    """
    found: set[Target] = set()
    total = 0
    with _opened(archive) as members:
        for number, (name, size, content) in enumerate(members, 1):
            total += size
            if total > MAX_BYTES or number > MAX_MEMBERS:
                raise UnsafeArchiveError(f"{archive.name} holds more than {MAX_BYTES:,} bytes or {MAX_MEMBERS:,} files")
            for target, path in _wanted(name, targets):
                place = into / path
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("wb") as file:
                    copyfileobj(content, file, 1 << 20)
                found.add(target)
    return found


def _wanted(name: str, targets: Sequence[Target]) -> Iterator[tuple[Target, str]]:
    """The target that a member belongs to, with its path below the data folder."""
    member = PurePosixPath(name)
    for target in targets:
        if member.match(target.tail):
            depth = len(PurePosixPath(target.files).parts)
            yield target, "/".join((target.path, *member.parts[len(member.parts) - depth :]))
            return


@contextmanager
def _opened(archive: Path) -> Iterator[Iterator[Member]]:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped:
                yield _zip_members(zipped)
        else:
            with tarfile.open(archive) as tarred:
                yield _tar_members(tarred)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, LZMAError, NotImplementedError) as error:
        raise DataError(f"{archive.name} is no archive, or cut off or damaged: {error}") from error
    except OSError as error:
        if error.errno is None:  # not of the disk: gzip and bz2 raise it for damaged content
            raise DataError(f"{archive.name} is cut off or damaged: {error}") from error
        raise


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        _check_name(info.filename)
        mode = info.external_attr >> 16
        if stat.S_ISLNK(mode):
            _check_link(info.filename, archive.read(info).decode("utf-8", "replace"))
        elif info.flag_bits & 1:
            raise DataError(f"{info.filename!r} is encrypted")
        elif not info.is_dir():
            with archive.open(info) as content:
                yield info.filename, info.file_size, content


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member]:
    for info in archive:
        _check_name(info.name)
        if info.issym():
            _check_link(info.name, info.linkname)
        elif info.islnk():
            _check_name(info.linkname)
        elif info.isfile():
            tarfile.data_filter(info, ".")  # the standard library's own checks besides
            content = archive.extractfile(info)
            assert content is not None, "a regular file"
            yield info.name, info.size, content


def _check_name(name: str) -> None:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts:
        raise UnsafeArchiveError(f"a member is called {name!r}, which lies outside the folder to unpack into")


def _check_link(name: str, to: str) -> None:
    """A link may point to what is beside or below it, or up to the archive's own root."""
    place = [*PurePosixPath(name).parent.parts]
    outside = PurePosixPath(to).is_absolute() or bool(PureWindowsPath(to).drive)
    for part in PurePosixPath(to).parts:
        outside = outside or (part == ".." and not place)
        place = place[:-1] if part == ".." else [*place, part]
    if outside:
        raise UnsafeArchiveError(f"the member {name!r} is a link to {to!r}, outside the folder to unpack into")
