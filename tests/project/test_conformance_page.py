"""docs/reference/conformance.md names every check, and says of each what the kit says."""

from __future__ import annotations

from pathlib import Path

from dabench.testing.checks import CHECKS

PAGE = (Path(__file__).parents[2] / "docs/reference/conformance.md").read_text()


def test_the_page_lists_all_checks() -> None:
    listed = PAGE.split("```text\n")[2].partition("```")[0].splitlines()
    assert [tuple(line.split(maxsplit=1)) for line in listed] == [(check.name, check.summary) for check in CHECKS]
