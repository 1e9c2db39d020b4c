"""Archives, unpacked so that nothing can land where it should not.

Nothing is extracted by name: of the members only regular files that a download is known to hold are copied, to paths
that are made here. An archive with a member that would leave the folder, by `..`, by an absolute name or by a link, is
refused as a whole, whether that member is wanted or not.
"""

from __future__ import annotations

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path, PurePosixPath, PureWindowsPath
from shutil import copyfile, copyfileobj
from typing import IO

from dabench.data.acquire.digests import opened, packed_as
from dabench.data.limits import Limited, TooMuchError, most_of
from dabench.errors import DataError
from dabench.specs.download import DataFile

MAX_MEMBERS = 400_000
MAX_LINK = 4096
"""Bytes of the path that a link holds."""

_XZ = b"\xfd7zXZ\x00"

Member = tuple[str, int, IO[bytes]]
"""Name, size, and the content to be read."""


class UnsafeArchiveError(DataError):
    """An archive that was made to write elsewhere, or has too many members."""


def unpack(archive: Path, data_files: Sequence[DataFile], into: Path) -> set[DataFile]:
    """Copy the files of data files out of an archive, each to the data file's path below a folder.

    Args:
        archive: a .zip file, or a .tar file packed or not.
        data_files: what is wanted; all else is left.
        into: an empty folder.

    Returns:
        The data files of which there were files.

    Raises:
        UnsafeArchiveError: see above, or there are too many members.
        TooMuchError: far more comes out of it than its size promises.
        DataError: it is no archive, or damaged.
    """
    found: set[DataFile] = set()
    left = most_of(archive)
    with _opened(archive) as members:
        for name, size, content in members:
            left -= size
            if left < 0:
                raise TooMuchError(
                    f"{archive.name} holds more than {most_of(archive):,} bytes, far more than its size promises"
                )
            first: Path | None = None
            for data_file, path in _wanted(name, data_files):
                place = into / path
                place.parent.mkdir(parents=True, exist_ok=True)
                if first is None:
                    with place.open("wb") as file:
                        copyfileobj(content, file, 1 << 20)
                    first = place
                else:
                    copyfile(first, place)
                found.add(data_file)
    return found


def _wanted(name: str, data_files: Sequence[DataFile]) -> Iterator[tuple[DataFile, str]]:
    """The data file that a member belongs to, with its path below the data folder; several that hold the like of it."""
    member = PurePosixPath(name)
    for data_file in data_files:
        if data_file.holds(member):
            depth = len(PurePosixPath(data_file.files).parts)
            yield data_file, "/".join((data_file.path, *member.parts[len(member.parts) - depth :]))
            if not data_file.folders:
                return


@contextmanager
def _opened(archive: Path) -> Iterator[Iterator[Member]]:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped:
                yield _counted(_zip_members(zipped), archive)
        else:
            # As a stream: whatever a header promises, no more is unpacked than may come out of the file.
            with _unpacked(archive) as file, tarfile.open(fileobj=file, mode="r|") as tarred:
                yield _counted(_tar_members(tarred), archive)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, LZMAError, NotImplementedError) as error:
        raise DataError(f"{archive.name} is no archive, or cut off or damaged: {error}") from error
    except OSError as error:
        if error.errno is None:  # not of the disk: gzip and bz2 raise it for damaged content
            raise DataError(f"{archive.name} is cut off or damaged: {error}") from error
        raise


@contextmanager
def _unpacked(archive: Path) -> Iterator[Limited]:
    """The content of a .tar file, packed or not."""
    packing = packed_as(archive)
    with archive.open("rb") as raw:
        xz = raw.read(len(_XZ)) == _XZ
    with lzma.open(archive) if xz else opened(archive, packing) as file:
        yield Limited(file, most_of(archive), archive.name)


def _counted(members: Iterator[Member | None], archive: Path) -> Iterator[Member]:
    """The files among members of any kind, of which there must not be too many."""
    for number, member in enumerate(members, 1):
        if number > MAX_MEMBERS:
            raise UnsafeArchiveError(f"{archive.name} holds more than {MAX_MEMBERS:,} members")
        if member is not None:
            yield member


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member | None]:
    for info in archive.infolist():
        _check_name(info.filename)
        mode = info.external_attr >> 16
        if stat.S_ISLNK(mode):
            if info.file_size > MAX_LINK:
                raise UnsafeArchiveError(f"the member {info.filename!r} is a link of {info.file_size:,} bytes")
            _check_link(info.filename, archive.read(info).decode("utf-8", "replace"))
            yield None
        elif info.flag_bits & 1:
            raise DataError(f"{info.filename!r} is encrypted")
        elif not info.is_dir():
            with archive.open(info) as content:
                yield info.filename, info.file_size, content
        else:
            yield None


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member | None]:
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
            continue
        yield None


def _check_name(name: str) -> None:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts:
        raise UnsafeArchiveError(f"a member is called {name!r}, which lies outside the folder to unpack into")


def _check_link(name: str, to: str) -> None:
    """Refuse a link unless it points to something beside or below it, or up to the archive's own root."""
    place = [*PurePosixPath(name).parent.parts]
    outside = PurePosixPath(to).is_absolute() or bool(PureWindowsPath(to).drive)
    for part in PurePosixPath(to).parts:
        outside = outside or (part == ".." and not place)
        place = place[:-1] if part == ".." else [*place, part]
    if outside:
        raise UnsafeArchiveError(f"the member {name!r} is a link to {to!r}, outside the folder to unpack into")
