"""Files that publishers give out for download, and the places of their contents. Imports nothing heavy.

A digest is `sha256:<hex>` or `md5:<hex>`. That of a folder is the sha256 of one line for each file, `<sha256> <path
below the folder>`, sorted by path. Files packed by gzip or bzip2 have the digest of what is packed: mirrors pack anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, ClassVar

from dabench.errors import warn_renamed
from dabench.specs.renamed import OldName, TakesOldNames

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A file, or the files of one folder, that a download holds.

    Attributes:
        path: where it belongs below `DABENCH_DATA_DIR`, as in `USPS/usps.bz2`.
        files: for a folder, the glob pattern of its files, as in `*.jpg` or `*/*.ppm`; empty for a file.
        inside: the last parts of its path wherever it comes from, as in `images/train`; the name of `path` if empty.
        measured: digests of its content, measured from the published content.
        folders: names of the folders that hold its files, where it is a folder of folders and nothing else tells it
            from others: one with other folders is something else, and one that lacks some is not whole.
        stated: digests, of the file as it is or of its content, that others state and nobody here has measured.
    """

    path: str
    files: str = ""
    inside: str = ""
    folders: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()

    @property
    def tail(self) -> str:
        """The end of the path of one of its files, wherever it comes from, as a glob pattern."""
        inside = self.inside or PurePosixPath(self.path).name
        return f"{inside}/{self.files}" if self.files else inside

    def holds(self, path: PurePosixPath) -> bool:
        """Whether a path, wherever it comes from, ends as that of one of its files does."""
        hidden = bool(self.files) and path.name.startswith(".")
        return not hidden and path.match(self.tail) and (not self.folders or path.parent.name in self.folders)

    @property
    def pattern(self) -> str:
        """A glob pattern of the files below `DABENCH_DATA_DIR`."""
        return f"{self.path}/{self.files}" if self.files else self.path

    @property
    def digests(self) -> frozenset[str]:
        """All accepted digests; without any, every content is accepted."""
        return frozenset(self.measured + self.stated)


@dataclass(frozen=True, kw_only=True)
class Download(metaclass=TakesOldNames):
    """One file that publishers and mirrors give out: an archive, or a file that is itself the one data file.

    Attributes:
        name: of the file.
        urls: mirrors, the best first; none where only a person can get it, from its homepage.
        data_files: what it holds.
        homepage: where a person gets it.
        stated: digests of an archive that others state.
        tried: the month in which every link gave this content, as in `2026-11`; empty if nobody has tried them all.
    """

    name: str
    urls: tuple[str, ...]
    data_files: tuple[DataFile, ...]
    homepage: str = ""
    stated: tuple[str, ...] = ()
    tried: str = ""
    targets: ClassVar[OldName] = OldName("data_files")

    def __post_init__(self) -> None:
        if not (self.urls or self.homepage) or not self.data_files:
            raise ValueError(f"download {self.name!r}: it needs a link or a homepage, and a data file")
        if not self.archive and (len(self.data_files) > 1 or self.data_files[0].files):
            raise ValueError(f"download {self.name!r}: only archives ({', '.join(ARCHIVES)}) hold several files")
        if PurePosixPath(self.name).name != self.name:
            raise ValueError(f"download {self.name!r}: a name is no path")

    @property
    def archive(self) -> bool:
        """Whether it is to be unpacked."""
        return self.name.lower().endswith(ARCHIVES)

    @property
    def verified(self) -> bool:
        """Whether its links were tried, and no digest is only stated by others."""
        return bool(self.tried) and not self.stated and not any(file.stated for file in self.data_files)


def __getattr__(name: str) -> Any:
    if name == "Target":
        warn_renamed("dabench.specs.download.Target", "DataFile")
        return DataFile
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
