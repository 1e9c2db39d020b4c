"""A local HTTP server that misbehaves on request. It understands Range and If-Range, as real mirrors do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class BadServer(ThreadingHTTPServer):
    """Serves `files`, by path.

    Attributes:
        files: content by path.
        asked: path and Range header of every request.
        half_sent: set when a stalling answer has sent its first half.
        go_on: stalling answers wait for it.
        hung_up: set when a client has gone before its answer was sent.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.half_sent, self.go_on, self.hung_up = threading.Event(), threading.Event(), threading.Event()
        self._how: dict[str, list[str]] = {}
        self.tag = '"one"'

    @property
    def url(self) -> str:
        """Of the root, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, path: str, content: bytes, *how: str) -> str:
        """Serve content; answer the first request in the first way, and so on, and the last way ever after."""
        self.files[path] = content
        self._how[path] = list(how or ("well",))
        return f"{self.url}{path}"

    def next_way(self, path: str) -> str:
        """The way to answer the next request for a path."""
        ways = self._how.get(path, ["missing"])
        return ways.pop(0) if len(ways) > 1 else ways[0]


@contextmanager
def serving() -> Iterator[BadServer]:
    """A server that runs in a thread."""
    server = BadServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: BadServer

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.asked.append((self.path, asked))
        content, way = self.server.files.get(self.path, b""), self.server.next_way(self.path)
        heads = {"later": (503, "Retry-After", "7200"), "loop": (302, "Location", self.path)}
        if way in ("missing", "busy"):
            self.send_error(404 if way == "missing" else 500)
        elif way in heads:
            self._send_head(*heads[way])
        elif way == "page":
            self._send(b"<html>gone</html>", kind="text/html")
        elif way == "wrong":
            self._send(content[::-1])
        elif way == "shorter" and asked:
            self.send_error(416)
        elif way == "cut":
            self._send(content, asked, only=0.5)
        elif way == "stalled":
            self._send(content, asked, pause=True)
        elif way == "without_range":
            self._send(content, tag=None)
        elif way == "without_range_cut":
            self._send(content, tag=None, only=0.5)
        else:
            self._send(content, asked)

    def _send_head(self, code: int, header: str, value: str) -> None:
        """Answer without content."""
        self.send_response(code)
        self.send_header(header, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(
        self,
        content: bytes,
        asked: str | None = None,
        *,
        only: float = 1.0,
        pause: bool = False,
        tag: str | None = "",
        kind: str = "application/octet-stream",
    ) -> None:
        """Answer; `only` says which share of what was announced is sent."""
        tag = self.server.tag if tag == "" else tag
        first = int(asked.removeprefix("bytes=").partition("-")[0]) if asked and self.headers["If-Range"] == tag else 0
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) - first))
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        part = content[first:]
        try:
            if pause:
                rest = max(len(content) // 2 - first, 0)
                self.wfile.write(part[:rest])
                self.server.half_sent.set()
                self.server.go_on.wait(60)
                self.wfile.write(part[rest:])
            else:
                self.wfile.write(part[: int(len(part) * only)])
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()  # the test that killed its client may look
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
