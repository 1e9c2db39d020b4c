"""Files that are small on disk and endless when they are read are refused, with a clear error, within seconds."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from dabench.config import safe_yaml as yamlsafe
from dabench.config.overrides import parse_overrides
from dabench.config.parse import parse_seeds
from dabench.config.suite_file import read_suite
from dabench.data import limits
from dabench.data.acquire import unpack
from dabench.data.acquire.digests import content_sha256
from dabench.data.acquire.unpack import UnsafeArchiveError
from dabench.data.limits import TooMuchError
from dabench.data.pictures.decode import BadPictureError, Look, decode
from dabench.domains.own.listing import list_files
from dabench.domains.own.table_files import read_table
from dabench.errors import DataError, UsageError
from dabench.specs.download import DataFile

pytestmark = pytest.mark.timeout(20)
ZEROS = bytes(1_000_000)
DATA_FILE = DataFile(path="x.txt")


def laughs(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (laughs(9), "more than 20,000 values"),
        ("a: " + "[" * 2000 + "]" * 2000, "nested more than 50 levels deep"),
        ("\n".join("  " * n + "a:" for n in range(300)), "nested more than 50 levels deep"),
        ("a: &a [*a]", "stands for nothing, or for itself"),
        ("a: '" + "x" * 300_000 + "'", "300,005 characters"),
    ],
)
def test_yaml_that_multiplies_or_is_too_deep(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(yaml.YAMLError, match=reason):
        yamlsafe.load(text)
    file = tmp_path / "suite.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=reason):
        read_suite(file)


def test_anchors_of_sane_size_are_read() -> None:
    assert yamlsafe.load("a: &a {x: [1, 2]}\nb: *a\nc: [*a, *a]\nd: {<<: *a, y: 2}") == {
        "a": {"x": [1, 2]}, "b": {"x": [1, 2]}, "c": [{"x": [1, 2]}] * 2, "d": {"x": [1, 2], "y": 2}
    }  # fmt: skip


@pytest.mark.slow
def test_settings_on_the_command_line_are_held_to_the_same() -> None:
    with pytest.raises(UsageError, match="not valid YAML"):
        parse_overrides(["dann.weight=" + "[" * 2000])
    with pytest.raises(UsageError, match="not valid YAML"):
        parse_overrides(["dann.weight=" + "9" * 5000])


@pytest.mark.parametrize("text", ["0-99999999999", "9" * 5000, "1-" + "9" * 5000])
def test_seeds_without_end_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="more than"):
        parse_seeds(text)
    assert len(parse_seeds("0-99999")) == 100_000


def tar(path: Path, mode: str, members: dict[str, bytes], links: int = 0) -> Path:
    with tarfile.open(path, mode) as archive:
        for number in range(links):
            link = tarfile.TarInfo(f"link{number}")
            link.type, link.linkname = tarfile.SYMTYPE, "x.txt"
            archive.addfile(link)
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def zipped(path: Path, members: dict[str, bytes], links: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
        for name, content in members.items():
            archive.writestr(name, content)
    return path


PACK: dict[str, Callable[[Path, dict[str, bytes]], Path]] = {
    ".zip": zipped,
    ".tar.gz": lambda path, members: tar(path, "w:gz", members),
    ".tar.bz2": lambda path, members: tar(path, "w:bz2", members),
    ".tar.xz": lambda path, members: tar(path, "w:xz", members),
}


@pytest.mark.parametrize("suffix", list(PACK))
@pytest.mark.parametrize("wanted", ["x.txt", "other"])
def test_an_archive_of_which_too_much_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, wanted: str
) -> None:
    monkeypatch.setattr(limits, "RATIO", 2)
    archive = PACK[suffix](tmp_path / f"a{suffix}", {wanted: ZEROS, "x.txt" if wanted == "other" else "y": b"x"})
    unpack.unpack(archive, [DATA_FILE], tmp_path / "plenty")
    monkeypatch.setattr(limits, "PLENTY", 1000)
    with pytest.raises(TooMuchError, match="far more than its size promises"):
        unpack.unpack(archive, [DATA_FILE], tmp_path / "out")


def test_a_header_that_promises_gigabytes_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATIO", 2)
    monkeypatch.setattr(limits, "PLENTY", 100_000)
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 4 << 30
    archive = tmp_path / "a.tar.gz"
    with gzip.open(archive, "wb") as file:
        file.write(info.tobuf() + ZEROS)
    with pytest.raises(DataError):
        unpack.unpack(archive, [DATA_FILE], tmp_path / "out")


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_an_archive_of_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(unpack, "MAX_MEMBERS", 10)
    archive = tmp_path / f"a{suffix}"
    if suffix == ".zip":
        zipped(archive, {"x.txt": b"x"}, {f"link{number}": b"x.txt" for number in range(20)})
    else:
        tar(archive, "w", {"x.txt": b"x"}, links=20)
    with pytest.raises(UnsafeArchiveError, match="more than 10 members"):
        unpack.unpack(archive, [DATA_FILE], tmp_path / "out")


def test_a_link_as_long_as_a_file(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"x.txt": b"x"}, {"link": b"a" * 5000})
    with pytest.raises(UnsafeArchiveError, match="a link of 5,000 bytes"):
        unpack.unpack(archive, [DATA_FILE], tmp_path / "out")


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_a_packed_file_of_which_too_much_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(limits, "RATIO", 2)
    path = tmp_path / f"x{suffix}"
    path.write_bytes(gzip.compress(ZEROS) if suffix == ".gz" else bz2.compress(ZEROS))
    assert content_sha256(path)
    monkeypatch.setattr(limits, "PLENTY", 1000)
    with pytest.raises(TooMuchError, match="far more than its size promises"):
        content_sha256(path)


def test_tables_of_which_too_much_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATIO", 2)
    path = tmp_path / "x.npz"
    np.savez_compressed(path, x=np.zeros((1000, 3)))
    assert len(read_table(path).frame) == 1000
    monkeypatch.setattr(limits, "PLENTY", 1000)
    with pytest.raises(TooMuchError, match="far more than its size promises"):
        read_table(path)


def test_parquet_of_which_too_much_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATIO", 1)
    path = tmp_path / "x.parquet"
    pd.DataFrame({"x": np.zeros(100_000)}).to_parquet(path, engine="pyarrow")
    assert len(read_table(path).frame) == 100_000
    monkeypatch.setattr(limits, "PLENTY", 1000)
    with pytest.raises(TooMuchError, match="far more than its size promises"):
        read_table(path)


def test_a_table_that_promises_terabytes(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)})
    path = zipped(tmp_path / "x.npz", {"x.npy": header.getvalue()})
    with pytest.raises(DataError, match="cannot be read"):
        read_table(path)


@pytest.mark.parametrize("suffix", [".csv", ".npz"])
def test_a_pipe_is_no_table(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    os.mkfifo(path)
    with pytest.raises(DataError, match="a pipe, no plain file"):
        read_table(path)


def test_a_pipe_among_pictures_is_a_bad_picture(tmp_path: Path) -> None:
    folder = tmp_path / "here" / "cats"
    folder.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    os.mkfifo(folder / "b.png")
    (folder / "round").symlink_to(folder)
    listing = list_files(tmp_path / "here")
    assert [path.name for path in listing.train["cats"]] == ["a.png", "b.png"]
    with pytest.raises(BadPictureError, match="a pipe, no plain file"):
        decode(folder / "b.png", Look(8, "stretch", 10))
