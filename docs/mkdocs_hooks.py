"""Additions to MkDocs: the navigation of docs/index.md, pages made from the code, formulae as MathML, and links out of
docs/ to the repository.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files

from dabench.cli.reference import commands_page, hooks_page, suites_page
from dabench.plugin.registry import load_registry

FORMULA = re.compile(r"^```math\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()((?!https?:|mailto:|#)[^)\s]+)(\))")
ENTRY = re.compile(r"\[([^\]]+)\]\((?!https?:|mailto:|#)([^)\s#]+)\)")

# Pages of reference that are made while the site is built, and so are never stale.
MADE = {"help": commands_page, "hooks": hooks_page, "shipped_suites": lambda: suites_page(load_registry())}


def on_config(config: Any, **_: Any) -> Any:
    """The navigation: the sections of docs/index.md with the pages that they link, each page once.

    The page of a folder, such as plugins/index.md, stands above the pages that it links itself.
    """
    docs = Path(config.docs_dir)
    seen = {"index.md"}

    def linked(text: str, folder: str = "") -> list[Any]:
        entries: list[Any] = []
        for title, path in ENTRY.findall(text):
            page = posixpath.normpath(posixpath.join(folder, path))
            if page in seen or not page.endswith(".md") or page.startswith(".."):
                continue
            seen.add(page)
            own = posixpath.dirname(page)
            below = linked((docs / page).read_text(encoding="utf-8"), own) if page == f"{own}/index.md" else []
            entries.append({title: [page, *below]} if below else page)
        return entries

    nav: list[Any] = ["index.md"]
    for section in (docs / "index.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        title = section.partition("\n")[0]
        nav.append({title: linked(section) + [f"reference/{name}.md" for name in MADE if title == "Reference"]})
    config.nav = nav
    return config


def on_files(files: Files, *, config: Any, **_: Any) -> Files:
    """The pages of docs/, and those that are made from the code."""
    for name, make in MADE.items():
        files.append(File.generated(config, f"reference/{name}.md", content=make()))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """The text of a page as MkDocs shall read it."""
    folder = posixpath.dirname(page.file.src_uri)
    repository = f"{config.extra['repository']}/blob/main/"

    def outside(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join("docs", folder, found[2]))
        if path.startswith("docs/") and not path.partition("#")[0].endswith((".bib", ".py", ".csv")):
            return found[0]
        return f"{found[1]}{repository}{path}{found[3]}"

    markdown = FORMULA.sub(_formula, markdown)
    parts = FENCED.split(markdown)
    return "".join(part if part.startswith("```") else LINK.sub(outside, part) for part in parts)


def _formula(found: re.Match[str]) -> str:
    return f'<div style="overflow-x: auto">{convert(found[1], display="block")}</div>'
