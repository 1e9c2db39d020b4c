"""`dabench data import`: files are recognised by what they hold, wherever they lie and whatever they are called."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dabench.cli.main import main
from dabench.data.acquire.digests import folder_digest

SCORES = b"1 2 3\n" * 1000
PHOTOS = {"1.jpg": b"one", "2.jpg": b"two"}
LISTING = "".join(f"{hashlib.sha256(content).hexdigest()} {name}\n" for name, content in PHOTOS.items())

HOOKS = f"""
from dabench import DomainSpec, hookimpl
from dabench.specs.download import Download, DataFile

SCORES = DataFile(path="own/raw/scores.txt.gz", measured=("sha256:{hashlib.sha256(SCORES).hexdigest()}",))
PHOTOS = DataFile(
    path="own/photos/train", files="*.jpg", measured=("sha256:{hashlib.sha256(LISTING.encode()).hexdigest()}",)
)
SIGNS = DataFile(path="own/signs/Training", files="*/*.ppm", inside="Final_Training/Images")
LABELS = DataFile(path="own/labels.csv")

@hookimpl
def dabench_domains():
    link = ("http://127.0.0.1:9/",)
    yield DomainSpec(
        name="own", entry_point="own:load", summary="own", files=("own/raw/scores.txt*", "own/photos/train/*.jpg"),
        downloads=(
            Download(name="scores.txt.gz", urls=link, data_files=(SCORES,)),
            Download(name="photos.zip", urls=link, data_files=(PHOTOS,)),
        ),
    )
    yield DomainSpec(
        name="signs", entry_point="own:load", summary="signs", files=("own/labels.csv", "own/signs/Training/*/*.ppm"),
        downloads=(
            Download(name="signs.zip", urls=link, data_files=(SIGNS,)),
            Download(name="labels.zip", urls=link, data_files=(LABELS,)),
        ),
    )
