"""HTML of our own markdown."""

from __future__ import annotations

from dabench.site.prose import html_of


def test_formulae_are_mathml_and_tables_scroll() -> None:
    made = html_of(
        "Loss\n\n```math\nL = \\tfrac12 \\lVert x_s \\rVert^2\n```\n\n| a | b |\n| --- | --- |\n| 1 | `c_d` |\n"
    )
    assert "<math" in made
    assert "tfrac" not in made
    assert '<div class="scroll"><table>' in made
    assert "<code>c_d</code>" in made


def test_markup_of_others_is_text() -> None:
    made = html_of(
        "<script>alert(1)</script> ![x](https://example.org/x.png) [a](javascript:alert(1))\n\n```html\n<b>\n```\n"
    )
    assert "<script>" not in made
    assert "<img" not in made
    assert 'href="javascript' not in made
    assert "&lt;b&gt;" in made
