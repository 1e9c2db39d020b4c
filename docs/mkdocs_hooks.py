"""Additions to MkDocs: pages made from the code, formulae as MathML, and links out of docs/ to the repository."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files

from dabench.cli.reference import commands_page, hooks_page, suites_page
from dabench.plugin.registry import load_registry

FORMULA = re.compile(r"^```math\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()((?!https?:|mailto:|#)[^)\s]+)(\))")


def on_files(files: Files, *, config: Any, **_: Any) -> Files:
    """The pages of docs/, and those that are made from the code."""
    made = {"help": commands_page(), "hooks": hooks_page(), "shipped_suites": suites_page(load_registry())}
    for name, text in made.items():
        files.append(File.generated(config, f"reference/{name}.md", content=text))
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
