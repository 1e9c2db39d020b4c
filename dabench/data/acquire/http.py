"""Download of one file from one mirror, resumed after a cut, retried after a passing fault, and complete or refused.

`requests` asks, and urllib3's `Retry` asks again where the server is busy or cannot be reached. Downloaded bytes lie in
`<name>.part`, and beside it, in `<name>.part.json`, which file of which server they are of: they are only continued if
the server still has that one (`If-Range`).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from time import sleep
from typing import Any, Protocol, Self

from requests import RequestException, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, TooManyRedirects
from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError

from dabench.errors import DataError
from dabench.files import replacing

CHUNK = 1 << 16
MOST_REDIRECTS = 10
LONGEST_PAUSE_S = 60.0  # also where a server asks for a longer one
_PASSING = (408, 425, 429, 500, 502, 503, 504)  # HTTP states that may be gone the next time


class MirrorError(DataError):
    """A mirror that does not give the file; another one may."""


class _CutError(Exception):
    """A transfer that ended early. The next one may continue it."""


class _StaleError(_CutError):
    """The downloaded bytes cannot be continued."""


class Show(Protocol):
    """A listener that shows how a download goes."""

    def begin(self, name: str, done: int, total: int | None) -> None:
        """A transfer begins, with so many bytes of it there already; `total` is None if the server does not say."""

    def advance(self, count: int) -> None:
        """Count some more bytes."""

    def say(self, text: str) -> None:
        """Show a message."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Limits of waiting.

    Attributes:
        timeout_s: without a byte, when connecting and at any time later.
        attempts: in a row that bring nothing new.
        pause_s: between two attempts in the beginning; twice as long after each further one.
    """

    timeout_s: float = 30.0
    attempts: int = 4
    pause_s: float = 1.0


@dataclass(frozen=True)
class _Partial:
    """The file of which a part file holds a part.

    Attributes:
        url: where it comes from.
        validator: the server's name for this state of the file (its ETag, or when it was changed); empty if none.
        total: bytes of the whole file; None if the server does not say.
    """

    url: str
    validator: str
    total: int | None


# By hand: neither requests nor pooch 1.9 continues a transfer that was cut.
class Resuming:
    """A download that continues an earlier one.

    Attributes:
        resumed: whether the file was put together from several transfers.
    """

    def __init__(self, part: Path, show: Show, patience: Patience) -> None:
        """Keep the downloaded bytes in `part`."""
        self._part, self._show, self._patience = part, show, patience
        self.resumed = False

    def get(self, url: str, file: Path) -> None:
        """Download a file.

        Raises:
            MirrorError: this mirror does not give it.
            OSError: it cannot be written; the downloaded bytes are kept.
        """
        best = fruitless = 0
        with _session(self._patience, lambda fault: self._show.say(f"{url}: {fault}; trying again")) as session:
            while True:
                try:
                    self._transfer(session, url)
                    break
                except _CutError as error:
                    if isinstance(error, _StaleError):
                        self._part.unlink(missing_ok=True)
                    size = _size(self._part)
                    fruitless = 0 if size > best else fruitless + 1
                    best = max(best, size)
                    if fruitless >= self._patience.attempts:
                        raise MirrorError(_tried(str(error), self._patience.attempts)) from error
                    self._show.say(f"{url}: {error}; trying again")
                    sleep(self._patience.pause_s * 2 ** max(fruitless - 1, 0))
        self._part.replace(file)
        _note(self._part).unlink(missing_ok=True)

    def _transfer(self, session: Session, url: str) -> None:
        """One transfer.

        Raises:
            _CutError: it ended early.
            MirrorError: the mirror does not give the file.
        """
        before = self._continued(url)
        done = _size(self._part) if before else 0
        headers = {"Range": f"bytes={done}-", "If-Range": before.validator} if before else {}
        with _answer(session, url, headers, self._patience) as response:
            now = _described(url, response)
            if response.status_code == HTTPStatus.PARTIAL_CONTENT:
                if now != before or _first_byte(response) != done:
                    raise _StaleError("the file on the server has changed since the download began")
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
            raise _CutError(f"the connection ended after {_size(self._part):,} of {now.total:,} bytes")

    def _continued(self, url: str) -> _Partial | None:
        """The part of this file of this server that is there, if it can be continued."""
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
    with _session(patience, lambda fault: None) as session:
        try:
            with _answer(session, url, {"Range": "bytes=0-0"}, patience) as response:
                _read(response)
        except _CutError as error:
            raise MirrorError(str(error)) from error


class _Retries(Retry):
    """urllib3's rule for asking again, which tells whoever waits. It sleeps as long as a server asks, up to a limit."""

    say: Callable[[str], None]

    def new(self, **changes: Any) -> Self:
        more = super().new(**changes)
        more.say = self.say
        return more

    def increment(self, *given: Any, **named: Any) -> Self:
        more = super().increment(*given, **named)
        response, error = named.get("response"), named.get("error")
        self.say(_state(response.status, response.reason) if response else _fault(error))
        return more

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        pause = super().get_retry_after(response)
        return pause if pause is None else min(pause, LONGEST_PAUSE_S)


