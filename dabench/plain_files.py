"""Reading files that others made: whole plain files of a sane size, never a pipe or a device, which would not end.

Texts are UTF-8, or what an editor or a spreadsheet marks at its beginning as another Unicode.
"""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

MOST_BYTES = 2**31
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class OddFileError(OSError):
    """Something other than a plain file, or a file that is too large; `strerror` names it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(0, reason, str(path))


def oddity(path: Path, *, links: bool = True) -> str:
    """The kind of a path that is no plain file, as a phrase; empty for a plain file.

    Args:
        path: is not opened.
        links: a link to a plain file will do.

    Raises:
        OSError: there is nothing, or it cannot be looked at.
    """
    mode = (path.stat() if links else path.lstat()).st_mode
    kinds = {
        stat.S_ISLNK: "a link",
        stat.S_ISDIR: "a folder",
        stat.S_ISFIFO: "a pipe",
        stat.S_ISSOCK: "a socket",
        stat.S_ISCHR: "a device",
        stat.S_ISBLK: "a device",
    }
    found = next((name for test, name in kinds.items() if test(mode)), "")
    return f"{found}, no plain file" if found else ""


def read_plain(path: Path, *, links: bool = True, most: int = MOST_BYTES) -> bytes:
    """The content of a plain file.

    Args:
        path: of the file.
        links: a link to a plain file will do.
        most: bytes; a larger file is refused before it is read.

    Raises:
        OddFileError: it is something else than a plain file, or larger.
        OSError: it cannot be read.
    """
    odd = oddity(path, links=links)
    if odd:
        raise OddFileError(path, odd)
    # Neither waits for a writer nor follows a link, should something else have taken the file's place meanwhile.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (0 if links else getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OddFileError(path, "no plain file any more")
        if status.st_size > most:
            raise OddFileError(path, f"{status.st_size:,} bytes, and at most {most:,} are read")
        return file.read()


def read_text(path: Path, *, most: int = MOST_BYTES) -> str:
    """The content of a plain file of text.

    Raises:
        OddFileError: it is something else than a plain file, or larger, or no Unicode text.
        OSError: it cannot be read.
    """
    content = read_plain(path, most=most)
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OddFileError(path, f"line {line} is no UTF-8 text: save the file as UTF-8") from error
