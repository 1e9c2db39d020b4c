"""Checks of the content of a domain: decode it if needed, hash it, count its classes."""

from __future__ import annotations

from dataclasses import replace

from dabench.data.acquire.inventory import CORRUPT, MISSING, Status, anew, damaged_copy, judged, look
from dabench.data.prepared import class_counts, content_sha256, prepare
from dabench.data.prepared_copy import Meta
from dabench.errors import DataError, DataFolderError
from dabench.specs.spec import DomainSpec


def examine(spec: DomainSpec) -> Status:
    """The state of a domain, its content read from the first byte to the last.

    Raises:
        DataFolderError: the data folder cannot be written.
    """
    seen = look(spec)
    if seen.state == MISSING:
        return seen
    try:
        prepared = prepare(spec)
    except DataFolderError:
        raise
    except DataError as error:
        said = bool(spec.homepage) and spec.homepage in str(error)  # where to get the files anew
        todo = anew(spec) if spec.files and not said else ""
        return replace(seen, state=CORRUPT, note=str(error), next=todo)
    try:
        meta, arrays = Meta.read(prepared.folder), prepared.open()
    except (OSError, ValueError, DataError) as error:  # not there, cut off, or not what a domain can be
        return damaged_copy(spec, seen.files, prepared.folder, f"{type(error).__name__}: {error}")
    sha256, counts = content_sha256(arrays), class_counts(arrays)
    if sha256 != meta.sha256:
        return damaged_copy(spec, seen.files, prepared.folder, f"its content is {sha256[:12]}, not {meta.sha256[:12]}")
    return judged(spec, seen.files, prepared.folder, replace(meta, counts=counts))