def _session(patience: Patience, say: Callable[[str], None]) -> Session:
    retries = _Retries(
        total=patience.attempts - 1,
        status_forcelist=_PASSING,
        backoff_factor=patience.pause_s,
        raise_on_status=False,
    )
    retries.say = say
    session = Session()
    session.headers.update({"User-Agent": "dabench", "Accept-Encoding": "identity"})
    session.max_redirects = MOST_REDIRECTS
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retries))
    return session


@contextmanager
def _answer(session: Session, url: str, headers: dict[str, str], patience: Patience) -> Iterator[Response]:
    """The server's answer, its content not read yet.

    Raises:
        _StaleError: the server has less of the file than was downloaded.
        MirrorError: it does not give the file.
    """
    try:
        response = session.get(url, headers=headers, timeout=patience.timeout_s, stream=True)
    except (InvalidSchema, InvalidURL, MissingSchema) as error:
        raise MirrorError("only http and https links are followed") from error
    except TooManyRedirects as error:
        raise MirrorError(f"the server redirects more than {MOST_REDIRECTS} times") from error
    except RequestException as error:
        raise MirrorError(_tried(_fault(error), patience.attempts)) from error
    with response:
        state = _state(response.status_code, response.reason)
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise _StaleError("the server has less of the file than was downloaded")
        if response.status_code in _PASSING:
            raise MirrorError(_tried(state, patience.attempts))
        if not response.ok:
            raise MirrorError(state)
        if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html":
            raise MirrorError("the server answers with a web page instead of the file")
        response.raw.enforce_content_length = False  # `Resuming` compares the length itself, and keeps what it got
        yield response


def _read(response: Response) -> bytes:
    try:
        chunk: bytes = response.raw.read1(CHUNK, decode_content=False)
    except HTTPError as error:
        raise _CutError(_fault(error)) from error
    return chunk


def _state(code: int, reason: str | None) -> str:
    return f"the server says {code} {reason}"


def _fault(error: BaseException | None) -> str:
    """The fault between here and the server, by the first cause that the system names."""
    plain = type(error).__name__
    while error is not None:
        if isinstance(error, TimeoutError):
            return "no data within the timeout"
        if isinstance(error, OSError) and error.strerror:
            plain = error.strerror
        error = error.__cause__ or error.__context__
    return f"the connection failed: {plain}"


def _tried(fault: str, attempts: int) -> str:
    return f"{fault} ({attempts} attempts)" if attempts > 1 else fault


def _described(url: str, response: Response) -> _Partial:
    tag = response.headers.get("ETag", "")
    validator = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        total = response.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        total = response.headers.get("Content-Length", "")
    return _Partial(url, validator, int(total) if total.isdecimal() else None)


def _first_byte(response: Response) -> int | None:
    """The place in the file where the part that the server sends begins."""
    first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() else None


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
