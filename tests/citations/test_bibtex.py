import pytest

from dabench.citations.bibtex import entries

TEXT = """@article{a1, title = {An {E}ntry}, year = 2000}
  @misc{ b-2,
    note = {x}}
"""


def test_entries_keep_their_text_and_order() -> None:
    assert entries(TEXT) == {
        "a1": "@article{a1, title = {An {E}ntry}, year = 2000}",
        "b-2": "@misc{ b-2,\n    note = {x}}",
    }
    assert entries("  ") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Me 2026", "no entry of the form"),
        ("@misc{a, title = {x}} and more", "no entry of the form @kind.*and more"),
        ("@misc{, title = {x}}", "no entry"),
        ("@misc{a, title = {x}", "braces that do not close"),
        ("@misc{a, x = {1}} @book{a, x = {2}}", "the key 'a' occurs twice"),
    ],
)
def test_anything_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        entries(text)
