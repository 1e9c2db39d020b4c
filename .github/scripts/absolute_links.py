"""Make the links of a page absolute, so that they work where the page stands alone: on PyPI.

python .github/scripts/absolute_links.py README.md https://github.com/OWNER/dabench/blob/v1.0
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LINK = re.compile(r"(\]\()((?!https?:|mailto:|#)[^)\s]+)(\))")
FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def absolute(text: str, base: str) -> str:
    """The text with `base` before every relative address of a link; code stays as it is."""
    parts = FENCED.split(text)
    return "".join(
        part if part.startswith("```") else LINK.sub(rf"\g<1>{base.rstrip('/')}/\g<2>\g<3>", part) for part in parts
    )


if __name__ == "__main__":
    page, base = Path(sys.argv[1]), sys.argv[2]
    page.write_text(absolute(page.read_text(encoding="utf-8"), base), encoding="utf-8")
