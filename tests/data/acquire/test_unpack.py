"""Archives that `dabench data fetch` unpacks: `docs/how-to/data.md` lists what may be wrong with them by test."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.cats import CATS


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
def test_an_archive_is_unpacked_and_what_is_not_wanted_is_left(server, publish, works, cats: Path, pack) -> None:
    inner = [("a/dogs.txt", b""), ("a/cats.txt", CATS), ("a/link", "cats.txt")]
    publish(server.add("/cats.zip", pack(inner)), name="cats.zip")
    works()
    assert [path.name for path in cats.parent.iterdir()] == ["cats.txt"]


@pytest.mark.slow
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
    monkeypatch.setattr("dabench.data.limits.MOST_BYTES", 1 << 20)
    url = server.add("/cats.zip", pack([("cats.txt", CATS), ("bomb", b"0" * (1 << 20))]))
    publish(url, name="cats.zip")
    assert "holds more than 1,048,576 bytes" in fails(url)
