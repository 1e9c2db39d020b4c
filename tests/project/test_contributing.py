"""The layout in CONTRIBUTING.md is that of the package."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_layout_names_every_package_once() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    layout = text.partition("## Layout")[2].partition("```text\n")[2].partition("```")[0]
    named = [name for line in layout.splitlines() for name in re.split(r" {3,}", line)[0].split()]
    there = {
        path.stem for path in (ROOT / "dabench").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert sorted(named) == sorted(there - {"__init__", "__main__", "suites"})
