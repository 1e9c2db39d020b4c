from pathlib import Path

import numpy as np
import pytest

from dabench.domains.vectors import pos
from dabench.domains.vectors.pos_spec import GENRES
from dabench.errors import DataError

DOCUMENT = """# newdoc id = a
# sent_id = a-1
# text = I don't see 42 ☃s.
1	I	I	PRON	PRP	_	4	nsubj	_	_
2-3	don't	_	_	_	_	_	_	_	_
2	do	do	AUX	VBP	_	4	aux	_	_
3	n't	not	PART	RB	_	4	advmod	_	_
4	see	see	VERB	VB	_	0	root	_	_
4.1	saw	see	VERB	VB	_	_	_	_	_
5	42	42	NUM	CD	_	6	nummod	_	_
6	☃s	☃s	NOUN	NNS	_	4	obj	_	_
7	.	.	PUNCT	.	_	4	punct	_	_

# sent_id = a-2
1	Go	go	VERB	VB	_	0	root	_	_

"""


def _write(root: Path, documents: int) -> None:
    (root / "ud_english_ewt" / "email").mkdir(parents=True)
    for number in range(documents):
        text = DOCUMENT.replace("Go", f"Go{number}")
        (root / "ud_english_ewt" / "email" / f"{number:02d}.conllu").write_text(text, "utf-8")


def test_words_are_read_without_ranges_and_empty_nodes(data: Path) -> None:
    _write(data, 1)
    first, second = pos.sentences(data / "ud_english_ewt" / "email" / "00.conllu")
    assert [word for word, _ in first] == ["I", "do", "n't", "see", "42", "☃s", "."]
    assert [tag for _, tag in first] == ["PRON", "AUX", "PART", "VERB", "NUM", "NOUN", "PUNCT"]
    assert second == [("Go0", "VERB")]


def test_an_unknown_tag_is_an_error(data: Path) -> None:
    _write(data, 1)
    path = data / "ud_english_ewt" / "email" / "00.conllu"
    path.write_text(DOCUMENT.replace("AUX", "VRB"), "utf-8")
    with pytest.raises(DataError, match="VRB is no universal part of speech"):
        list(pos.sentences(path))


def test_every_fifth_document_is_for_testing(data: Path) -> None:
    _write(data, 10)
    arrays = pos.email()
    assert (len(arrays.train.y), len(arrays.test.y)) == (8 * 8, 2 * 8)
    assert arrays.train.x.shape == (64, 2**18)
    assert arrays.train.y[:8].tolist() == [
        pos.CLASSES.index(tag) for tag in ["PRON", "AUX", "PART", "VERB", "NUM", "NOUN", "PUNCT", "VERB"]
    ]
    assert (arrays.train.x.sum(axis=1) >= 10).all()


def test_features_say_what_a_word_and_its_neighbours_are() -> None:
    words = ["The", "Running", "dogs"]
    found = set(pos.features(words, 1))
    assert {"word=running", "ending=ing", "shape=Xx", "word-1=the", "word+1=dogs", "ending+1=gs", "word+2=-"} <= found
    assert "first=True" in set(pos.features(words, 0))


@pytest.mark.parametrize(
    ("word", "shape"),
    [("Smith", "Xx"), ("24x7", "dxd"), ("USA", "X"), ("e-mail", "x-x"), ("...", "."), ("Étude", "Xx")],
)
def test_shape(word: str, shape: str) -> None:
    assert pos.shape(word) == shape


def test_a_genre_that_is_missing_is_named(data: Path) -> None:
    with pytest.raises(DataError, match=r"pos/weblog.*ud_english_ewt/weblog/\*\.conllu"):
        pos.weblog()


def test_sentences_of_the_real_genres(real_data: Path) -> None:
    counts = {
        genre: sum(len(list(pos.sentences(path))) for path in (real_data / "ud_english_ewt" / genre).glob("*.conllu"))
        for genre in GENRES
    }
    assert counts == {"answers": 3488, "email": 4899, "newsgroup": 2391, "reviews": 3814, "weblog": 2030}
    arrays = pos.weblog()
    assert set(np.unique(arrays.train.y)) == set(range(17))
