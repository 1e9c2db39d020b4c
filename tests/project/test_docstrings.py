"""Docstrings open with a noun phrase or a verb."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPENINGS = ("How", "What", "When", "Where", "Which", "Who", "Why")  # "Whether" says that the value is true or false
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def riddles(source: str) -> list[str]:
    """The docstrings of a module that open with the beginning of a question."""
    texts = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(source)) if isinstance(node, DOCUMENTED)]
    return [text for text in texts if text.split()[:1] and text.split()[0].strip(",.:?") in OPENINGS]


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["dabench", "plugins"])
def test_no_docstring_opens_like_a_question(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert len(files) > 20
    found = {str(file.relative_to(ROOT)): riddles(file.read_text(encoding="utf-8")) for file in files}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_a_question_is_found_and_a_noun_phrase_is_not() -> None:
    source = '"""Sums."""\n\nclass A:\n    """What is added."""\n\n    def f(self):\n        """Whether it is."""\n'
    assert riddles(source) == ["What is added."]
