"""Tables in svmlight's format: domains of one feature space have the same columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dabench.config.suite_file import read_suite
from dabench.domains.own.table_files import read_table
from dabench.errors import DataError
from dabench.planning.domains import known_domains
from dabench.plugin.registry import load_registry
from tests.support.own_files import write_suite

# The first feature never occurs in the south: a guess of the base would shift its columns by one.
NORTH = "1 0:5 3:1\n1 0:2 # a comment\n-1 3:4\n-1 0:1 3:1\n"
SOUTH = "1 1:7\n1 3:2\n-1 3:3\n-1 1:1\n"


def test_columns_are_called_by_their_index(tmp_path: Path) -> None:
    (tmp_path / "x.svm").write_text(SOUTH)
    frame = read_table(tmp_path / "x.svm").frame
    assert frame.to_dict("list") == {"label": [1, 1, -1, -1], "f_1": [7, 0, 0, 1], "f_3": [0, 2, 3, 0]}
    (tmp_path / "y.svm").write_text("1 3:x\n")
    with pytest.raises(DataError, match=r"y.svm cannot be read"):
        read_table(tmp_path / "y.svm")


def test_domains_have_the_same_columns(tmp_path: Path, data: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "north.libsvm").write_text(NORTH)
    (tmp_path / "tables" / "south.libsvm").write_text(SOUTH)
    suite = read_suite(write_suite(tmp_path / "own.yaml", "{tables: tables, label: label}", pairs="[north:south]"))
    found = known_domains(suite, load_registry())
    north, south = (found[name].load()() for name in ("north", "south"))
    assert north.classes == south.classes == ("-1", "1")
    both = [np.concatenate([arrays.train.x, arrays.test.x]) for arrays in (north, south)]
    assert sorted(map(tuple, both[0])) == [(0, 0, 4), (1, 0, 1), (2, 0, 0), (5, 0, 1)]
    assert sorted(map(tuple, both[1])) == [(0, 0, 2), (0, 0, 3), (0, 1, 0), (0, 7, 0)]
