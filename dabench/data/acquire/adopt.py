"""Files that a person already has, recognised by their content and copied to where they belong.

A single file is recognised by its digest, whatever it is called and whether or not it is packed. What nobody has
measured, and the files of a folder, are recognised by how their path ends; where a digest is known it has to be right.
Archives are looked into. Nothing of what is there is changed, and no link to a folder is followed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dabench.data.acquire.digests import file_digests
from dabench.data.acquire.place import PACKINGS, fits, lacking, put, there
from dabench.data.acquire.unpack import unpack
from dabench.data.folder import data_dir
from dabench.errors import DataError, DataFolderError, shortened
from dabench.files import staging, sweep
from dabench.specs.download import ARCHIVES, DataFile, Download

MAX_BYTES = 1 << 30
"""Of a file that is no archive: a larger one is none of those that are known, and is not read."""


@dataclass
class Adopted:
    """The result of looking through a folder, by file.

    Attributes:
        taken: the data file, where it was found, and whether its content is what was published.
        there: the data file and where it was found: it was below the data folder already, and was left alone.
        refused: what was found, and what is wrong with it.
        unknown: files that are none of those looked for.
    """

    taken: list[tuple[DataFile, Path, bool]] = field(default_factory=list)
    there: list[tuple[DataFile, Path]] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)


def adopt(folder: Path, downloads: Iterable[Download]) -> Adopted:
    """Copy the known files of a folder to their places below the data folder.

    Args:
        folder: with files in any layout, and archives.
        downloads: whose data files to look for.

    Raises:
        DataFolderError: the data folder cannot be written.
    """
    wanted = list(dict.fromkeys(downloads))
    done = Adopted()
    downloaded = data_dir() / "downloads"
    try:
        downloaded.mkdir(parents=True, exist_ok=True)
        sweep(downloaded)
        with staging(downloaded / "import") as folder_of_parts:
            _Search(wanted, folder_of_parts, done).through(folder)
    except OSError as error:
        raise DataFolderError(
            f"{error}. Free some space in {data_dir()} or name another folder with DABENCH_DATA_DIR."
        ) from error
    return done


class _Search:
    """One walk through a folder."""

    def __init__(self, downloads: Sequence[Download], staging: Path, done: Adopted) -> None:
        self._data_files = [data_file for download in downloads for data_file in download.data_files]
        self._stated = {digest for download in downloads for digest in download.stated}
        self._folders = [data_file for data_file in self._data_files if data_file.files]
        self._single = [data_file for data_file in self._data_files if not data_file.files]
        self._by_digest = {digest: data_file for data_file in self._single for digest in data_file.digests}
        self._staging, self._done = staging, done

    def through(self, folder: Path) -> None:
        parts: dict[tuple[DataFile, Path], list[Path]] = {}
        for path in _files(folder):
            found = [item for item in self._folders if _ends_like(path, item)]
            if found:
                for data_file in found if found[0].folders else found[:1]:
                    base = path.parents[len(Path(data_file.files).parts) - 1]
                    parts.setdefault((data_file, base), []).append(path)
            elif path.name.lower().endswith(ARCHIVES):
                self._archive(path)
            else:
                self._file(path)
        names = {place: {path.parent.name for path in files} for place, files in parts.items()}
        for (data_file, base), files in parts.items():
            if all(len(names[place]) <= len(names[data_file, base]) for place in parts if place[1] == base):
                self._folder(data_file, base, files)

    def _file(self, path: Path) -> None:
        named = next((item for item in self._single if _ends_like(path, item)), None)
        try:
            found = file_digests(path) if path.stat().st_size <= MAX_BYTES else frozenset()
        except (OSError, DataError) as error:
            self._done.refused.append((path, str(error)))
            return
        data_file = next((self._by_digest[digest] for digest in found if digest in self._by_digest), None)
        if data_file:
            self._take(data_file, path, path, verified=True)
        elif named and named.digests:
            self._done.refused.append((path, f"named like {named.path}, but its content is not what was published"))
        elif named:
            self._take(named, path, path, verified=False)
        else:
            self._done.unknown.append(path)

    def _folder(self, data_file: DataFile, base: Path, files: Sequence[Path]) -> None:
        if there(data_file):
            self._done.there.append((data_file, base))
            return
        staged = self._new_folder() / data_file.path
        for path in files:
            place = staged / path.relative_to(base)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        self._checked(data_file, staged, base, verified=bool(data_file.digests))

    def _archive(self, path: Path) -> None:
        into = self._new_folder()
        try:
            found = unpack(path, self._data_files, into)
            known = bool(found) and bool(self._stated and file_digests(path) & self._stated)
        except DataError as error:
            self._done.refused.append((path, str(error)))
        else:
            best = _best(found, into)
            for data_file in self._data_files:
                if data_file in best:
                    self._checked(data_file, into / data_file.path, path, verified=known or bool(data_file.digests))
            if not found:
                self._done.unknown.append(path)
        shutil.rmtree(into)

    def _checked(self, data_file: DataFile, staged: Path, found: Path, *, verified: bool) -> None:
        """Take a staged file if its content is the published one."""
        gone = lacking(data_file, staged)
        if gone:
            self._done.refused.append((found, _not_whole(data_file, gone)))
        elif fits(data_file, staged):
            self._take(data_file, staged, found, verified=verified)
        else:
            self._done.refused.append((found, f"{data_file.tail} in it is not what was published"))

    def _take(self, data_file: DataFile, source: Path, found: Path, *, verified: bool) -> None:
        if there(data_file):
            self._done.there.append((data_file, found))
            return
        put(data_file, source)
        self._done.taken.append((data_file, found, verified))

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._staging))


def _best(found: Collection[DataFile], into: Path) -> set[DataFile]:
    """Choose among data files whose members end alike: an archive holds the most folders of these."""
    there = {data_file: len(data_file.folders) - len(lacking(data_file, into / data_file.path)) for data_file in found}
    most: dict[str, int] = {}
    for data_file, count in there.items():
        most[data_file.tail] = max(count, most.get(data_file.tail, 0))
    return {data_file for data_file, count in there.items() if count == most[data_file.tail]}


def _not_whole(data_file: DataFile, gone: Sequence[str]) -> str:
    return (
        f"looks like {data_file.path}, and has no pictures of {len(gone)} of its {len(data_file.folders)} classes: "
        f"{shortened(gone, 3)}. Is a part of the archive missing, or is it another data set?"
    )


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder but those of the data folder, in a fixed order."""
    own = data_dir().resolve()
    for name, folders, files in os.walk(folder.resolve()):
        folders[:] = sorted(item for item in folders if Path(name, item).resolve() != own)
        yield from (path for path in (Path(name, file) for file in sorted(files)) if path.is_file())


def _ends_like(path: Path, data_file: DataFile) -> bool:
    """Whether a path ends as that of a file of this data file does, in an archive or below a data folder."""
    names = [PurePosixPath(path)]
    if path.suffix not in PACKINGS and Path(data_file.path).suffix in PACKINGS:
        names.append(PurePosixPath(path.with_name(path.name + Path(data_file.path).suffix)))
    return any(data_file.holds(name) or (not data_file.folders and name.match(data_file.pattern)) for name in names)
