"""Downloads: mirror by mirror, checked, and put where they belong, by one process at a time.

A download works in `DIR/downloads/<key>/`, which is gone when it is done. A process that is killed leaves there what
was downloaded so far, and the next one continues it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dabench.data.acquire.digests import content_sha256, file_digests
from dabench.data.acquire.http import MirrorError, Patience, Resuming, Show
from dabench.data.acquire.place import fits, put, there
from dabench.data.acquire.unpack import unpack
from dabench.data.folder import data_dir
from dabench.errors import DataError, DataFolderError
from dabench.specs.download import DataFile, Download

_REMEDY = (
    "Free some space or name another folder with DABENCH_DATA_DIR; the same command then goes on where it stopped."
)


def offline() -> bool:
    """Whether `DABENCH_OFFLINE` forbids the network."""
    return os.environ.get("DABENCH_OFFLINE", "").lower() not in ("", "0", "false", "no")


def fetch(download: Download, show: Show, patience: Patience | None = None, *, fresh: bool = False) -> bool:
    """Make sure that everything a download holds is below the data folder.

    Args:
        download: what is wanted.
        show: who is told how it goes.
        patience: how long to wait for what.
        fresh: download it even if it is there.

    Returns:
        Whether anything was downloaded.

    Raises:
        DataError: it has no links, `DABENCH_OFFLINE` is set, or no mirror gives it.
        DataFolderError: the data folder cannot be written.
    """
    if not fresh and not _missing(download):
        return False
    if not download.urls:
        raise DataError(f"{download.name} has no link that a program can follow.\n{by_hand(download)}")
    if offline():
        raise DataError(f"DABENCH_OFFLINE is set, so {download.name} is not downloaded.\n{by_hand(download)}")
    with _alone(download, show) as folder:
        if not fresh and not _missing(download):  # while this process waited, another one did it
            return False
        _from_any_mirror(download, folder, show, patience or Patience())
    return True


def by_hand(download: Download) -> str:
    """Instructions for a person to get the files of a download without this program."""
    wanted = ", ".join(data_file.pattern for data_file in download.data_files)
    return (
        f"By hand: get {download.name} from {download.homepage or download.urls[0]} and run "
        f"`dabench data import FOLDER` with the folder that holds it, or put {wanted} into {data_dir()}."
    )


def verify(download: Download, file: Path, into: Path) -> dict[DataFile, Path]:
    """Check a downloaded file, and unpack it.

    Args:
        download: what it should be.
        file: what was downloaded.
        into: a folder for what is unpacked; what is in it is deleted.

    Returns:
        Where each data file is.

    Raises:
        DataError: it is something else, cut off, damaged or unsafe.
        OSError: it cannot be unpacked there.
    """
    if download.stated and not file_digests(file) & set(download.stated):
        raise DataError(f"other content than published: {_differs(file, download.stated)}")
    if not download.archive:
        (data_file,) = download.data_files
        if not fits(data_file, file):
            raise DataError(f"other content than published: {_differs(file, data_file.digests)}")
        return {data_file: file}
    shutil.rmtree(into, ignore_errors=True)
    try:
        found = unpack(file, download.data_files, into)
    except (OSError, DataError):  # a full disk, too: half an archive should not keep it full
        shutil.rmtree(into, ignore_errors=True)
        raise
    for data_file in download.data_files:
        if data_file not in found:
            raise DataError(f"it holds no {data_file.tail}")
        if not fits(data_file, into / data_file.path):
            raise DataError(f"it holds other content than published in {data_file.tail}")
    return {data_file: into / data_file.path for data_file in download.data_files}


def _missing(download: Download) -> list[DataFile]:
    return [data_file for data_file in download.data_files if not there(data_file)]


@contextmanager
def _alone(download: Download, show: Show) -> Iterator[Path]:
    """A folder to work in, which no other process uses at the same time."""
    from filelock import FileLock, Timeout

    paths = "\n".join(data_file.pattern for data_file in download.data_files)
    folder = data_dir() / "downloads" / f"{hashlib.sha256(paths.encode()).hexdigest()[:8]}-{download.name}"
    lock = FileLock(f"{folder}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            show.say(f"{download.name}: waiting for another process that fetches it")
            lock.acquire()
    except OSError as error:
        raise DataFolderError(f"cannot write in {folder.parent}: {error}. {_REMEDY}") from error
    try:
        yield folder
    finally:
        lock.release()


def _from_any_mirror(download: Download, folder: Path, show: Show, patience: Patience) -> None:
    failures: list[str] = []
    for url in download.urls:
        try:
            _from_mirror(download, url, folder, show, patience)
        except OSError as error:  # of this machine: another mirror would not help
            why = f"{error.strerror or error}"
            raise DataFolderError(
                f"{download.name} from {url} cannot be written to {folder}: {why}. {_REMEDY}"
            ) from error
        except DataError as error:
            failures.append(f"{url}: {error}")
            if url != download.urls[-1]:
                show.say(f"{failures[-1]}; trying the next mirror")
        else:
            shutil.rmtree(folder)
            show.say(f"{download.name}: fetched from {url}")
            return
    raise DataError(_no_mirror(download, failures))


def _from_mirror(download: Download, url: str, folder: Path, show: Show, patience: Patience) -> None:
    """Get, check and place it.

    Raises:
        DataError: the mirror does not give it, or gives something else.
        OSError: it cannot be written.
    """
    file = folder / download.name
    for _ in range(2):
        folder.mkdir(exist_ok=True)
        resuming = Resuming(folder / f"{download.name}.part", show, patience)
        left = file.exists()  # by a process that was killed
        if not left:
            resuming.get(url, file)
        if download.archive:
            show.say(f"{download.name}: unpacking")
        try:
            placed = verify(download, file, folder / "unpacked")
        except DataError as error:
            shutil.rmtree(folder)  # nothing of this is to be continued
            if not (left or resuming.resumed):
                raise MirrorError(str(error)) from error
            show.say(f"{url}: {error}; it was begun by an earlier transfer, so once more from the start")
            continue
        for data_file, path in placed.items():
            before = put(data_file, path)
            if before:
                show.say(f"what was in {data_file.path} before is now in {before}")
        return
    raise MirrorError("other content than published, also when downloaded from the start")


def _differs(file: Path, wanted: Collection[str]) -> str:
    """The digest that a file (unpacked, if it is packed) has, and those that would do.

    Raises:
        DataError: it is cut off or damaged.
    """
    expected = " or ".join(sorted(f"{digest[:19]}…" for digest in wanted))
    if any(digest.startswith("sha256:") for digest in wanted):
        return f"sha256 {content_sha256(file)[:12]}…, expected {expected}"
    with file.open("rb") as content:
        return f"md5 {hashlib.file_digest(content, 'md5').hexdigest()[:12]}…, expected {expected}"


def _no_mirror(download: Download, failures: Sequence[str]) -> str:
    lines = [f"{download.name} could not be downloaded, every link failed:", *(f"  {failure}" for failure in failures)]
    return "\n".join([*lines, f"Try again later. {by_hand(download)}"])
