"""The layout in CONTRIBUTING.md is that of the package."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_layout_is_the_one_that_make_lint_checks() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    layout = text.partition("## Layout")[2].partition("```text\n")[2].partition("```")[0]
    shown = [re.split(r" {3,}", line)[0].split() for line in layout.splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert shown == [re.findall(r"\w+", layer) for layer in layers]
