"""Tables of a data set on the Hugging Face Hub, at a fixed commit: `hub://OWNER/NAME@COMMIT/FOLDER`.

The files of the repository are read as they are. No script of it is run.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from dabench.config.own_data import OwnTables, is_hub
from dabench.data.acquire.fetch import offline
from dabench.errors import DataError, UsageError

_ADDRESS = re.compile(r"hub://(?P<name>[\w.-]+/[\w.-]+)@(?P<commit>[^/]+)(?P<folder>/.*)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def place_of(config: OwnTables) -> Path:
    """The folder or file of a suite's tables.

    Raises:
        UsageError, DataError: it is on the Hub, and could not be downloaded: see `local_copy`.
    """
    return local_copy(config.tables) if is_hub(config.tables) else Path(config.tables)


def local_copy(place: str) -> Path:
    """The folder or file of a place on the Hub, downloaded unless it is in the cache of huggingface_hub.

    Args:
        place: `hub://OWNER/NAME@COMMIT/FOLDER`; without a FOLDER the whole repository.

    Raises:
        UsageError: it is not of that form, or names no commit.
        DataError: huggingface_hub is not installed, or the download failed.
    """
    found = _ADDRESS.fullmatch(place)
    if found is None:
        raise UsageError(f"{place!r} is no place on the Hub: hub://OWNER/NAME@COMMIT/FOLDER is expected.")
    if not _COMMIT.fullmatch(found["commit"]):
        raise UsageError(
            f"{place!r} names {found['commit']!r}, and branches and tags may move: a commit of 40 digits is expected, "
            "as the page `Files and versions` of the data set shows it under `History`."
        )
    folder = (found["folder"] or "").strip("/")
    if ".." in Path(folder).parts:
        raise UsageError(f"{place!r} leads out of the repository.")
    try:
        hub = import_module("huggingface_hub")
    except ImportError as error:
        raise DataError(
            "data on the Hub need huggingface_hub, which is not installed: pip install 'dabench[hub]'"
        ) from error
    try:
        root = hub.snapshot_download(
            found["name"],
            repo_type="dataset",
            revision=found["commit"],
            allow_patterns=[folder, f"{folder}/*"] if folder else None,
            local_files_only=offline(),
        )
    except (OSError, ValueError) as error:  # what huggingface_hub raises where it cannot download
        raise DataError(f"could not download {place}: {str(error).splitlines()[0]}") from error
    return Path(root) / folder
