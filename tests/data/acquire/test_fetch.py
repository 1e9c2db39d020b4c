"""`dabench data fetch` against a server that misbehaves: `docs/how-to/data.md` lists these faults by test."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dabench.cli.main import main
from dabench.data.acquire.fetch import fetch
from dabench.errors import DataError
from dabench.specs.download import DataFile, Download
from tests.support.cats import CATS


@pytest.mark.slow
def test_a_file_is_fetched_checked_and_decoded(server, publish, fetch, works, cats: Path, capsys) -> None:
    url = server.add("/cats.txt", CATS)
    publish(url)
    assert works() == f"cats.txt, 360.0 kB\ncats.txt: fetched from {url}\n"
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


def test_the_next_mirror_is_tried(server, publish, works) -> None:
    publish(server.add("/dead.txt", b"", "missing"), server.add("/cats.txt", CATS))
    assert "404 Not Found; trying the next mirror" in works()


def test_every_mirror_that_failed_is_named(server, publish, fails) -> None:
    first, second = server.add("/one.txt", b"", "missing"), server.add("/two.txt", CATS, "wrong")
    publish(first, second)
    error = fails(first)
    assert f"{second}: other content than published: sha256" in error


def test_500_and_then_fine(server, publish, works) -> None:
    publish(server.add("/cats.txt", CATS, "busy", "well"))
    assert "500 Internal Server Error; trying again" in works(attempts=2)


def test_500_for_ever(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "busy")
    publish(url)
    assert "500 Internal Server Error (2 attempts)" in fails(url, attempts=2)


@pytest.mark.slow
def test_a_file_that_a_killed_process_left_is_checked(server, publish, fails, works, cats: Path) -> None:
    url = server.add("/cats.txt", CATS, "missing", "well")
    publish(url)
    fails(url)
    (lock,) = cats.parents[1].glob("downloads/*.lock")
    folder = lock.with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / "cats.txt").write_bytes(b"0 1")
    assert "once more from the start" in works()


def test_a_truncated_body(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "without_range_cut")
    publish(url)
    assert f"the connection ended after {len(CATS) // 2:,} of {len(CATS):,} bytes" in fails(url)


@pytest.mark.slow
def test_wrong_bytes_of_the_right_length(server, publish, fails, works) -> None:
    url = server.add("/cats.txt", CATS, "wrong", "well")
    publish(url)
    assert "other content than published: sha256" in fails(url)
    works()
    assert server.asked[-1] == ("/cats.txt", None), "nothing wrong is continued"


def test_a_web_page_instead_of_the_file(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "page")
    publish(url, known=False)
    assert "a web page instead of the file" in fails(url)


@pytest.mark.slow
def test_a_stalled_connection(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "stalled")
    publish(url)
    assert "no data within the timeout" in fails(url, "--timeout", "0.3")  # else the rest comes after a minute


def test_a_redirect_loop(server, publish, fails) -> None:
    url = server.add("/cats.txt", CATS, "loop")
    publish(url)
    assert "the server redirects more than 10 times" in fails(url, attempts=4)


def test_nobody_listens(publish, fails) -> None:
    url = "http://127.0.0.1:9/cats.txt"
    publish(url)
    assert "the connection failed" in fails(url)


def test_a_link_to_a_local_file_is_not_followed(publish, fails, tmp_path: Path) -> None:
    (tmp_path / "cats.txt").write_bytes(CATS)
    url = f"file://{tmp_path}/cats.txt"
    publish(url)
    assert "only http and https" in fails(url)


@pytest.mark.slow
def test_cut_at_half_and_resumed_by_range(server, publish, works) -> None:
    publish(server.add("/cats.txt", CATS, "cut", "cut", "well"))
    works(attempts=2)
    half = len(CATS) // 2
    assert server.asked == [
        ("/cats.txt", None), ("/cats.txt", f"bytes={half}-"), ("/cats.txt", f"bytes={half + half // 2}-"),
    ]  # fmt: skip


@pytest.mark.slow
def test_cut_at_half_and_resumed_by_the_next_command(server, publish, fails, works) -> None:
    url = server.add("/cats.txt", CATS, "cut", "missing", "well")
    publish(url)
    fails(url)
    works()
    assert server.asked[-1] == ("/cats.txt", f"bytes={len(CATS) // 2}-")


@pytest.mark.slow
def test_a_file_that_changed_between_two_parts_is_fetched_whole(server, publish, fails, works) -> None:
    url = server.add("/cats.txt", b"x" * len(CATS), "cut", "missing")
    publish(url)
    fails(url)
    server.add("/cats.txt", CATS)
    server.tag = '"two"'
    works()
    assert server.asked[-1] == ("/cats.txt", f"bytes={len(CATS) // 2}-"), "it was asked for the rest, and gave all"


@pytest.mark.slow
def test_parts_that_do_not_fit_are_fetched_once_more(server, publish, fails, works) -> None:
    url = server.add("/cats.txt", b"x" * len(CATS), "cut", "missing")
    publish(url)
    fails(url)
    server.add("/cats.txt", CATS)  # under the same name of its state
    assert "once more from the start" in works()


@pytest.mark.slow
def test_a_file_that_is_shorter_than_what_has_come(server, publish, fails, works) -> None:
    url = server.add("/cats.txt", CATS * 2, "cut", "missing")
    publish(url)
    fails(url)
    server.add("/cats.txt", CATS, "shorter")
    works(attempts=2)
    assert [asked for _, asked in server.asked[-2:]] == [f"bytes={len(CATS)}-", None]


@pytest.mark.slow
def test_a_server_without_range(server, publish, works) -> None:
    publish(server.add("/cats.txt", CATS, "without_range_cut", "without_range"))
    works(attempts=2)
    assert server.asked == [("/cats.txt", None), ("/cats.txt", None)]


class _FullDisk(io.FileIO):
    """Takes 100,000 bytes."""

    def write(self, chunk: Any) -> int:
        if self.tell() + len(chunk) > 100_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(chunk)


@pytest.mark.slow
def test_a_full_disk(server, publish, fails, works, monkeypatch: pytest.MonkeyPatch) -> None:
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
    works()
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


@pytest.mark.slow
def test_killed_in_the_middle_of_a_download(server, publish, works, cats: Path) -> None:
    publish(server.add("/cats.txt", CATS, "stalled", "well"))
    with _process() as process:
        assert server.half_sent.wait(60)
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in cats.parents[1].glob("downloads/*/cats.txt.part")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not cats.exists()
    works()
    assert server.asked[-1][1], "it went on where the killed process stopped"


@pytest.mark.slow
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


@pytest.mark.slow
def test_offline_is_respected_at_once(server, publish, fails, fetch, works, cats: Path, monkeypatch) -> None:
    publish(server.add("/cats.txt", CATS))
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    code, err = fetch()
    assert (code, server.asked) == (1, [])
    assert "DABENCH_OFFLINE is set, so cats.txt is not downloaded." in err
    assert f"put pets/cats.txt into {cats.parents[1]}" in err
    monkeypatch.setenv("DABENCH_OFFLINE", "0")
    works()
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    assert fetch()[0] == 0, "nothing is to be downloaded"


def test_what_only_a_person_can_get_is_not_asked_for(data: Path) -> None:
    photos = DataFile(path="own/photos", files="*/*")
    download = Download(name="photos.zip", urls=(), data_files=(photos,), homepage="https://example.org/photos")
    with pytest.raises(
        DataError, match=r"no link that a program can follow\.\nBy hand: get photos\.zip from https://ex"
    ):
        fetch(download, None)  # type: ignore[arg-type]
