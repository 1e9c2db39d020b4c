"""HTML of our own markdown: no raw HTML, no picture, no address but those of the page, and formulae as MathML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


def html_of(markdown: str) -> str:
    """The body of a page.

    Args:
        markdown: CommonMark with tables, and formulae in fences named `math`.
    """
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("fence", _fence)
    made.add_render_rule("table_open", _table_open)
    made.add_render_rule("table_close", _table_close)
    return str(made.render(markdown))


def _fence(_: RendererHTML, tokens: Sequence[Token], place: int, __: OptionsDict, ___: EnvType) -> str:
    content = tokens[place].content
    if tokens[place].info.strip() == "math":
        return f'<div class="scroll">{convert(content.strip(), display="block")}</div>\n'
    return f"<pre><code>{escape(content)}</code></pre>\n"


def _table_open(*_: object) -> str:
    return '<div class="scroll"><table>\n'


def _table_close(*_: object) -> str:
    return "</table></div>\n"
