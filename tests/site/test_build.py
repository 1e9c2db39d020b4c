"""The pages of a site, from published results."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dabench.errors import ResultsError
from dabench.plugin.registry import load_registry
from dabench.results.cells import rows_of
from dabench.results.csv_file import csv_text
from dabench.results.verified import mark, write_marks
from dabench.site.build import read_site, write_site
from tests.support.factories import make_frame, make_records


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two suites, one run of them verified."""
    folder = tmp_path_factory.mktemp("site")
    results = folder / "results"
    results.mkdir()
    values = {"source_only": [0.5, 0.51], "dann": [0.7, 0.72], "elsewhere": [0.6, None], "target_only": [0.9, 0.91]}
    mini = make_frame(*[run for place in range(6) for run in make_records(values, pair=f"a{place}:b{place}")])
    (results / "mini.csv").write_text(csv_text(mini))
    (results / "unknown.csv").write_text(csv_text(make_frame(*make_records(values, suite="unknown"))))
    row = next(row for row in rows_of(mini) if row["method"] == "dann")
    write_marks(results, [mark(row, row, "identical")])
    write_site(read_site(results, folder / "tables", load_registry()), folder / "out")
    return folder / "out"


class Parser(HTMLParser):
    """Collects addresses and anchors, and the kinds of tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.mark.slow
def test_there_is_a_page_for_each_suite_and_each_method_with_runs(site: Path) -> None:
    assert {str(path.relative_to(site)) for path in site.rglob("*.html")} == {
        "index.html", "which_method.html", "methods.html", "mini.html", "unknown.html",
        "methods/dann.html", "methods/source_only.html", "methods/target_only.html",
    }  # fmt: skip


def test_every_link_leads_to_a_page_and_nothing_comes_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        found = Parser(path.read_text())
        assert not found.tags & {"img", "iframe", "object", "embed"}
        for link in found.links:
            address, _, _ = link.partition("#")
            assert link == "data:," or not address or (path.parent / address).is_file(), f"{path}: {link}"
        assert "default-src 'none'" in path.read_text()


def test_the_index_counts(site: Path) -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", (site / "index.html").read_text(), flags=re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in rows[1:]]
    mini, unknown = [[re.sub(r"<.*?>", "", cell) for cell in row] for row in cells]
    assert mini[:9] == ["mini", "unsupervised", "6", "2", "2", "48", "6", "0", "1"]
    assert unknown[:9] == ["unknown", "unsupervised", "1", "2", "2", "8", "1", "0", "0"]


def test_verified_runs_are_marked(site: Path) -> None:
    text = (site / "mini.html").read_text()
    assert text.count('class="verified"') == 1
    assert "1 of 2 runs were reproduced elsewhere" in text
    assert 'class="verified"' not in (site / "unknown.html").read_text()


def test_a_method_that_nobody_registers_has_no_page_and_no_link(site: Path) -> None:
    text = (site / "which_method.html").read_text()
    assert 'href="methods/dann.html"' in text
    assert "elsewhere" in text
    assert "methods/elsewhere.html" not in text


def test_a_folder_without_published_files_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no published results in .*`dabench results publish SUITE`"):
        read_site(tmp_path, tmp_path, load_registry())


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_cut_off_and_tables_sort(browser: Any, site: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto((site / "which_method.html").as_uri())
    heading = page.locator("table.sorts thead th").nth(2)
    for state, first in (("descending", "DANN"), ("ascending", "elsewhere")):
        heading.click()
        assert heading.get_attribute("aria-sort") == state
        assert page.locator("table.sorts").first.locator("tbody th").first.inner_text().strip() == first
    assert (
        page.get_by_role("img")
        .first.get_attribute("aria-label")
        .startswith("Mean ranks over 7 pairs, best first: DANN")
    )
    assert said == []
    context.close()
