"""Libraries of launchers, which are extras."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from dabench.errors import UsageError


def needed(module: str, *, extra: str) -> Any:
    """Import a library.

    Raises:
        UsageError: it is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the launcher {extra} needs {error.name}, which is not installed: pip install 'dabench[{extra}]'"
        ) from error