"""

Import = Callable[..., tuple[int, dict[str, list]]]


@pytest.fixture
def have(tmp_path: Path) -> Path:
    """The folder of somebody who has files."""
    path = tmp_path / "have"
    path.mkdir()
    return path


@pytest.fixture
def run(site, data: Path, have: Path, capsys) -> Import:
    """Import the folder: the exit code, and what is said of each file."""
    site.install("own", {"own": "own_hooks"}, own_hooks=HOOKS)

    def call(*arguments: str) -> tuple[int, dict[str, list]]:
        with pytest.raises(SystemExit) as caught:
            main(["data", "import", str(have), "--json", *arguments])
        return caught.value.code, json.loads(capsys.readouterr().out)

    return call


def _write(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _taken(said: dict[str, list]) -> dict[str, bool]:
    return {item["path"]: item["verified"] for item in said["taken"]}


@pytest.mark.parametrize(
    "content",
    [SCORES, gzip.compress(SCORES), gzip.compress(SCORES, 1, mtime=7)],
    ids=["unpacked", "packed", "packed-otherwise"],
)
def test_a_file_is_known_by_its_content(run: Import, data: Path, have: Path, content: bytes) -> None:
    found = _write(have / "deep" / "renamed.bin", content)
    code, said = run()
    assert (code, _taken(said)) == (0, {"own/raw/scores.txt.gz": True})
    assert said["taken"][0]["from"] == str(found)
    assert gzip.decompress((data / "own/raw/scores.txt.gz").read_bytes()) == SCORES, "packed as it is kept"
    assert found.read_bytes() == content, "it is copied"
    code, said = run()
    assert (code, said["taken"], [item["path"] for item in said["there"]]) == (0, [], ["own/raw/scores.txt.gz"])


def test_a_known_name_with_other_content_is_not_taken(run: Import, data: Path, have: Path) -> None:
    for name, content in (("scores.txt", SCORES[:-1]), ("scores.txt.gz", gzip.compress(SCORES)[:-9])):
        _write(have / name, content)
        code, said = run()
        assert (code, said["taken"], len(said["refused"])) == (1, [], 1)
        assert not (data / "own").exists()
        (have / name).unlink()


def test_a_folder_is_taken_whole_or_not_at_all(run: Import, data: Path, have: Path) -> None:
    _write(have / "photos/train/1.jpg", b"one")
    code, said = run()
    assert (code, said["taken"], (data / "own").exists()) == (1, [], False)
    assert "not what was published" in said["refused"][0]["why"]
    _write(have / "photos/train/2.jpg", b"two")
    _write(have / "photos/train/Thumbs.db")
    code, said = run()
    assert (code, _taken(said)) == (0, {"own/photos/train": True})
    assert sorted(path.name for path in (data / "own/photos/train").iterdir()) == ["1.jpg", "2.jpg"]
    assert said["unknown"] == [str(have / "photos/train/Thumbs.db")]
    assert folder_digest(data / "own/photos/train", "*.jpg") == folder_digest(have / "photos/train", "*.jpg")


@pytest.mark.parametrize("layout", ["x/Final_Training/Images/00001", "own/signs/Training/00001"])
def test_what_nobody_has_measured_is_known_by_its_path(run: Import, data: Path, have: Path, layout: str) -> None:
    _write(have / layout / "00000_00000.ppm", b"P6")
    _write(have / "labels.csv", b"a;b")
    code, said = run()
    assert (code, _taken(said)) == (0, {"own/signs/Training": False, "own/labels.csv": False})
    assert (data / "own/signs/Training/00001/00000_00000.ppm").read_bytes() == b"P6"


def test_archives_are_looked_into(run: Import, data: Path, have: Path) -> None:
    with zipfile.ZipFile(have / "all.zip", "w") as archive:
        for name, content in PHOTOS.items():
            archive.writestr(f"release/train/{name}", content)
        archive.writestr("release/readme", "")
    with tarfile.open(have / "scores.tgz", "w:gz") as archive:
        info = tarfile.TarInfo("a/scores.txt.gz")
        packed = gzip.compress(SCORES)
        info.size = len(packed)
        archive.addfile(info, io.BytesIO(packed))
    code, said = run()
    assert (code, _taken(said)) == (0, {"own/photos/train": True, "own/raw/scores.txt.gz": True})
    assert list((data / "downloads").iterdir()) == []


def test_a_bad_archive_stops_nothing(run: Import, data: Path, have: Path) -> None:
    with zipfile.ZipFile(have / "a.zip", "w") as archive:
        archive.writestr("../labels.csv", "")
    _write(have / "b.zip", b"PK cut off")
    with zipfile.ZipFile(have / "c.zip", "w") as archive:
        archive.writestr("else", "")
    _write(have / "labels.csv")
    code, said = run()
    assert (code, list(_taken(said))) == (1, ["own/labels.csv"])
    assert [Path(item["from"]).name for item in said["refused"]] == ["a.zip", "b.zip"]
    assert said["unknown"] == [str(have / "c.zip")]


def test_the_data_folder_itself_is_not_read(run: Import, data: Path, have: Path, monkeypatch) -> None:
    monkeypatch.setenv("DABENCH_DATA_DIR", str(have / "data"))
    _write(have / "data/elsewhere/labels.csv")
    code, said = run()
    assert (code, said["taken"], said["unknown"]) == (1, [], [])


def test_what_a_person_reads(run: Import, data: Path, have: Path, capsys) -> None:
    def text() -> tuple[int, list[str]]:
        with pytest.raises(SystemExit) as caught:
            main(["data", "import", str(have)])
        return caught.value.code, capsys.readouterr().out.splitlines()

    assert text() == (
        1, [f"nothing in {have} is known. `dabench data list` names the files that are looked for."],
    )  # fmt: skip
    _write(have / "labels.csv")
    _write(have / "signs/Training/00001/1.ppm")
    _write(have / "scores.txt", b"no")
    for number in range(12):
        _write(have / f"other{number:02}")
    _write(have / "x" / "Final_Training/Images/00001/1.ppm")
    assert text() == (
        1,
        [
            f"taken over into {data}",
            "  own/labels.csv  from labels.csv  (its content has no known digest)",
            "  own/signs/Training  from x/Final_Training/Images  (its content has no known digest)",
            "not taken",
            "  scores.txt: named like own/raw/scores.txt.gz, but its content is not what was published",
            "unknown: 13 files",
            *(f"  other{number:02}" for number in range(10)),
            "  and 3 more",
            "next: dabench data doctor signs",
        ],
    )
