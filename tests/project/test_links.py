"""Links between the pages, and paths that sources name, lead to something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUFFIXES = {".jinja", ".md", ".py", ".toml", ".yaml"}
TOP = [path for path in ROOT.iterdir() if path.suffix in SUFFIXES or path.name == "Makefile"]
FOLDERS = ("dabench", "docs", "plugins", "tables", "tests")
TEXTS = sorted(
    str(path.relative_to(ROOT))
    for path in [*TOP, ROOT / "results/README.md", *(file for name in FOLDERS for file in (ROOT / name).rglob("*"))]
    if path.suffix in SUFFIXES or path.name == "Makefile"
)
PAGES = [name for name in TEXTS if name.endswith(".md") and not name.startswith("tables/")]
PATH = r"(?<![\w/.-])((?:docs|tables)/[\w/-]+\.(?:md|py|csv|png))\b"
FILE = r"`((?:dabench|docs|plugins|results|tables|tests)/[^`\s<>…]+)`"
FENCED = re.compile(r"^```.*?^```", flags=re.MULTILINE | re.DOTALL)


def slug(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def links(page: str) -> list[str]:
    """Targets of the links and pictures of a page, without those to other sites."""
    text = FENCED.sub("", (ROOT / page).read_text(encoding="utf-8"))
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [link for link in found if not link.startswith(("http://", "https://"))]


def broken(page: str) -> list[str]:
    """Links of a page that lead to no file, no folder, or no heading."""
    bad = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists():
            bad.append(link)
        elif anchor:
            headings = re.findall(r"^#+ (.*)$", FENCED.sub("", target.read_text(encoding="utf-8")), flags=re.MULTILINE)
            if anchor not in map(slug, headings):
                bad.append(link)
    return bad


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A head\n[a](missing.md) [b](#a-head) [c](#no-head) [d](https://example.org)\n")
    assert links(str(page)) == ["missing.md", "#a-head", "#no-head"]
    assert broken(str(page)) == ["missing.md", "#no-head"]


@pytest.mark.slow
def test_paths_of_docs_in_sources_and_texts_exist() -> None:
    named = {
        f"{name}: {path}"
        for name in TEXTS
        for path in re.findall(PATH, (ROOT / name).read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    }
    assert named == set()


def test_files_that_a_page_names_exist() -> None:
    made_by_the_reader = {
        "dabench/selection/rules/my_rule.py",
        "plugins/my_method.py",
        "results/runs",
        "results/verified.json",
    }
    named = {
        f"{page}: {path}"
        for page in PAGES
        if page != "CHANGELOG.md"
        for path in re.findall(FILE, (ROOT / page).read_text(encoding="utf-8"))
        if path not in made_by_the_reader and not list(ROOT.glob(path.rstrip("/")))
    }
    assert named == set()


def test_the_index_lists_every_page() -> None:
    """Also by the page of a folder, such as docs/plugins/index.md."""
    above = ["docs/index.md", *(page for page in PAGES if re.fullmatch(r"docs/[^/]+/index\.md", page))]
    index = {
        str((ROOT / page).parent.joinpath(link).resolve().relative_to(ROOT)) for page in above for link in links(page)
    }
    pages = {page for page in PAGES if page.startswith("docs/")} - {"docs/index.md"}
    assert pages - index == set()
