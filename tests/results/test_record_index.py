"""The index beside records: what it saves, and that it never stands for a file that has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dabench.results import record_file, record_index, records
from dabench.results.folder import read_results
from dabench.results.record_file import write_record
from dabench.results.record_index import read_index
from dabench.results.records import find_stored
from dabench.results.verify import verify
from tests.support.factories import make_record


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three records and their index, which is written for fewer records and at once."""
    monkeypatch.setattr(records, "LEAST", 1)
    monkeypatch.setattr(record_index, "SETTLED_NS", -(10**12))
    for seed in range(3):
        write_record(tmp_path, make_record(0.5 + seed / 10, seed=seed))
    read_results(tmp_path)
    assert len(read_index(tmp_path, "mini")) == 3
    return tmp_path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []
    parse = record_file.read_plain

    def spy(path: Path, **options: bool) -> bytes:
        names.append(path.name)
        return parse(path, **options)

    monkeypatch.setattr(record_file, "read_plain", spy)
    return names


def test_what_is_indexed_is_not_read_and_gives_the_same_frame(results: Path, read: list[str]) -> None:
    indexed = read_results(results)
    assert not read
    fresh = read_results(results, indexed=False)
    assert len(read) == 3
    pd.testing.assert_frame_equal(indexed.frame, fresh.frame)
    assert indexed.records == fresh.records


def _edit(path: Path) -> None:
    content = json.loads(path.read_text())
    content["accuracy"]["selected"] = 0.9
    path.write_text(json.dumps(content))


def _edit_behind_its_back(path: Path) -> None:
    before = path.stat()
    text = path.read_text()
    path.write_text(text.replace('"selected":0.5', '"selected":0.9').replace('"selected": 0.5', '"selected": 0.9'))
    assert path.read_text() != text
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


@pytest.mark.parametrize("change", [_edit, _edit_behind_its_back])
def test_a_file_that_has_changed_is_read_and_checked(results: Path, change: Callable[[Path], None]) -> None:
    path = min(results.glob("runs/*/*/*/*.json"))
    change(path)
    found = read_results(results)
    assert len(found.frame) == 2
    (problem,) = found.flaws
    assert problem.path == path
    assert "edited since it was written" in problem.reason


def test_what_is_gone_is_gone_and_what_is_new_is_read(results: Path, read: list[str]) -> None:
    min(results.glob("runs/*/*/*/*.json")).unlink()
    new = write_record(results, make_record(0.7, seed=9))
    assert sorted(read_results(results).frame["seed"]) == [1, 2, 9]
    assert read == [new.name]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _flip(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"0.7", b"0.8"))


def _lie(path: Path) -> None:
    path.write_bytes(b"{}\n[]")


@pytest.mark.parametrize("damage", [_cut, _flip, _lie, Path.unlink])
def test_a_damaged_index_is_made_anew(results: Path, read: list[str], damage: Callable[[Path], None]) -> None:
    damage(results / record_index.FOLDER / "mini.json")
    assert sorted(read_results(results).frame["accuracy_selected"]) == pytest.approx([0.5, 0.6, 0.7])
    assert len(read) == 3
    read.clear()
    read_results(results)
    assert not read


def test_other_code_reads_the_records_again(results: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_index, "_code", lambda: "another")
    read_results(results)
    assert len(read) == 3


def test_verify_reads_the_records_themselves(results: Path, read: list[str]) -> None:
    assert verify(results) == (3, [])
    assert len(read) >= 3


def test_what_was_written_a_moment_ago_is_not_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LEAST", 1)
    write_record(tmp_path, make_record())
    read_results(tmp_path)
    assert not read_index(tmp_path, "mini")


def test_a_folder_that_cannot_be_written_is_read_all_the_same(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (results / record_index.FOLDER / "mini.json").unlink()

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(record_index, "replacing", refuse)
    assert len(read_results(results).frame) == 3


def test_two_suites_have_an_index_each(results: Path, read: list[str]) -> None:
    write_record(results, make_record(0.7, suite="digits"))
    read_results(results)
    read.clear()
    assert list(find_stored(results, "digits")[0].frame["suite"]) == ["digits"]
    assert len(find_stored(results)[0]) == 4
    assert not read
