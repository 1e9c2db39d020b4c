"""Files that appear whole or not at all, leftovers of processes that were killed, and seals that tell damage.

Temporary files and folders name the machine and the process that made them: `.NAME.MACHINE-PROCESS.tmp`. The next
command deletes those of processes that are gone.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import os
import re
import shutil
import socket
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

SEAL = b"\ncrc32 "
SEAL_BYTES = len(SEAL) + 8
FOREIGN_S = 7 * 24 * 3600  # how old files of other machines must be, whose processes cannot be asked for
_TEMPORARY = re.compile(r"(\.|dabench-).*?([0-9a-f]{8})-(\d+)(-\w+)?(\.tmp)?")
_SYNCHRONIZE = 0x00100000  # <winnt.h>
_MACHINE = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def temporary_name(path: Path) -> Path:
    """A name beside `path` for a file that is going to replace it."""
    return path.with_name(f".{path.name}.{_MACHINE}-{os.getpid()}.tmp")


def temporary_file(folder: Path) -> Path:
    """A new empty file in a folder, for content that does not last; each call makes another one."""
    handle, name = tempfile.mkstemp(".tmp", f".part.{_MACHINE}-{os.getpid()}-", folder)
    os.close(handle)
    return Path(name)


class DamagedFileError(OSError):
    """A file that is not what was written."""


def seal(path: Path) -> None:
    """Add the CRC-32 of its content at the end of a file. Readers of `.npy` files do not look there.

    It tells damage by disks, memory and broken copies, in a third of the time of a cryptographic hash.
    """
    with path.open("r+b") as file:
        checksum = _checksum(file, path.stat().st_size)
        file.seek(0, os.SEEK_END)
        file.write(SEAL + checksum)


def sealed(content: bytes) -> bytes:
    """A content with its seal at the end, as `seal` adds it to a file."""
    return content + SEAL + _digits(zlib.crc32(content))


def read_sealed(path: Path) -> bytes:
    """The content of a sealed file, without its seal.

    Raises:
        DamagedFileError: it has no seal, or another content than when it was sealed.
        OSError: it cannot be read.
    """
    whole = path.read_bytes()
    content = whole[: max(0, len(whole) - SEAL_BYTES)]
    if whole[len(content) :] != SEAL + _digits(zlib.crc32(content)):
        raise DamagedFileError(f"{path} is damaged: it is not what was written")
    return content


def check_sealed(path: Path) -> None:
    """Read a sealed file, which may be large. One that this process has found whole, and that is as it was, is not.

    Raises:
        DamagedFileError: it has no seal, or another content than when it was sealed.
        OSError: it cannot be read.
    """
    status = path.stat()
    if not _check_once(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns):
        raise DamagedFileError(f"{path} is damaged: it is not what was written")


@lru_cache(maxsize=4096)
def _check_once(path: Path, size: int, *times: int) -> bool:
    with path.open("rb") as file:
        checksum = _checksum(file, size - SEAL_BYTES)
        return file.read() == SEAL + checksum


def _checksum(file: io.BufferedIOBase, size: int) -> bytes:
    """The checksum of the next bytes of a file, `size` of them or all that there are, as a seal has it."""
    value, part = 0, memoryview(bytearray(2**18))
    while size > 0 and (count := file.readinto(part[: min(size, len(part))])):
        value = zlib.crc32(part[:count], value)
        size -= count
    return _digits(value)


def _digits(checksum: int) -> bytes:
    return b"%08x" % checksum


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """Give a name to write to in the folder of `path`; when the block ends well, the file takes its place.

    An error or an interrupt within the block leaves `path` as it was and nothing beside it.

    Args:
        path: to be replaced.
        lasting: it survives a power cut right after; else it may be found cut off, which its seal must tell.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(path)
    try:
        yield temporary
        if lasting:
            with temporary.open("r+b") as file:  # Windows wants it writable
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def staging(path: Path) -> Iterator[Path]:
    """A new folder beside `path`, to be filled and renamed; it is gone after the block, unless it was renamed."""
    temporary = temporary_name(path)
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder among the temporary files of the system, gone after the block; those of killed processes go first."""
    sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"dabench-{_MACHINE}-{os.getpid()}-") as folder:
        yield Path(folder)


def sweep(folder: Path, *, deep: bool = False) -> list[Path]:
    """Delete temporary files and folders of processes that are gone; undeletable ones stay.

    Args:
        folder: need not exist.
        deep: also in the folders below it.

    Returns:
        What was deleted.
    """
    gone = []
    for at, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(at) / name
            if not _is_left(path):
                continue
            with suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
                gone.append(path)
        if not deep:
            break
    return gone


def _is_left(path: Path) -> bool:
    """Whether a file is temporary, and the process that made it is gone."""
    found = _TEMPORARY.fullmatch(path.name)
    if not found or not is_temporary(path):
        return False
    if found[2] == _MACHINE:
        return not is_alive(int(found[3]))
    try:
        return time.time() - path.lstat().st_mtime > FOREIGN_S
    except OSError:
        return False  # it is gone already


def is_temporary(path: Path) -> bool:
    """Whether the name of a file or folder is one that dabench gives to what does not last."""
    ends = path.name.endswith(".tmp") or path.name.startswith("dabench-")
    return ends and _TEMPORARY.fullmatch(path.name) is not None


def is_alive(process: int) -> bool:
    """Whether there is a process of this number on this machine."""
    if sys.platform == "win32":  # where the signal 0 is Ctrl-C
        handle = ctypes.windll.kernel32.OpenProcess(_SYNCHRONIZE, False, process)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's; no process has so large a number
        return process < 2**31
    return True
