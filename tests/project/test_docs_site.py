"""The documentation site is built without a warning, and needs nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_site_is_built_strictly(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    pages = {path.relative_to(tmp_path / "site"): path.read_text() for path in (tmp_path / "site").rglob("*.html")}
    assert {f"reference/{name}/index.html" for name in ("help", "hooks", "shipped_suites")} <= set(map(str, pages))
    for path, text in pages.items():
        loaded = re.findall(r'<(?:script|link|img)[^>]+?(?:src|href)="(https?:[^"]+)"', text)
        assert loaded == [], path
        assert "```" not in text, path
    assert "<math" in pages[Path("reference/methods/index.html")]
