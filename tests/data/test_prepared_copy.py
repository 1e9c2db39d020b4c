"""Prepared copies: changes that decode a domain anew, and changes that do not."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest

from dabench.data import prepared_copy as ready
from dabench.data.prepared import PreparedDomain, prepare
from dabench.data.prepared_copy import BESIDE_THE_BYTES, Meta, code_hash
from dabench.domains.images import specs as image_specs
from dabench.domains.vectors import specs as vector_specs
from dabench.errors import DataError
from dabench.specs.spec import DomainSpec

LOADER = """
import numpy as np
from dabench import DomainArrays, Split
from dabench.data.folder import data_dir

def load():
    number = int((data_dir() / "plain" / "number.txt").read_text())
    split = Split(np.full((2, 3), number, np.float32), np.array([0, 1]))
    return DomainArrays(split, split, ("a", "b"))
"""
SPEC = DomainSpec(name="plain", entry_point="plain_loader:load", summary="", files=("plain/*.txt",))


@pytest.fixture
def number(data: Path, site) -> Path:
    """The file that a small domain is read from."""
    (site.path / "plain_loader.py").write_text(LOADER)
    (data / "plain").mkdir()
    (data / "plain" / "number.txt").write_text("1")
    return data / "plain" / "number.txt"


def _value(prepared: PreparedDomain) -> float:
    return float(prepared.open().train.x[0, 0])


def test_changed_files_are_decoded_anew(number: Path) -> None:
    first = prepare(SPEC)
    assert prepare(SPEC) == first
    number.write_text("2")  # as large as before
    os.utime(number, ns=(1, 1))
    second = prepare(SPEC)
    assert (_value(first), _value(second)) == (1, 2), "and who has the first one open keeps it"
    assert first.sha256 != second.sha256
    (number.parent / "more.txt").write_text("x")
    assert prepare(SPEC).folder not in (first.folder, second.folder)


def test_files_may_be_deleted_once_they_are_decoded(number: Path) -> None:
    first = prepare(SPEC)
    number.write_text("22")
    second = prepare(SPEC)
    os.utime(first.folder / "meta.json", ns=(1, 1))
    number.unlink()
    assert prepare(SPEC) == second, "the youngest copy"


def test_without_files_and_copy_the_loader_speaks(number: Path) -> None:
    number.unlink()
    with pytest.raises(DataError, match=r"cannot be decoded: FileNotFoundError.*number\.txt"):
        prepare(SPEC)


def test_damaged_files_are_not_taken_for_a_full_disk(number: Path) -> None:
    number.write_text("one")
    with pytest.raises(DataError, match="domain 'plain' cannot be decoded: ValueError: invalid literal") as caught:
        prepare(SPEC)
    assert "DABENCH_DATA_DIR" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sha256": "a", "classes": [], "shape": [], "counts": 3}'])
def test_a_damaged_description_is_made_anew(number: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    made = prepare(SPEC)
    (made.folder / "meta.json").write_text(text)
    assert prepare(SPEC) == made
    assert "meta.json is damaged" in caplog.text


def test_classes_are_counted(number: Path) -> None:
    assert Meta.read(prepare(SPEC).folder).counts == {"train": (1, 1), "test": (1, 1)}


def test_the_loaders_code_decides(number: Path, site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_hash(SPEC)
    (site.path / "plain_loader.py").write_text(LOADER + "\nCHANGED = 1\n")
    assert code_hash(SPEC) != before
    (site.path / "plain_loader.py").write_text(LOADER + "\n# reworded\n")
    assert code_hash(SPEC) == before
    monkeypatch.setattr(ready, "LAYOUT", ready.LAYOUT + 1)
    assert code_hash(SPEC) != before


# All of dabench that decides what a family of domains decodes to. A module that a loader newly imports belongs either
# here or, if it does not matter for the bytes, into `ready.BESIDE_THE_BYTES`.
SHARED = {"dabench.data.arrays", "dabench.data.folder", "dabench.domains.files"}
MNIST = {"dabench.domains.images.framing", "dabench.domains.images.mnist"}
DECIDES = {
    "mnist": {*SHARED, *MNIST},
    "usps": {*SHARED, "dabench.domains.images.framing", "dabench.domains.images.usps"},
    "svhn": {*SHARED, "dabench.domains.images.framing", "dabench.domains.images.svhn"},
    "mnist_m": {
        *SHARED, *MNIST, "dabench.domains.images.mnist_m", "dabench.domains.images.photographs", "dabench.seeding",
    },
    "gtsrb": {*SHARED, "dabench.domains.images.gtsrb"},
    "office_caltech/dslr": {*SHARED, "dabench.domains.vectors.office_caltech"},
    "amazon/books": {*SHARED, "dabench.domains.vectors.amazon"},
    "amazon_text/books": {*SHARED, "dabench.domains.vectors.amazon_text"},
    "hapt/user01": {*SHARED, "dabench.domains.vectors.hapt"},
    "pos/email": {*SHARED, "dabench.domains.vectors.pos"},
}  # fmt: skip


@pytest.mark.parametrize("name", DECIDES)
def test_nothing_but_what_decides_the_bytes_is_hashed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    specs = {spec.name: spec for spec in (*image_specs.SPECS, *vector_specs.SPECS)}
    read = []
    plain = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or plain(path))
    code_hash(specs[name])
    root = Path(np.__file__).parents[1]
    assert not any(path.is_relative_to(root) for path in read)
    package = Path(ready.__file__).parents[1]
    modules = {".".join(("dabench", *path.relative_to(package).with_suffix("").parts)) for path in read}
    assert modules - {"dabench.__init__", "dabench.data.__init__", "dabench.domains.__init__"} == DECIDES[name]


@pytest.mark.parametrize("family", ["embedded", "images", "synthetic", "vectors"])
def test_a_new_link_decodes_nothing_anew(family: str) -> None:
    """Descriptors stand in modules of their own beside the loaders, and none of these is hashed."""
    folder = Path(ready.__file__).parents[1] / "domains" / family
    texts = {f"dabench.domains.{family}.{path.stem}": path.read_text("utf-8") for path in folder.glob("*.py")}
    describe = {name for name, text in texts.items() if "DomainSpec(" in text or "Download(" in text}
    assert describe
    assert all(any(fnmatchcase(name, pattern) for pattern in BESIDE_THE_BYTES) for name in describe)
    assert {f"{name.removesuffix('_spec')}" for name in describe} <= set(texts), "each beside its loader"
