"""The files of a publisher below ``DABENCH_DATA_DIR``, or an error that says which file belongs where."""

from __future__ import annotations

from pathlib import Path

from dabench.data.folder import data_dir, find
from dabench.errors import DataError


def require(domain: str, *patterns: str, homepage: str) -> list[Path]:
    """Finds the files of a domain.

    Args:
        domain: whose files they are, for the message.
        patterns: paths or glob patterns below ``DABENCH_DATA_DIR``; each must match at least one file.
        homepage: where a person gets the files.

    Returns:
        The files, in the order of the patterns, and sorted within each.

    Raises:
        DataError: a pattern matches nothing; the message names all that do not.
    """
    found = {pattern: find(pattern) for pattern in patterns}
    missing = [pattern for pattern, paths in found.items() if not paths]
    if missing:
        raise DataError(
            f"domain {domain!r} needs files that are not there: {', '.join(missing)} below {data_dir()}. "
            f"Get them from {homepage} and put them there, or name the folder that holds them with DABENCH_DATA_DIR."
        )
    return [path for pattern in patterns for path in found[pattern]]
