"""`dabench data links`, and what the descriptors of the domains that ship say of downloads."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dabench.cli.main import main
from dabench.data.acquire.doctor import examine
from dabench.data.acquire.fetch import by_hand, verify
from dabench.data.acquire.inventory import CORRUPT, look
from dabench.data.acquire.place import there
from dabench.data.prepared import prepare
from dabench.data.prepared_copy import files_of
from dabench.domains.images import mnist_spec
from dabench.domains.images import specs as image_specs
from dabench.domains.vectors import specs as vector_specs
from dabench.errors import DataError
from dabench.specs.download import DataFile, Download
from dabench.specs.spec import DomainSpec

SPECS = [spec for spec in (*image_specs.SPECS, *vector_specs.SPECS) if spec.downloads]
DOWNLOADS = list(dict.fromkeys(download for spec in SPECS for download in spec.downloads))
CATS = b"0 1" * 100

HOOKS = """
from dabench import DomainSpec, hookimpl
from dabench.specs.download import Download, DataFile

@hookimpl
def dabench_domains():
    data_file = DataFile(path="pets/cats.txt", measured=("sha256:{sha256}",))
    yield DomainSpec(
        name="cats", entry_point="cats_data:load", summary="cats", files=("pets/cats.txt",),
        downloads=(Download(name="cats.txt", urls={urls!r}, data_files=(data_file,)),),
    )
"""


@pytest.fixture
def links(site, data: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Install the domain `cats` with these links and run `dabench data links cats`: exit code and what it printed."""
    monkeypatch.setattr("dabench.data.acquire.http.sleep", lambda _: None)

    def call(*urls: str, arguments: tuple[str, ...] = ()) -> tuple[int, str]:
        hooks = HOOKS.format(sha256=hashlib.sha256(CATS).hexdigest(), urls=urls)
        site.install("cats", {"cats": "cats_hooks"}, cats_hooks=hooks, cats_data="")
        with pytest.raises(SystemExit) as caught:
            main(["data", "links", "cats", "--timeout", "30", "--attempts", "2", *arguments])
        out, err = capsys.readouterr()
        return caught.value.code, out + err

    return call


def test_every_link_is_asked(server, links, data: Path) -> None:
    good, dead, slow = (
        server.add("/cats.txt", CATS, "busy", "well"), server.add("/dead.txt", b"", "missing"),
        server.add("/page.txt", CATS, "page"),
    )  # fmt: skip
    code, out = links(good, dead, slow)
    assert code == 1
    assert out.splitlines() == [
        f"ok      {good}", f"failed  {dead}", "        the server says 404 Not Found", f"failed  {slow}",
        "        the server answers with a web page instead of the file", "3 links, 2 failed",
    ]  # fmt: skip
    assert not (data / "downloads").exists(), "and nothing is kept"


def test_whole_files_are_checked(server, links, data: Path) -> None:
    good, wrong = server.add("/cats.txt", CATS), server.add("/wrong.txt", CATS, "wrong")
    code, out = links(good, wrong, arguments=("--whole", "--json"))
    rows = json.loads(out[: out.rindex("]") + 1])  # what follows is the progress
    assert (code, [row["url"] for row in rows]) == (1, [good, wrong])
    assert rows[0]["fault"] is None
    assert "other content than published" in rows[1]["fault"]
    assert list(data.iterdir()) == []


def test_links_that_all_work(server, links) -> None:
    assert links(server.add("/cats.txt", CATS), arguments=("--whole",))[0] == 0


