"""Files that say how the tensors of other files are called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dabench.backbones.weight_names import read_names, renamed
from dabench.errors import DataError


def test_the_longest_beginning_counts() -> None:
    names = {"_blocks.1": "blocks.0", "_blocks.1.bn": "blocks.0.norm", "_fc": None, "stem.weight": "conv.weight"}
    theirs = ["_blocks.1.conv.weight", "_blocks.1.bn.bias", "_fc.bias", "stem.weight", "head.bias"]
    found = renamed({name: number for number, name in enumerate(theirs)}, names, "x")
    assert found == {
        "blocks.0.conv.weight": 0,
        "blocks.0.norm.bias": 1,
        "conv.weight": 3,
        "head.bias": 4,
    }


def test_only_whole_parts_of_names_are_meant() -> None:
    assert renamed({"bn1.bias": 1, "bn10.bias": 2}, {"bn1": "norm"}, "x") == {"norm.bias": 1, "bn10.bias": 2}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"_bm1": "bn"}, "x: no tensor is called, or lies in, '_bm1' (did you mean '_bn1'?)"),
        ({"_bn1": "same", "_bn2": "same"}, "x: '_bn1.bias' and '_bn2.bias' both become 'same.bias'"),
        ({"_bn1": "_bn2"}, "both become '_bn2.bias'"),
    ],
)
def test_wrong_names_are_refused(names: dict[str, str | None], words: str) -> None:
    with pytest.raises(DataError, match=re.escape(words)):
        renamed({"_bn1.bias": 1, "_bn2.bias": 2}, names, "x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no names: a mapping of beginnings"),
        ("- a\n", "holds no names"),
        ("a: 1\n", "'a': 1 is no pair of names"),
        ("1: a\n", "1: 'a' is no pair of names"),
        ("a: ''\n", "is no pair of names"),
        ("a: [\n", "are not valid YAML"),
    ],
)
def test_files_of_another_kind_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(text)
    with pytest.raises(DataError, match=re.escape(words)):
        read_names(path)
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_names(tmp_path / "absent.yaml")
