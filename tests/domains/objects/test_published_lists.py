"""List files of publishers."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.domains.objects.published_lists import Entry, match, read_list
from dabench.errors import DataError

CLASSES = ("cat", "dog")
PICTURES: dict[Path, int | None] = {Path(f"photo/{name}/1.jpg"): label for label, name in enumerate(CLASSES)}


def test_labels_are_counted_from_the_first_class(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("photo/cat/a b.jpg 1\n\nphoto\\dog\\1.png 2\r\n")
    assert read_list(tmp_path / "list.txt", 1) == [Entry("cat/a b", 0, ".jpg"), Entry("dog/1", 1, ".png")]


def test_a_line_that_is_no_path_and_label_is_named(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("cat/1.jpg 0\ncat/2.jpg,0\n")
    with pytest.raises(DataError, match=r"list\.txt, line 2 is 'cat/2\.jpg,0', and `path label` is needed"):
        read_list(tmp_path / "list.txt", 0)


def test_another_suffix_is_the_same_picture() -> None:
    lists = {"train": [Entry("cat/1", 0, ".png")], "test": [Entry("dog/1", 1, ".jpg")]}
    found = match(lists, PICTURES, CLASSES, "the lists")
    assert found.splits == {"train": [(Path("photo/cat/1.jpg"), 0)], "test": [(Path("photo/dog/1.jpg"), 1)]}
    assert found.notes[0] == "1 pictures have another suffix than the publisher's lists say: cat/1"


def test_a_picture_that_no_list_names_is_left_out() -> None:
    found = match({"all": [Entry("cat/1", 0, ".jpg")]}, PICTURES, CLASSES, "the lists")
    assert found.notes == ("1 pictures are in none of the publisher's lists, and left out: dog/1",)
