"""Artifacts of a run: its model, its predictions, and what its method wrote, in a folder that mirrors its record's.

`DIR/artifacts/<suite>/<pair>/<method>/<seed>-<id>/` holds the files, and `artifacts.json` among them their hashes,
written by the process that writes the record. They are no part of a run's identity.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Any

from dabench.errors import ResultsError
from dabench.results.artifact_names import FILES, LIST, artifacts_folder
from dabench.results.record_file import write_atomic
from dabench.runs.record import RunRecord, run_stem

LARGEST = 2**20  # bytes of the list


def folder_of(results: Path, record: RunRecord) -> Path:
    """The folder of the artifacts of a record."""
    stem = run_stem(record.suite, record.source, record.target, record.method, record.seed, record.run_id)
    return artifacts_folder(results, stem)


def list_artifacts(results: Path, record: RunRecord) -> Path:
    """Write the hashes of a run's artifacts, if it has some; return their folder, which need not exist."""
    folder = folder_of(results, record)
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and path.name != LIST)
    if not found:
        return folder
    files = {
        path.relative_to(folder).as_posix(): {"sha256": _digest(path), "bytes": path.stat().st_size} for path in found
    }
    write_atomic(folder / LIST, json.dumps({"run_id": record.run_id, "files": files}, indent=1) + "\n")
    return folder


def missing_artifacts(results: Path, record: RunRecord, save: tuple[str, ...]) -> bool:
    """Whether a record lacks some of what `--save` would have kept, and its run could keep it."""
    folder = folder_of(results, record)
    return any(not (folder / name).is_file() for kind in save for name in FILES[kind])


def artifact(results: Path, record: RunRecord, name: str) -> Path:
    """A file among the artifacts of a record, which is as it was when it was listed.

    Args:
        results: the results folder.
        record: of the run.
        name: of the file, with `/` between folders.

    Raises:
        ResultsError: it was not kept, is gone, was changed, or the list names a place outside the folder.
    """
    folder = folder_of(results, record)
    kind = next((kind for kind, names in FILES.items() if name in names), "")
    remedy = f"`dabench run {record.suite} --save {kind}` makes the run again and keeps it" if kind else "run it again"
    listed = _listed(folder, record, remedy)
    if name not in listed:
        raise ResultsError(f"the run of {folder / LIST} kept no {name}: {remedy}.")
    path = folder / _inside(folder, name)
    if not path.is_file():
        raise ResultsError(f"{path} is gone: {remedy}.")
    if _digest(path) != listed[name]["sha256"]:
        raise ResultsError(f"{path} is damaged: it is not what was written. Delete {folder}; {remedy}.")
    return path


def _listed(folder: Path, record: RunRecord, remedy: str) -> dict[str, Any]:
    path = folder / LIST
    if not path.is_file():
        raise ResultsError(
            f"nothing was kept of this run, or it is gone: there is no {path}. {remedy[0].upper()}{remedy[1:]}."
        )
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("it is too large")
        content = json.loads(path.read_text(encoding="utf-8"))
        files = {name: {"sha256": str(entry["sha256"])} for name, entry in dict(content["files"]).items()}
        owner = content["run_id"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ResultsError(
            f"{path} cannot be read ({type(error).__name__}: {error}): delete {folder}; {remedy}."
        ) from error
    if owner != record.run_id:
        raise ResultsError(f"{path} is of another run: delete {folder}; {remedy}.")
    for name in files:
        _inside(folder, name)
    return files


def _inside(folder: Path, name: str) -> PurePosixPath:
    """A relative path that leads nowhere else, also not by a link.

    Raises:
        ResultsError: it does.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise ResultsError(f"{folder / LIST} names {name!r}, which lies outside the folder: nothing is read of it.")
    if not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise ResultsError(f"{folder / path} is a link that leads out of the folder: nothing is read of it.")
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
