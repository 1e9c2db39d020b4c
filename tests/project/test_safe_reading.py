"""Nothing that is read may run code or land elsewhere: no pickles, safe YAML, no archive extracted by name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("dabench", "plugins") for path in (ROOT / folder).rglob("*.py"))

FORBIDDEN = {
    "pickle.load", "pickle.loads", "pickle.Unpickler", "joblib.load", "pd.read_pickle", "pandas.read_pickle",
    "yaml.load", "yaml.unsafe_load", "yaml.full_load", "shutil.unpack_archive", "marshal.loads", "shelve.open",
}  # fmt: skip
# A text with none of them is not worth parsing.
WORDS = ("pickle", "load", "extract", "unpack", "shelve")


def faults(text: str) -> list[str]:
    """Calls in a module that could run what they read."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        options = {item.arg: ast.unparse(item.value) for item in node.keywords}
        if (
            name in FORBIDDEN
            or name.endswith((".extractall", ".extract"))
            or (name == "torch.load" and options.get("weights_only") != "True")
            or options.get("allow_pickle", "False") != "False"
        ):
            found.append(f"line {node.lineno}: {name}")
    return found


@pytest.mark.slow
def test_all_sources() -> None:
    texts = {str(path): path.read_text() for path in SOURCES}
    assert len(texts) > 100
    may_read = [path for path, text in texts.items() if any(word in text for word in WORDS)]
    assert {path: found for path in may_read if (found := faults(texts[path]))} == {}


def test_a_call_that_is_forbidden_has_one_of_the_words() -> None:
    assert [name for name in FORBIDDEN if not any(word in name for word in WORDS)] == []


@pytest.mark.parametrize(
    "call",
    [
        "pickle.load(f)", "yaml.load(f, yaml.Loader)", "torch.load(f)", "torch.load(f, weights_only=False)",
        "np.load(f, allow_pickle=True)", "archive.extractall(p)", "archive.extract(m, p)",
    ],
)  # fmt: skip
def test_what_is_found(call: str) -> None:
    assert len(faults(call)) == 1


@pytest.mark.parametrize("call", ["torch.load(f, weights_only=True)", "np.load(f, allow_pickle=False)", "np.load(f)"])
def test_what_is_fine(call: str) -> None:
    assert faults(call) == []
