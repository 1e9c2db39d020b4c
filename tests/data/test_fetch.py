"""`dabench data fetch` against a server that misbehaves: `docs/data.md` lists these faults by test."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dabench.cli.main import main
from tests.bad_server import BadServer, serving

CATS = b"0 1 1 " * 60_000  # larger than a few of the chunks that are read and written
SHA256 = hashlib.sha256(CATS).hexdigest()

HOOKS = """
from dabench import DomainSpec, hookimpl
from dabench.downloads import Download, Target

@hookimpl
def dabench_domains():
    targets = ({targets})
    yield DomainSpec(
        name="cats", target="cats_data:load", summary="cats", files=("pets/cats.txt",),
        homepage="https://example.org/pets",
        downloads=(Download(name={name!r}, urls={urls!r}, targets=targets, homepage="https://example.org/pets"),),
    )
"""
DATA = """
import numpy as np
from dabench import DomainArrays, Split
from dabench.data.folder import data_dir

def load():
    y = np.array((data_dir() / "pets/cats.txt").read_text().split(), dtype=np.int64)
    split = Split(np.zeros((len(y), 1), np.float32), y)
    return DomainArrays(split, split, ("a", "b"))
"""

Fetch = Callable[..., tuple[int, str]]


@pytest.fixture
def server() -> Iterator[BadServer]:
    with serving() as running:
        yield running


@pytest.fixture
def cats(data: Path) -> Path:
    """Where the file of the domain belongs."""
    return data / "pets" / "cats.txt"


@pytest.fixture
def publish(site, cats: Path) -> Callable[..., None]:
    """Install the domain `cats`, whose file is to be had from these links."""

    def install(*urls: str, name: str = "cats.txt", known: bool = True) -> None:
        digests = (f"sha256:{SHA256}",) if known else ()
        targets = f"Target(path='pets/cats.txt', measured={digests!r}),"
        site.install(
            "cats", {"cats": "cats_hooks"}, cats_hooks=HOOKS.format(targets=targets, name=name, urls=urls),
            cats_data=DATA,
        )  # fmt: skip

    return install


@pytest.fixture
def fetch(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Fetch:
    """Run `dabench data fetch cats` in this process; returns its exit code and what it wrote to stderr."""

    monkeypatch.setattr("dabench.data.download.sleep", lambda _: None)  # between two attempts

    def call(*arguments: str, attempts: int = 1) -> tuple[int, str]:
        with pytest.raises(SystemExit) as caught:
            main(["data", "fetch", "cats", "--timeout", "30", "--attempts", str(attempts), *arguments])
        return caught.value.code, capsys.readouterr().err

    return call


@pytest.fixture
def fails(fetch: Fetch, cats: Path) -> Callable[..., str]:
    """Fetch, and be sure that it failed as it should: nothing there, and the error names file, mirror and remedy."""

    def call(url: str, *arguments: str, attempts: int = 1) -> str:
        code, err = fetch(*arguments, attempts=attempts)
        assert code == 1
        assert not cats.exists()
        error = err[err.index("Error: ") :]
        assert "cats" in error, "the file"
        assert url in error, "the mirror"
        assert "dabench data import FOLDER" in error or "DABENCH_DATA_DIR" in error, "the remedy"
        return error

    return call


def _works(fetch: Fetch, cats: Path, *, attempts: int = 1) -> str:
    code, err = fetch(attempts=attempts)
    assert (code, cats.read_bytes() == CATS) == (0, True)
    left = [path for path in (cats.parents[1] / "downloads").iterdir() if path.suffix != ".lock"]
    assert left == [], "nothing stays behind"
    return err


def test_a_file_is_fetched_checked_and_decoded(server, publish, fetch, cats: Path, capsys) -> None:
    url = server.add("/cats.txt", CATS)
    publish(url)
    assert _works(fetch, cats) == f"cats.txt, 360.0 kB\ncats.txt: fetched from {url}\n"
    with pytest.raises(SystemExit):
        main(["data", "list", "cats", "--json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["state"], row["counts"]["train"]) == ("ready", [60_000, 120_000])
    assert fetch()[0] == 0
    assert len(server.asked) == 1, "what is there is not fetched again"
    assert fetch("--fresh")[0] == 0
    assert not list(cats.parents[1].glob("downloads/replaced-*")), "what is the same stays"
    cats.write_bytes(b"0 1")
    assert fetch("--fresh")[0] == 0
    assert cats.read_bytes() == CATS
    assert [path.read_bytes() for path in cats.parents[1].glob("downloads/replaced-*/pets/cats.txt")] == [b"0 1"]


def test_a_dead_link_404(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "missing")
    publish(url)
    assert f"{url}: the server says 404 Not Found" in fails(url, attempts=4)
    assert len(server.asked) == 1, "asking again would not help"


def test_the_next_mirror_is_tried(server, publish, fetch, cats: Path) -> None:
    publish(server.add("/dead.txt", b"", "missing"), server.add("/cats.txt", CATS))
    assert "404 Not Found; trying the next mirror" in _works(fetch, cats)


def test_every_mirror_that_failed_is_named(server, publish, fails) -> None:
    first, second = server.add("/one.txt", b"", "missing"), server.add("/two.txt", CATS, "wrong")
    publish(first, second)
    error = fails(first)
    assert f"{second}: other content than published: sha256" in error


def test_500_and_then_fine(server, publish, fetch, cats: Path) -> None:
    publish(server.add("/cats.txt", CATS, "busy", "well"))
    assert "500 Internal Server Error; trying again" in _works(fetch, cats, attempts=2)


def test_500_for_ever(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "busy")
    publish(url)
    assert "500 Internal Server Error (2 attempts)" in fails(url, attempts=2)


def test_a_truncated_body(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "without_range_cut")
    publish(url)
    assert f"the connection ended after {len(CATS) // 2:,} of {len(CATS):,} bytes" in fails(url)


def test_wrong_bytes_of_the_right_length(server, publish, fails, fetch, cats: Path) -> None:
    url = server.add("/cats.txt", CATS, "wrong", "well")
    publish(url)
    assert "other content than published: sha256" in fails(url)
    _works(fetch, cats)
    assert server.asked[-1] == ("/cats.txt", None), "nothing wrong is continued"


def test_a_web_page_instead_of_the_file(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "page")
    publish(url, known=False)
    assert "a web page instead of the file" in fails(url)


def test_a_stalled_connection(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "stalled")
    publish(url)
    begun = time.monotonic()
    assert "nothing came for too long" in fails(url, "--timeout", "0.3")
    assert time.monotonic() - begun < 20


def test_a_redirect_loop(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "loop")
    publish(url)
    assert "redirects in circles" in fails(url, attempts=4)


def test_nobody_listens(publish, fails) -> None:
    url = "http://127.0.0.1:9/cats.txt"
    publish(url)
    assert "the connection failed" in fails(url)


def test_a_link_to_a_local_file_is_not_followed(publish, fails, tmp_path: Path) -> None:
    (tmp_path / "cats.txt").write_bytes(CATS)
    url = f"file://{tmp_path}/cats.txt"
    publish(url)
    assert "only http and https" in fails(url)


def test_cut_at_half_and_resumed_by_range(server, publish, fetch, cats: Path) -> None:
    publish(server.add("/cats.txt", CATS, "cut", "cut", "well"))
    _works(fetch, cats, attempts=2)
    half = len(CATS) // 2
    assert server.asked == [
        ("/cats.txt", None), ("/cats.txt", f"bytes={half}-"), ("/cats.txt", f"bytes={half + half // 2}-"),
    ]  # fmt: skip


def test_cut_at_half_and_resumed_by_the_next_command(server, publish, fails, fetch, cats: Path) -> None:
    url = server.add("/cats.txt", CATS, "cut", "missing", "well")
    publish(url)
    fails(url)
    _works(fetch, cats)
    assert server.asked[-1] == ("/cats.txt", f"bytes={len(CATS) // 2}-")


def test_a_file_that_changed_between_two_parts_is_fetched_whole(server, publish, fails, fetch, cats: Path) -> None:
    url = server.add("/cats.txt", b"x" * len(CATS), "cut", "missing")
    publish(url)
    fails(url)
    server.add("/cats.txt", CATS)
    server.tag = '"two"'
    _works(fetch, cats)
    assert server.asked[-1] == ("/cats.txt", f"bytes={len(CATS) // 2}-"), "it was asked for the rest, and gave all"


def test_parts_that_do_not_fit_are_fetched_once_more(server, publish, fails, fetch, cats: Path) -> None:
    url = server.add("/cats.txt", b"x" * len(CATS), "cut", "missing")
    publish(url)
    fails(url)
    server.add("/cats.txt", CATS)  # under the same name of its state
    assert "once more from the start" in _works(fetch, cats)


def test_a_file_that_is_shorter_than_what_has_come(server, publish, fails, fetch, cats: Path) -> None:
    url = server.add("/cats.txt", CATS * 2, "cut", "missing")
    publish(url)
    fails(url)
    server.add("/cats.txt", CATS, "shorter")
    _works(fetch, cats, attempts=2)
    assert [asked for _, asked in server.asked[-2:]] == [f"bytes={len(CATS)}-", None]


def test_a_server_without_range(server, publish, fetch, cats: Path) -> None:
    publish(server.add("/cats.txt", CATS, "without_range_cut", "without_range"))
    _works(fetch, cats, attempts=2)
    assert server.asked == [("/cats.txt", None), ("/cats.txt", None)]


class _FullDisk(io.FileIO):
    """Takes 100,000 bytes."""

    def write(self, chunk: Any) -> int:
        if self.tell() + len(chunk) > 100_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(chunk)


def test_a_full_disk(server, publish, fails, fetch, cats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = server.add("/cats.txt", CATS)
    publish(url, url)
    plain = Path.open
    with monkeypatch.context() as full:
        full.setattr(
            Path, "open", lambda path, mode="r", **how: _FullDisk(path, mode) if path.suffix == ".part" else
            plain(path, mode, **how),
        )  # fmt: skip
        assert "No space left on device. Free some space" in fails(url)
    assert len(server.asked) == 1, "another mirror would not help"
    _works(fetch, cats)
    assert server.asked[-1][1], "what had come was kept"


def test_a_disk_that_is_too_small(server, publish, fails, monkeypatch: pytest.MonkeyPatch) -> None:
    url = server.add("/cats.txt", CATS)
    publish(url)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    assert f"it needs {len(CATS):,} bytes, and 1,000 are free" in fails(url)


def test_a_data_folder_that_cannot_be_written(server, publish, fetch, data: Path) -> None:
    publish(server.add("/cats.txt", CATS))
    (data / "downloads").write_text("a file")
    code, err = fetch()
    assert code == 1
    assert f"cannot write in {data / 'downloads'}" in err
    assert "DABENCH_DATA_DIR" in err


def _process() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dabench", "data", "fetch", "cats", "--timeout", "100"]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_killed_in_the_middle_of_a_download(server, publish, fetch, cats: Path) -> None:
    publish(server.add("/cats.txt", CATS, "stalled", "well"))
    with _process() as process:
        assert server.half_sent.wait(60)
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in cats.parents[1].glob("downloads/*/cats.txt.part")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not cats.exists()
    _works(fetch, cats)
    assert server.asked[-1][1], "it went on where the killed process stopped"


def test_two_processes_fetch_it_once(server, publish, cats: Path) -> None:
    publish(server.add("/cats.txt", CATS, "stalled"))
    with _process() as first:
        assert server.half_sent.wait(60)
        with _process() as second:
            line = second.stderr.readline()
            assert line == "cats.txt: waiting for another process that fetches it\n"
            server.go_on.set()
            codes = [process.wait(60) for process in (first, second)]
    assert codes == [0, 0]
    assert cats.read_bytes() == CATS
    assert len(server.asked) == 1


def test_offline_is_respected_at_once(server, publish, fails, fetch, cats: Path, monkeypatch) -> None:
    publish(server.add("/cats.txt", CATS))
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    code, err = fetch()
    assert (code, server.asked) == (1, [])
    assert "DABENCH_OFFLINE is set, so cats.txt is not downloaded." in err
    assert f"put pets/cats.txt into {cats.parents[1]}" in err
    monkeypatch.setenv("DABENCH_OFFLINE", "0")
    _works(fetch, cats)
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    assert fetch()[0] == 0, "nothing is to be downloaded"


def _tar(members: Sequence[tuple[str, bytes | str]]) -> bytes:
    """An archive of files, and of links where the content is a str."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _zip(members: Sequence[tuple[str, bytes | str]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            if isinstance(content, str):
                info.external_attr = 0o120777 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [_tar, _zip])
