"""Domains that list files or a table describe."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.config.suite_file import read_suite
from dabench.data.arrays import DomainArrays
from dabench.data.prepared import prepare
from dabench.domains.own.listed import list_names, listing_of, table_names
from dabench.errors import DataError, UsageError
from dabench.planning.data_check import survey
from dabench.planning.domains import known_domains
from dabench.plugin.registry import Registry, load_registry
from tests.support.own_files import picture, write_suite

TABLE = """file,label,domain,split,camera
a/1.jpg,cat,Photos,train,x
a/2.jpg,cat,Photos,test,x
a/3.jpg,dog,Photos,train,y
a/4.jpg,dog,Photos,test,y
b/1.jpg,cat,sketches,,x
b/2.jpg,cat,sketches,,x
b/3.jpg,dog,sketches,,x
b/4.jpg,dog,sketches,,x
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Eight pictures that no folder sorts by class."""
    root = tmp_path / "pictures"
    for number, folder in enumerate("ab"):
        (root / folder).mkdir(parents=True)
        for place in range(1, 5):
            picture(10 * number + place, brightness=60 * place - 40).save(root / folder / f"{place}.jpg", quality=95)
    return root


def opened(suite: Path, registry: Registry, name: str = "photos") -> DomainArrays:
    return prepare(known_domains(read_suite(suite), registry)[name]).open()


def brightness(arrays: DomainArrays) -> list[list[int]]:
    return [[round(float(row.mean()), -1) for row in split.x] for split in (arrays.train, arrays.test)]


def test_a_table_says_class_domain_and_split(pictures: Path, data: Path, registry: Registry) -> None:
    (pictures / "metadata.csv").write_text(TABLE)
    suite = write_suite(pictures.parent / "own.yaml", "{images: pictures/metadata.csv, size: 8}")
    photos = opened(suite, registry)
    assert photos.classes == ("cat", "dog")
    assert (photos.train.y.tolist(), photos.test.y.tolist()) == ([0, 1], [0, 1])
    assert brightness(photos) == [[20, 140], [80, 200]]
    sketches = opened(suite, registry, "sketches")  # drawn
    assert (sketches.train.y.tolist(), sketches.test.y.tolist()) == ([0, 1], [0, 1])


def test_lists_of_train_and_test_or_of_all(pictures: Path, data: Path, registry: Registry) -> None:
    (pictures / "photos_train.txt").write_text("a/1.jpg 0\na/3.jpg 1\n\n")
    (pictures / "photos_test.txt").write_text("a/2.jpg 0\na/4.jpg 1\n")
    (pictures / "sketches.txt").write_text("b/1.jpg 0\nb/2.jpg 0\nb/3.jpg 1\nb/4.jpg 1\n")
    suite = write_suite(pictures.parent / "own.yaml", "{images: pictures, lists: true, size: 8}")
    photos = opened(suite, registry)
    assert photos.classes == ("0", "1")
    assert brightness(photos) == [[20, 140], [80, 200]]
    assert len(opened(suite, registry, "sketches").train.y) == 2
    found = survey(read_suite(suite), registry)
    assert not found.problems
    (pictures / "a/4.jpg").write_bytes((pictures / "a/1.jpg").read_bytes())
    found = survey(read_suite(suite), registry)
    assert "photos, in train and in test: 1 examples are the same: a/1.jpg = a/4.jpg" in found.warnings


def test_lines_that_cannot_be_used_are_named(pictures: Path, data: Path, registry: Registry) -> None:
    bad = "a/9.jpg,dog,Photos,train,x\n../a.jpg,dog,Photos,train,x\na/1.jpg,,Photos,train,x\na/1.jpg,dog,Photos,dev,x\n"
    (pictures / "metadata.csv").write_text(TABLE + bad + "a/2.jpg,dog,Photos,,x\n")
    listing = listing_of(pictures, {"table": "metadata.csv", "domain": "Photos"})
    assert listing.bad == (
        "metadata.csv, line 13: the split is 'dev', and train or test is needed",
        "metadata.csv, line 14: no split, and other rows of Photos have one",
        "metadata.csv, line 10: a/9.jpg is not there",
        f"metadata.csv, line 11: ../a.jpg lies outside {pictures}",
        "metadata.csv, line 12: a path and a class are needed",
    )
    suite = write_suite(pictures.parent / "own.yaml", "{images: pictures/metadata.csv, size: 8}")
    with pytest.raises(DataError, match=r"examples that cannot be used: metadata\.csv, line 13"):
        opened(suite, registry)
    skipping = write_suite(pictures.parent / "skip.yaml", "{images: pictures/metadata.csv, size: 8, on_bad: skip}")
    assert brightness(opened(skipping, registry)) == [[20, 140], [80, 200]]


def test_a_changed_label_makes_another_copy(pictures: Path, data: Path, registry: Registry) -> None:
    (pictures / "metadata.csv").write_text(TABLE)
    suite = write_suite(pictures.parent / "own.yaml", "{images: pictures/metadata.csv, size: 8}")
    before = opened(suite, registry)
    (pictures / "metadata.csv").write_text(
        TABLE.replace("a/1.jpg,cat", "a/1.jpg,dog").replace("a/3.jpg,dog", "a/3.jpg,cat")
    )
    after = opened(suite, registry)
    assert brightness(before)[0] == [20, 140]
    assert brightness(after)[0] == [140, 20]


def test_columns_that_lack_are_named(pictures: Path) -> None:
    (pictures / "metadata.csv").write_text("file_name,label\na/1.jpg,cat\n")
    with pytest.raises(DataError, match=r"has the columns file_name, label, and lacks file and domain\. A table of"):
        table_names(pictures / "metadata.csv")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (["photos_train"], r"has a list of one split of photos, and lacks photos_test\.txt"),
        (["photos_train", "photos_test", "photos"], r"and beside them photos\.txt: keep either"),
    ],
)
def test_half_of_the_lists_and_too_many_are_refused(files: list[str], why: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / f"{name}.txt").touch()
    with pytest.raises(UsageError, match=why):
        list_names(tmp_path)


def test_a_table_and_lists_together_are_refused(pictures: Path, registry: Registry) -> None:
    (pictures / "metadata.csv").write_text(TABLE)
    suite = write_suite(pictures.parent / "own.yaml", "{images: pictures/metadata.csv, lists: true}")
    with pytest.raises(UsageError, match=r"metadata\.csv is a table, and `lists: true` is for a folder"):
        known_domains(read_suite(suite), registry)


def test_a_tab_stands_for_the_space_of_a_list(pictures: Path) -> None:
    (pictures / "a/my cat.jpg").touch()
    (pictures / "photos.txt").write_text("a/1.jpg\tcat\na/my cat.jpg\tcat\r\na/2.jpg dog\n")
    assert listing_of(pictures, {"lists": ["photos.txt"]}).train == {
        "cat": [Path("a/1.jpg"), Path("a/my cat.jpg")],
        "dog": [Path("a/2.jpg")],
    }


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (
            "pictures/a/1.jpg cat\n",
            r"^photos\.txt names no picture of .*: photos\.txt, line 1: pictures/a/1\.jpg is not",
        ),
        ("/a/1.jpg cat\n", r"line 1: /a/1\.jpg lies outside .*\. Paths are relative to that folder\.$"),
        ("a/1.jpg,cat\n", r"line 1: a path and a class are needed"),
        ("", r"names no picture of .*pictures\. Paths"),
    ],
)
def test_a_list_that_names_no_picture_says_why(lines: str, why: str, pictures: Path) -> None:
    (pictures / "photos.txt").write_text(lines)
    with pytest.raises(DataError, match=why):
        listing_of(pictures, {"lists": ["photos.txt"]})


def test_a_table_without_rows_is_refused(pictures: Path) -> None:
    (pictures / "metadata.csv").write_text("file,label,domain\n")
    with pytest.raises(DataError, match=r"metadata\.csv has no row that names a domain$"):
        table_names(pictures / "metadata.csv")
