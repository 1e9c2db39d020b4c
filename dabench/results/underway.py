"""Runs in progress in a results folder, so that two commands at a time make none of them twice."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from dabench.errors import ResultsError

FOLDER = Path("cache") / "underway"


@contextmanager
def claimed(results: Path, run_ids: Collection[str]) -> Iterator[None]:
    """Within the block these runs are this command's; other runs may be made beside them.

    A claim is a file of run ids with a lock that the system takes away when the process ends, however it ends.

    Raises:
        ResultsError: another command makes some of them, or the folder cannot be written.
    """
    folder = results / FOLDER
    claim = folder / f"{socket.gethostname()}-{os.getpid()}.txt"
    lock = _lock(claim)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "all.lock"):
            for other in sorted(folder.glob("*.txt")):
                _refuse_doubles(other, run_ids, results)
            claim.write_text("\n".join(run_ids))
            lock.acquire(timeout=0)
    except OSError as error:
        raise ResultsError(
            f"{folder} cannot be written ({error.strerror}). Make it writable, or name another folder with --results."
        ) from error
    try:
        yield
    finally:
        claim.unlink(missing_ok=True)
        lock.release()
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)


def _lock(claim: Path) -> FileLock:
    return FileLock(claim.with_suffix(".lock"))


def _refuse_doubles(other: Path, run_ids: Collection[str], results: Path) -> None:
    """Raise a ResultsError if another command is about some of these runs; delete its claim if it is gone."""
    lock = _lock(other)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        doubles = set(run_ids) & set(other.read_text().split())
        if doubles:
            host, _, process = other.stem.rpartition("-")
            raise ResultsError(
                f"another dabench (process {process} on {host}) is making {len(doubles):,} of these {len(run_ids):,} "
                f"runs in {results}. Wait until it ends, and the same command takes over what it has made; or name "
                "another folder with --results."
            ) from None
    else:
        other.unlink(missing_ok=True)
        lock.release()
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
