"""One file from one mirror: resumed after a cut, tried again after a passing fault, never taken for whole too early.

What has come so far lies in `<name>.part`, and beside it, in `<name>.part.json`, which file of which server it is: it
is only continued if the server still has that one (`If-Range`).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from time import sleep
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from dabench.errors import DataError
from dabench.files import replacing

CHUNK = 1 << 16
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # HTTP states that may be gone the next time


class MirrorError(DataError):
    """A mirror that does not give the file; another one may."""


class _PassingError(Exception):
    """The same mirror may give it the next time."""


class _StaleError(_PassingError):
    """What has come so far cannot be continued."""


class Show(Protocol):
    """Who is told how it goes."""

    def begin(self, name: str, done: int, total: int | None) -> None:
        """A transfer begins, with so many bytes of it there already; `total` is None if the server does not say."""

    def advance(self, count: int) -> None:
        """So many more bytes have come."""

    def say(self, text: str) -> None:
        """Something happened that a person may want to know."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for what.

    Attributes:
        timeout_s: without a byte, when connecting and at any time later.
        attempts: in a row that bring nothing new.
        pause_s: before the second attempt; twice as long before each further one.
    """

    timeout_s: float = 30.0
    attempts: int = 4
    pause_s: float = 1.0


@dataclass(frozen=True)
class _Partial:
    """What a part file is a part of.

    Attributes:
        url: where it comes from.
        validator: the server's name for this state of the file (its ETag, or when it was changed); empty if none.
        total: bytes of the whole file; None if the server does not say.
    """

    url: str
    validator: str
    total: int | None


class Resuming:
    """A downloader for pooch that continues what an earlier one began.

    Attributes:
        resumed: whether the file was put together from several transfers.
    """

    def __init__(self, part: Path, show: Show, patience: Patience) -> None:
        """Keep what has come so far in `part`."""
        self._part, self._show, self._patience = part, show, patience
        self.resumed = False

    def __call__(self, url: str, output_file: str, _: Any) -> None:
        """Get a file.

        Raises:
            MirrorError: this mirror does not give it.
            OSError: it cannot be written; what has come so far is kept.
        """
        best = fruitless = 0
        while True:
            try:
                self._transfer(url)
                break
            except _PassingError as error:
                if isinstance(error, _StaleError):
                    self._part.unlink(missing_ok=True)
                size = _size(self._part)
                fruitless = 0 if size > best else fruitless + 1
                best = max(best, size)
                if fruitless >= self._patience.attempts:
                    raise MirrorError(_tried(error, self._patience.attempts)) from error
                pause = self._patience.pause_s * 2 ** max(fruitless - 1, 0)
                self._show.say(f"{url}: {error}; trying again")
                sleep(pause)
        self._part.replace(output_file)
        _note(self._part).unlink(missing_ok=True)

    def _transfer(self, url: str) -> None:
        """One request.

        Raises:
            _PassingError: it may go better the next time.
            MirrorError: it will not.
        """
        before = self._continued(url)
        done = _size(self._part) if before else 0
        headers = {"User-Agent": "dabench", "Accept-Encoding": "identity"}
        if before:
            headers |= {"Range": f"bytes={done}-", "If-Range": before.validator}
        with _answer(url, headers, self._patience.timeout_s) as response:
            now = _described(url, response)
            if response.status == HTTPStatus.PARTIAL_CONTENT:
                if now != before or _first_byte(response) != done:
                    raise _StaleError("the server continues another file than the one that was begun")
                self.resumed = True
            else:
                done = 0
                self._part.unlink(missing_ok=True)
                with replacing(_note(self._part)) as path:
                    path.write_text(json.dumps(asdict(now)), encoding="utf-8")
            missing = (now.total or 0) - done
            if missing > (free := shutil.disk_usage(self._part.parent).free):
                raise OSError(errno.ENOSPC, f"it needs {missing:,} bytes, and {free:,} are free")
            self._show.begin(self._part.stem, done, now.total)
            with self._part.open("ab") as file:
                while chunk := _read(response):
                    file.write(chunk)
                    self._show.advance(len(chunk))
                file.flush()
                os.fsync(file.fileno())
        if now.total is not None and _size(self._part) != now.total:
            raise _PassingError(f"the connection ended after {_size(self._part):,} of {now.total:,} bytes")

    def _continued(self, url: str) -> _Partial | None:
        """What is there of this file of this server, if it can be continued."""
        try:
            found = _Partial(**json.loads(_note(self._part).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # nothing was begun, or nobody knows what
            return None
        size = _size(self._part)
        more = size > 0 and (found.total is None or size < found.total)
        return found if more and found.url == url and found.validator else None


def answers(url: str, patience: Patience) -> None:
    """Ask a mirror for a file without downloading it.

    Raises:
        MirrorError: it does not give it.
    """
    for attempt in range(1, patience.attempts + 1):
        try:
            with _answer(url, {"User-Agent": "dabench", "Range": "bytes=0-0"}, patience.timeout_s) as response:
                _read(response)
            return
        except _PassingError as error:
            if attempt == patience.attempts:
                raise MirrorError(_tried(error, attempt)) from error
            sleep(patience.pause_s * 2 ** (attempt - 1))


def _answer(url: str, headers: dict[str, str], timeout_s: float) -> HTTPResponse:
    """The server's answer, its content not read yet."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise MirrorError("only http and https links are followed")
    try:
        response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=timeout_s)  # noqa: S310 - see above
    except HTTPError as error:
        error.close()
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise _StaleError("the server has less of the file than has come already") from error
        if error.code in _PASSING:
            raise _PassingError(f"the server says {error.code} {error.reason}") from error
        if error.code // 100 == 3:  # urllib follows redirects, and gives up
            raise MirrorError(f"the server redirects in circles, at last to {error.url}") from error
        raise MirrorError(f"the server says {error.code} {error.reason}") from error
    except URLError as error:
        raise _PassingError(_fault(error.reason)) from error
    except (OSError, HTTPException) as error:
        raise _PassingError(_fault(error)) from error
    if response.headers.get_content_type() == "text/html":
        response.close()
        raise MirrorError("the server answers with a web page instead of the file")
    return response


def _read(response: HTTPResponse) -> bytes:
    try:
        return response.read1(CHUNK)
    except (OSError, HTTPException) as error:
        raise _PassingError(_fault(error)) from error


def _fault(reason: object) -> str:
    """What went wrong between here and the server."""
    if isinstance(reason, TimeoutError):
        return "nothing came for too long"
    plain = reason.strerror if isinstance(reason, OSError) else None
    return f"the connection failed: {plain or reason or type(reason).__name__}"


def _tried(error: _PassingError, attempts: int) -> str:
    return f"{error} ({attempts} attempts)" if attempts > 1 else str(error)


def _described(url: str, response: HTTPResponse) -> _Partial:
    tag = response.headers["ETag"] or ""
    validator = tag if tag and not tag.startswith("W/") else response.headers["Last-Modified"] or ""
    if response.status == HTTPStatus.PARTIAL_CONTENT:
        total = (response.headers["Content-Range"] or "").rpartition("/")[2]
    else:
        total = response.headers["Content-Length"] or ""
    return _Partial(url, validator, int(total) if total.isdecimal() else None)


def _first_byte(response: HTTPResponse) -> int | None:
    """Where the part that the server sends begins."""
    first = (response.headers["Content-Range"] or "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() else None


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
