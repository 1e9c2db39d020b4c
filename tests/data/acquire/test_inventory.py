"""The state of a domain without opening it, and with its content read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dabench.cli.data.text import as_text
from dabench.data.acquire.doctor import examine
from dabench.data.acquire.inventory import CORRUPT, MAKEABLE, MISSING, READY, SUBSET, UNDECODED, Status, look
from dabench.data.prepared_copy import labels_folder
from dabench.errors import DataFolderError
from dabench.specs.spec import DomainSpec

LOADER = """
import numpy as np
from dabench import DomainArrays, Split
from dabench.data.folder import data_dir

def load():
    y = np.array([int(word) for word in (data_dir() / "plain" / "labels.txt").read_text().split()])
    split = Split(np.zeros((len(y), 3), np.float32), y)
    return DomainArrays(split, split, ("a", "b"))
"""
SPEC = DomainSpec(
    name="plain", entry_point="plain_loader:load", summary="", files=("plain/labels.txt", "plain/*.md"),
    homepage="https://example.org",
)  # fmt: skip


@pytest.fixture
def labels(data: Path, site) -> Path:
    """A domain's file: five labels."""
    (site.path / "plain_loader.py").write_text(LOADER)
    (data / "plain").mkdir()
    (data / "plain" / "about.md").write_text("12")
    (data / "plain" / "labels.txt").write_text("0 0 1 1 1")
    return data / "plain" / "labels.txt"


def _both(spec: DomainSpec) -> Status:
    """The answer of both, which is the same once the domain is decoded."""
    status = examine(spec)
    assert look(spec) == status
    return status


def test_missing_files_are_named_with_where_they_belong(labels: Path, data: Path) -> None:
    labels.unlink()
    status = _both(SPEC)
    assert (status.state, status.missing) == (MISSING, ["plain/labels.txt"])
    assert status.next == f"put plain/labels.txt into {data}; get them from https://example.org"
    assert status.files["plain/*.md"] == (1, 2)


@pytest.mark.parametrize(("regenerated", "state"), [(False, UNDECODED), (True, MAKEABLE)])
def test_what_is_not_decoded_says_how(labels: Path, data: Path, regenerated: bool, state: str) -> None:
    status = look(replace(SPEC, regenerated=regenerated))
    assert (status.state, status.next, status.sha256) == (state, "dabench data doctor plain", "")
    assert not (data / "ready").exists(), "and nothing was decoded"


def test_content_that_nobody_knows_is_ready_and_not_verified(labels: Path) -> None:
    status = _both(SPEC)
    assert (status.state, status.content) == (READY, "")
    assert len(status.sha256) == 64
    assert status.counts == {"train": (2, 3), "test": (2, 3)}


@pytest.mark.parametrize(("known", "state"), [("complete", READY), ("subset: every tenth", SUBSET)])
def test_content_that_is_known(labels: Path, known: str, state: str) -> None:
    status = _both(replace(SPEC, known=(("0" * 64, "complete"), (examine(SPEC).sha256, known))))
    assert (status.state, status.content, status.note) == (state, known, "")


@pytest.mark.parametrize(
    "given",
    [{}, {"known": "subset: every tenth"}, {"counts": ((2, 4), (9, 3))}, {"counts": ((2, 2), (2, 2))}],
    ids=[READY, "a known subset", SUBSET, CORRUPT],
)
def test_what_the_loader_says_is_said(labels: Path, site, given: dict) -> None:
    said = '("a", "b"), ("one.jpg: damaged",), ("folders that are no class of it, left out: owl (3 files)",))'
    (site.path / "plain_loader.py").write_text(LOADER.replace('("a", "b"))', said))
    known = ((examine(SPEC).sha256, given["known"]),) if "known" in given else ()
    status = _both(replace(SPEC, **{**given, "known": known}))
    words = "Left out: one.jpg: damaged. Folders that are no class of it, left out: owl (3 files)."
    assert status.note.endswith(words)
    assert " ".join(as_text([status], {"plain"}).split()).count(words) == 1


WHOLE = ((2, 3), (2, 3))
OTHER = (("0" * 64, "complete"),)


@pytest.mark.parametrize(
    ("counts", "known", "regenerated", "state", "words"),
    [
        (WHOLE, (), False, READY, ""),
        (WHOLE, OTHER, False, CORRUPT, "as in the published set, but other content: damaged or altered files"),
        (WHOLE, OTHER, True, READY, "another version of a library"),
        (((2, 4), (9, 3)), OTHER, False, SUBSET, "5 + 5 of 6 + 12 examples"),
        (((1, 4), (9, 3)), OTHER, False, CORRUPT, "5 + 5 examples (train + test), published 5 + 12"),
        (((2, 3, 1), (2, 3, 1)), OTHER, False, CORRUPT, "Not the published set"),
    ],
)
def test_other_content_is_compared_by_its_counts(
    labels: Path, counts, known, regenerated: bool, state: str, words: str
) -> None:
    status = _both(replace(SPEC, counts=counts, known=known, regenerated=regenerated))
    assert (status.state, status.content) == (state, "")
    assert words in status.note
    assert bool(status.next) == (state == CORRUPT)


def test_files_that_cannot_be_decoded_are_corrupt(labels: Path) -> None:
    labels.write_text("0 zero")
    assert look(SPEC).state == UNDECODED
    status = examine(SPEC)
    assert status.state == CORRUPT
    assert "domain 'plain' cannot be decoded: ValueError" in status.note
    assert status.next == "get its files anew from https://example.org"


def test_a_copy_outlives_its_files_and_says_so(labels: Path) -> None:
    examine(SPEC)
    labels.unlink()
    status = _both(SPEC)
    assert (status.state, status.note) == (READY, "Its files are gone; the prepared copy is used.")


def _flip(folder: Path) -> None:
    x = np.load(folder / "train_x.npy")
    x[0, 0] = 1
    np.save(folder / "train_x.npy", x)


def _cut(folder: Path) -> None:
    (folder / "train_x.npy").write_bytes((folder / "train_x.npy").read_bytes()[:-1])


def _lose(folder: Path) -> None:
    (labels_folder(folder) / "test_y.npy").unlink()


def _describe(folder: Path) -> None:
    (folder / "meta.json").write_text("{")


@pytest.mark.parametrize("damage", [_flip, _cut, _lose, _describe])
def test_a_damaged_copy_is_decoded_anew_and_said(labels: Path, damage, caplog: pytest.LogCaptureFixture) -> None:
    whole = examine(SPEC)
    damage(whole.copy)
    assert examine(SPEC) == whole
    assert "the domain plain is decoded anew" in caplog.text


def test_a_damaged_copy_whose_files_are_gone_cannot_be_made(labels: Path) -> None:
    folder = examine(SPEC).copy
    labels.unlink()
    _flip(folder)
    assert examine(SPEC).state == CORRUPT


def test_a_folder_that_cannot_be_written_says_nothing_of_the_data(labels: Path, data: Path) -> None:
    (data / "ready").write_text("")
    with pytest.raises(DataFolderError, match="cannot be prepared"):
        examine(SPEC)
