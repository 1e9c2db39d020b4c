"""Limits on unpacking: far more than any data set of its size holds, and no disk full of zeros."""

from __future__ import annotations

from io import RawIOBase
from pathlib import Path
from typing import IO

from dabench.errors import DataError

MOST_BYTES = 8 << 30  # unpacked, whatever the packed size
PLENTY = 256 << 20  # unpacked, that any file may hold
RATIO = 200  # of unpacked to packed; text is packed to a tenth, pictures hardly


class TooMuchError(DataError):
    """A packed file holds more than it can sensibly do."""


def most_of(path: Path) -> int:
    """Bytes that may come out of a packed file."""
    return min(MOST_BYTES, max(PLENTY, RATIO * path.stat().st_size))


class Limited(RawIOBase):
    """A readable file of which no more than so many bytes can be read, in whatever portions."""

    def __init__(self, file: IO[bytes], most: int, name: str) -> None:
        """Read from `file`.

        Args:
            file: what is read from.
            most: bytes.
            name: for the message.
        """
        super().__init__()
        self._file, self._left, self._most, self._name = file, most, most, name

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so many bytes, or all.

        Raises:
            TooMuchError: there are more than may be read.
        """
        wanted = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        content = self._file.read(wanted)
        self._left -= len(content)
        if self._left < 0:
            raise TooMuchError(
                f"{self._name} holds more than {self._most:,} bytes, far more than its size promises: it is refused"
            )
        return content