def test_offline_tries_nothing(server, links, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    code, out = links(server.add("/cats.txt", CATS))
    assert (code, server.asked) == (1, [])
    assert "DABENCH_OFFLINE is set" in out


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_downloads_bring_all_files_of_a_domain(spec: DomainSpec, data: Path) -> None:
    for data_file in (data_file for download in spec.downloads for data_file in download.data_files):
        path = data / data_file.pattern.replace("*", "00000")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert all(files_of(spec).values())


@pytest.mark.parametrize("download", DOWNLOADS, ids=lambda download: download.name)
def test_links_and_digests_are_well_formed(download: Download) -> None:
    assert len(set(download.urls)) == len(download.urls)
    for url in download.urls:
        assert urlsplit(url).scheme in ("http", "https")
        assert urlsplit(url).hostname
    digests = [*download.stated]
    for data_file in download.data_files:
        digests += [*data_file.measured, *data_file.stated]
        assert not Path(data_file.path).is_absolute()
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", digest) for digest in digests)
    assert digests, "nothing is taken unseen"
    assert download.homepage
    assert "dabench data import" in by_hand(download)


def test_downloads_of_the_same_files_are_one() -> None:
    paths = [data_file.path for download in DOWNLOADS for data_file in download.data_files]
    assert len(set(paths)) == len(paths)


def test_real_files_have_the_measured_digests(real_data: Path) -> None:
    data_files = [data_file for download in DOWNLOADS for data_file in download.data_files if data_file.measured]
    assert len(data_files) == 4 + 2 + 2 + 4 + 8 + 8 + 5
    assert [data_file.path for data_file in data_files if not there(data_file)] == []


def test_a_file_may_be_there_unpacked(data: Path) -> None:
    data_file = mnist_spec.DOWNLOADS[0].data_files[0]
    path = data / data_file.path.removesuffix(".gz")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"unpacked")
    assert not there(data_file), "another content"
    digest = f"sha256:{hashlib.sha256(b'unpacked').hexdigest()}"
    assert there(DataFile(path=data_file.path, measured=(digest,)))
    path.unlink()
    (data / data_file.path).write_bytes(gzip.compress(b"unpacked"))
    assert there(DataFile(path=data_file.path, measured=(digest,)))


def test_packed_files_are_judged_by_what_is_packed(tmp_path: Path) -> None:
    digest = f"sha256:{hashlib.sha256(CATS).hexdigest()}"
    (data_file,) = data_files = (DataFile(path="pets/cats.txt.gz", measured=(digest,)),)
    download = Download(name="cats.txt.gz", urls=("http://x/",), data_files=data_files)
    file = tmp_path / "cats.txt.gz"
    for content in (gzip.compress(CATS, 1), gzip.compress(CATS, 9, mtime=3), CATS):
        file.write_bytes(content)
        assert verify(download, file, tmp_path / "into") == {data_file: file}
    file.write_bytes(gzip.compress(b"dogs"))
    found, expected = hashlib.sha256(b"dogs").hexdigest()[:12], digest[:19]
    with pytest.raises(DataError, match=f"other content than published: sha256 {found}…, expected {expected}…"):
        verify(download, file, tmp_path / "into")
    file.write_bytes(gzip.compress(CATS)[:-5])
    with pytest.raises(DataError, match=r"cats\.txt\.gz is cut off or damaged"):
        verify(download, file, tmp_path / "into")
    by_file = DataFile(path="pets/cats.txt.gz", stated=(f"md5:{'0' * 32}",))
    with pytest.raises(DataError, match=r"md5 [0-9a-f]{12}…, expected md5:00000"):
        verify(Download(name="cats.txt.gz", urls=("http://x/",), data_files=(by_file,)), file, tmp_path / "into")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"urls": ()}, "a link or a homepage, and a data file"),
        ({"data_files": ()}, "a link or a homepage, and a data file"),
        ({"data_files": (DataFile(path="a/b", files="*.jpg"),)}, r"only archives \(\.zip"),
        ({"name": "../cats.txt"}, "a name is no path"),
    ],
)
def test_a_download_that_makes_no_sense(wrong: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Download(**{"name": "cats.txt", "urls": ("http://x/",), "data_files": (DataFile(path="a"),)} | wrong)


def test_what_is_missing_says_how_to_fetch_it(data: Path) -> None:
    (spec,) = (spec for spec in SPECS if spec.name == "office_caltech/dslr")
    assert look(spec).next.startswith(f"dabench data fetch {spec.name}; or put {spec.files[0]} into ")
    with pytest.raises(DataError, match=rf"needs files that are not there.*Or: dabench data fetch {spec.name}$"):
        prepare(spec)
    (data / spec.files[0]).parent.mkdir()
    (data / spec.files[0]).write_bytes(b"damaged")
    status = examine(spec)
    assert (status.state, status.next.partition(";")[0]) == (CORRUPT, f"dabench data fetch --fresh {spec.name}")


def test_list_marks_what_nobody_has_tried(data: Path, capsys) -> None:
    with pytest.raises(SystemExit):
        main(["data", "list", "mnist", "gtsrb", "amazon"])
    out = capsys.readouterr().out
    assert "unverified: links and stated digests that were never tried here" in out
    assert "  gtsrb: 3 links, 3 stated digests" in out
    assert "  mnist: 12 links\n" in out
    assert "missing, and downloaded by `dabench data fetch NAME`\n  mnist, gtsrb, amazon/*\n" in out
    with pytest.raises(SystemExit):
        main(["data", "list", "gtsrb", "--json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert [item["verified"] for item in row["downloads"]] == [False] * 3
