from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from dabench.domains.vectors import amazon_text
from dabench.domains.vectors.amazon_text_spec import FILES
from dabench.errors import DataError


def _review(text: str, title: str = "title") -> str:
    return (
        f"<review>\n<asin>\n1\n</asin>\n<title>\n{title}\n</title>\n<review_text>\n{text}\n</review_text>\n</review>\n"
    )


def _write(root: Path, negative: list[str], positive: list[str]) -> None:
    for path, texts in zip(FILES["kitchen"], (negative, positive), strict=True):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes("".join(texts).encode("latin-1"))


def test_bare_ampersands_and_latin_1_are_read(data: Path) -> None:
    _write(data, [_review("caf\xe9 & knife <3\nbroke", "d\xe9j\xe0 vu")], [_review("good")])
    assert list(amazon_text.reviews(data / FILES["kitchen"][0])) == ["d\xe9j\xe0 vu caf\xe9 & knife <3 broke"]


def test_words_and_pairs_of_words_are_counted(data: Path) -> None:
    _write(data, [_review(f"bad bad pan{i}", "so") for i in range(5)], [_review(f"fine pot{i}") for i in range(5)])
    arrays = amazon_text.kitchen()
    assert arrays.train.x.shape == (8, 2**18)
    assert arrays.test.y.tolist() == [0, 1]
    row = arrays.train.x[[0]]
    column = HashingVectorizer(n_features=2**18, norm=None, alternate_sign=False).transform(["bad"]).indices[0]
    assert row[0, column] == 2
    assert row.sum() == 7, "so, bad twice, pan0, and three pairs: so bad, bad bad, bad pan0"


def test_copies_of_a_text_stand_in_one_split(data: Path) -> None:
    negative = [_review("the same"), *(_review(f"n{i}") for i in range(3)), _review("the same")]
    _write(data, negative, [_review(f"p{i}") for i in range(5)])
    arrays = amazon_text.kitchen()
    assert np.bincount(arrays.train.y).tolist() == [5, 4]
    assert np.bincount(arrays.test.y, minlength=2).tolist() == [0, 1]


def test_a_review_without_text_is_an_error(data: Path) -> None:
    _write(data, ["<review>\n<title>\na\n</title>\n</review>\n"], [_review("x")])
    with pytest.raises(DataError, match=r"negative\.review: review 1 has no title or no text"):
        amazon_text.kitchen()


def test_sizes_of_the_real_domains(real_data: Path) -> None:
    for name in FILES:
        arrays = getattr(amazon_text, name)()
        assert (np.bincount(arrays.train.y) + np.bincount(arrays.test.y)).tolist() == [1000, 1000]
        assert 380 <= len(arrays.test.y) <= 400