@pytest.mark.parametrize(
    "member",
    [
        ("../cats.txt", CATS), ("a/../../escaped", b""), ("/tmp/escaped", b""), ("C:\\escaped", b""),
        ("..\\escaped", b""), ("link", "/etc/passwd"), ("a/link", "../../outside"),
    ],
    ids=["parent", "parent-within", "absolute", "drive", "backslash", "absolute-link", "link-out"],
)  # fmt: skip
def test_an_archive_that_would_write_elsewhere(server, publish, fails, data: Path, pack, member) -> None:
    url = server.add("/cats.zip", pack([("pets/cats.txt", CATS), member]))
    publish(url, name="cats.zip")
    error = fails(url)
    assert "outside the folder to unpack into" in error
    assert [path for path in data.parent.rglob("*") if path.name in ("escaped", "link", "outside", "cats.txt")] == []


@pytest.mark.parametrize("pack", [_tar, _zip])
def test_an_archive_is_unpacked_and_what_is_not_wanted_is_left(server, publish, fetch, cats: Path, pack) -> None:
    inner = [("a/dogs.txt", b""), ("a/cats.txt", CATS), ("a/link", "cats.txt")]
    publish(server.add("/cats.zip", pack(inner)), name="cats.zip")
    _works(fetch, cats)
    assert [path.name for path in cats.parent.iterdir()] == ["cats.txt"]


@pytest.mark.parametrize("pack", [_tar, _zip])
def test_an_archive_that_is_cut_or_holds_something_else(server, publish, fails, pack) -> None:
    whole = pack([("cats.txt", os.urandom(50_000))])
    url = server.add("/cats.zip", whole[:30_000])
    publish(url, name="cats.zip")
    assert "cats.zip is no archive, or cut off or damaged" in fails(url)
    server.add("/cats.zip", whole)
    assert "other content than published in cats.txt" in fails(url)
    server.add("/cats.zip", pack([("dogs.txt", b"")]))
    assert "it holds no cats.txt" in fails(url)


@pytest.mark.parametrize("pack", [_tar, _zip])
def test_an_archive_that_is_far_too_large(server, publish, fails, pack, monkeypatch) -> None:
    monkeypatch.setattr("dabench.data.unpack.MAX_BYTES", 1 << 20)
    url = server.add("/cats.zip", pack([("cats.txt", CATS), ("bomb", b"0" * (1 << 20))]))
    publish(url, name="cats.zip")
    assert "holds more than 1,048,576 bytes" in fails(url)
