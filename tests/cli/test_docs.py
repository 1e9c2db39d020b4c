"""`dabench docs`: the pages are those of the repository, and say what methods declare."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest

from dabench.cli.main import main
from dabench.leaderboard.method_pages import described
from dabench.plugin.registry import load_registry
from dabench.specs.spec import MethodSpec

ROOT = Path(__file__).parents[2]

Docs = Callable[..., tuple[int, str, str]]

PLUGIN = '''
from dabench import DeepMethod

class Mine(DeepMethod):
    """First | idea.

    Second: of `a_|_b` and _c_.

    Attributes:
        hidden: not for readers of the page.
    """

    views = {"strong": "randaugment"}

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight, height: of both
                and more.
            layers: a few.
        """

        weight: float = 0.5
        height: int = 2
        layers: tuple[str, ...] = ("a", "b")
        undescribed: bool = True
'''
HOOKS = """
from dabench import MethodSpec, Range, hookimpl

@hookimpl
def dabench_methods():
    yield MethodSpec(
        name="mine", entry_point="mine:Mine", summary="", title="My Method", reference="Me 2026", loss=r"L = \\sum w",
        deviations=("It is shorter.",), off={"weight": 0},
        search={"weight": Range(0.1, 10, log=True), "height": (1, 2)}, tracks=("unsupervised", "few_shot"),
    )
"""


@pytest.fixture
def docs(capsys: pytest.CaptureFixture[str]) -> Docs:
    """Run `dabench docs methods` in this process; returns exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(["docs", "methods", *arguments])
        assert isinstance(stop.value.code, int)
        return stop.value.code, *capsys.readouterr()

    return call


@pytest.mark.slow
def test_the_page_is_not_stale(docs: Docs, tmp_path: Path) -> None:
    code, _, err = docs("--results", str(ROOT / "results"), "-o", str(tmp_path / "methods.md"))
    assert (code, err) == (0, f"wrote {tmp_path / 'methods.md'}\n")
    page = (ROOT / "docs/reference/methods.md").read_text()
    assert (tmp_path / "methods.md").read_text() == page, "run `make tables`"


@pytest.mark.slow
def test_the_comparison_of_methods_is_not_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs/results/which_method.md"
    made = tmp_path / "docs/results/which_method.md"
    made.parent.mkdir(parents=True)
    for suite in (ROOT / "docs/results").glob("*.md"):  # a suite with a page is linked
        (made.parent / suite.name).touch()
    with pytest.raises(SystemExit) as stop:
        main(["docs", "which-method", "-o", str(made)])
    assert stop.value.code == 0
    assert made.read_text() == page.read_text(), "run `make tables`"


@pytest.mark.slow
def test_the_citations_are_not_stale_and_bibtex_reads_them(tmp_path: Path) -> None:
    import bibtexparser

    with pytest.raises(SystemExit) as stop:
        main(["docs", "citations", "-o", str(tmp_path / "made.bib")])
    assert stop.value.code == 0
    page = ROOT / "docs/reference/citations.bib"
    assert (tmp_path / "made.bib").read_text() == page.read_text(), "run `make tables`"
    found = bibtexparser.parse_file(str(page))
    assert found.failed_blocks == []
    assert len(found.entries_dict) > 30
    where = {"article": {"journal", "volume"}, "book": {"publisher"}, "inproceedings": {"booktitle"}, "misc": set()}
    for entry in found.entries:
        fields = {field.key for field in entry.fields}
        assert {"author", "title"} | where[entry.entry_type] <= fields, entry.key
        assert entry.key == "dabench" or entry["year"].isdecimal()


def test_no_two_measured_cells_of_a_method_have_the_same_name() -> None:
    sections = (ROOT / "docs/reference/methods.md").read_text().split("\n## ")
    for section in sections:
        for table in section.split("\n\n"):
            cells = re.findall(r"^\| ((?:.* \| )?.* → .*?) \|", table, re.MULTILINE)
            assert len(set(cells)) == len(cells), section.partition("\n")[0]
    (feda,) = (section for section in sections if section.startswith("FEDA"))
    assert "| measured: mini_few_shot, 5 seeds, labelled per class | 1 | 10 |\n| --- | --- | --- |\n| digits →" in feda


def test_every_shipped_method_says_what_it_minimises_and_what_its_options_mean() -> None:
    shipped = [found for found in load_registry().all(MethodSpec).values() if found.origin.distribution == "dabench"]
    assert len(shipped) >= 11
    page = (ROOT / "docs/reference/methods.md").read_text()
    for found in shipped:
        assert f"(`{found.spec.name}`)" in page
        assert found.spec.loss
        options = found.load().Options
        assert set(described(options)) == set(options.model_fields), found.spec.name
        bound = found.spec.name in ("source_only", "target_only", "source_augmented")
        assert bound or (found.spec.reference and found.spec.citation)


def test_a_page_says_what_a_plugin_declares(docs: Docs, site, tmp_path: Path) -> None:
    site.install("mine", {"mine": "mine_hooks"}, mine=PLUGIN, mine_hooks=HOOKS)
    code, out, _ = docs("mine", "--results", str(tmp_path))
    assert code == 0
    _, _, section = out.partition("## ")
    assert (
        section
        == r"""My Method (`mine`)

First \| idea.

Second: of `a_\|_b` and \_c\_.

```math
L = \sum w
```

- track: unsupervised, few_shot
- learns: a network
- augmented views: strong (randaugment)
- reference: Me 2026 (`dabench cite mine`)
- `dabench tune` tries: `weight` from 0.1 to 10 on a logarithmic scale; `height` 1, 2
- switched off by: `weight=0`
- differs from the paper:
  - It is shorter.

| option | default | meaning |
| --- | --- | --- |
| `weight` | 0.5 | of both and more. |
| `height` | 2 | of both and more. |
| `layers` | a, b | a few. |
| `undescribed` | True |  |
"""
    )


@pytest.mark.slow
def test_only_what_was_published_is_shown(docs: Docs, tmp_path: Path) -> None:
    copy(ROOT / "results" / "mini.csv", tmp_path)
    _, out, _ = docs("coral", "--results", str(tmp_path))
    assert "| mini | digits → digits_m | .587 ±.016 | 2 % [-2, 5] | 5 |" in out
    _, out, _ = docs("uda", "--results", str(tmp_path))
    assert "measured" not in out.partition("## ")[2]


def test_an_unknown_method(docs: Docs) -> None:
    code, out, err = docs("dan")
    assert (code, out) == (2, "")
    assert "Did you mean 'dann'" in err
