"""Arrays of one's own in .npz files: columns, images and windows of signals."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dabench.config.suite_file import read_suite
from dabench.data.arrays import DomainArrays
from dabench.data.prepared import prepare
from dabench.domains.own.table_files import Dialect, read_table, stem_of, suffix_of
from dabench.errors import DataError
from dabench.planning.domains import known_domains
from dabench.plugin.registry import Registry, load_registry
from tests.support.own_files import write_suite

Y = np.arange(20) % 2
IMAGES = np.random.default_rng(0).integers(0, 256, (20, 8, 6, 3), np.uint8)


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Looked for once: that takes longer than most of these tests."""
    return load_registry()


@pytest.fixture
def opened(tmp_path: Path, data: Path, registry: Registry) -> Callable[..., DomainArrays]:
    """A domain of these arrays."""

    def read(options: str = "", **arrays: Any) -> DomainArrays:
        for name in "st":
            np.savez(tmp_path / f"{name}.npz", **({"y": Y} | arrays))
        suite = write_suite(tmp_path / "own.yaml", f"{{tables: ., label: y{options}}}", pairs="[s:t]")
        return prepare(known_domains(read_suite(suite), registry)["t"]).open()

    return read


def joined(arrays: DomainArrays) -> np.ndarray:
    x = np.concatenate([arrays.train.x, arrays.test.x]).astype(float)
    return x[np.lexsort(x.reshape(len(x), -1).T[::-1])]


def rows(x: np.ndarray) -> np.ndarray:
    return x[np.lexsort(x.reshape(len(x), -1).T[::-1])].astype(float)


@pytest.mark.parametrize(
    ("x", "expected", "dtype"),
    [
        (IMAGES, IMAGES.transpose(0, 3, 1, 2), np.uint8),
        (IMAGES.transpose(0, 3, 1, 2), IMAGES.transpose(0, 3, 1, 2), np.uint8),
        (IMAGES.astype(np.int64), IMAGES.transpose(0, 3, 1, 2), np.uint8),
        (IMAGES / 256, IMAGES.transpose(0, 3, 1, 2) / 256, np.float32),
        (IMAGES[..., 0], IMAGES[:, None, :, :, 0], np.uint8),
        (IMAGES[..., 0] / 256, IMAGES[..., 0] / 256, np.float32),  # windows (N, C, T)
    ],
)
def test_images_and_windows(opened: Any, x: np.ndarray, expected: np.ndarray, dtype: type) -> None:
    arrays = opened(x=x)
    assert arrays.train.x.dtype == dtype
    np.testing.assert_array_equal(joined(arrays), rows(expected))


def test_images_keep_their_labels_and_columns_may_be_dropped(opened: Any) -> None:
    x = np.repeat(Y.astype(np.uint8), 8 * 8 * 3).reshape(20, 8, 8, 3)
    arrays = opened(", drop: [id]", x=x, id=np.arange(20))
    np.testing.assert_array_equal(arrays.train.x[:, 0, 0, 0], arrays.train.y)
    with pytest.raises(DataError, match=r"has images or windows of signals \(20, 8, 8, 3\), and beside them id"):
        opened(x=x, id=np.arange(20))


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        ({"x": np.ones((20, 3)) * 1j}, r"x holds complex numbers. Save the parts .* x_re=x.real, x_im=x.imag"),
        ({"x": IMAGES.astype(int) * 9}, r"values from 0 to 255, not 0 to 2295"),
        ({"x": IMAGES[:, None]}, r"neither images \(N, H, W, C\)"),
        (
            {"x": np.where(np.arange(20)[:, None, None] == 3, np.nan, np.ones((20, 2, 5)))},
            r"not finite, the first is row 3",
        ),
        ({"x": np.ones((19, 3))}, r"its arrays differ in their number of rows: y 20, x 19"),
        ({"x": IMAGES, "z": IMAGES}, r"has several arrays of examples: x \(20, 8, 6, 3\), z"),
        ({"x": np.ones(20, dtype=[("a", float)])}, r"x is a structured array"),
        ({"x": IMAGES.astype(str)}, r"whole numbers or float32, not <U"),
    ],
)
def test_arrays_that_are_refused(opened: Any, arrays: dict[str, Any], text: str) -> None:
    with pytest.raises(DataError, match=text):
        opened(**arrays)


def test_labels_of_bytes_are_text(opened: Any) -> None:
    assert opened(x=np.ones((20, 2)), y=np.where(Y, b"cat", b"dog")).classes == ("cat", "dog")
    with pytest.raises(DataError, match=r"the column y holds bytes that are not UTF-8, such as b'\\xff'"):
        opened(x=np.ones((20, 2)), y=np.where(Y, b"\xff", b"dog"))


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("x.tab", "call it .tsv"),
        ("x.npz.gz", "unpack it"),
        ("x.npy", "np.savez"),
        ("x.pkl", "pickles run code"),
        ("x.xlsx", ""),
    ],
)
def test_unknown_types_are_named_with_those_that_are_read(tmp_path: Path, name: str, remedy: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(DataError, match=rf"{name} is not read: tables are .csv, .tsv, .*{remedy}"):
        read_table(tmp_path / name)


def test_tabs_separate_the_columns_of_tsv_files(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("a\ty\n1,5\tcat\n")
    assert read_table(tmp_path / "x.tsv").frame.to_dict("list") == {"a": ["1,5"], "y": ["cat"]}
    (tmp_path / "y.tsv").write_text("a;y\n1,5;cat\n")
    assert read_table(tmp_path / "y.tsv", Dialect(separator=";")).frame.to_dict("list") == {"a": ["1,5"], "y": ["cat"]}


def test_packed_texts_are_read_and_bombs_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress("\ufeffa,y\n1,é\n".encode()))
    table = read_table(tmp_path / "x.csv.gz")
    assert table.frame.to_dict("list") == {"a": ["1"], "y": ["é"]}
    assert (stem_of(tmp_path / "x.csv.gz"), suffix_of(tmp_path / "x.y.CSV.GZ")) == ("x", ".csv.gz")
    (tmp_path / "y.tsv.gz").write_bytes(gzip.compress("a\ty\n1\tä\n".encode("latin-1")))
    with pytest.raises(DataError, match=r"y.tsv.gz, line 2 is not utf-8: .* `encoding: latin-1`"):
        read_table(tmp_path / "y.tsv.gz")
    (tmp_path / "z.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(DataError, match=r"z.csv.gz cannot be read: Not a gzipped file"):
        read_table(tmp_path / "z.csv.gz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dabench.data.limits.PLENTY", 1000)
        (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"a,y\n" + b"1,2\n" * 100_000))
        with pytest.raises(DataError, match=r"bomb.csv.gz holds more than .* bytes, far more than its size promises"):
            read_table(tmp_path / "bomb.csv.gz")
