"""The reason why the code of a plugin cannot be imported or called, with its file and line."""

from __future__ import annotations

import traceback
from pathlib import Path

OURS = Path(__file__).parent.parent


def why(error: BaseException) -> str:
    """The kind of an error, what it says, and the place in the plugin; without a place if no code of its own ran."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{type(error).__name__}: {error.msg} ({error.filename}, line {error.lineno})"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_foreign(frame.filename)]
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


def _is_foreign(file: str) -> bool:
    """Whether code is neither dabench's own nor of what imports it and calls its hooks."""
    path = Path(file)
    return not (file.startswith("<") or path.is_relative_to(OURS) or {"importlib", "pluggy"} & set(path.parts))
