"""Folders of pictures: their contents, links that lead in circles, and layouts that are not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unicodedata import normalize

from dabench.errors import DataError, listed
from dabench.printable import printable

SPLITS = ("train", "test")
SPLIT_WORDS = frozenset({"train", "training", "val", "valid", "validation", "dev", "eval", "test", "testing"})


class Walk:
    """The folder of a domain. No link is followed that leads back to a folder above it."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; nothing is read."""
        self.folder = folder
        self._loops: list[str] = []

    def entries(self, inside: str = "") -> tuple[list[str], list[Path]]:
        """Names of the folders in a folder, and files beside them, sorted."""
        folders, files = [], []
        for path in sorted((self.folder / inside).iterdir()):
            if path.name.startswith("."):
                continue
            if not path.is_dir():
                files += [Path(path.name)] if path.is_file() else []
            elif not self._leads_back(path):
                folders.append(path.name)
        return folders, files

    def classes(self, names: Sequence[str]) -> dict[str, list[Path]]:
        """The files below the folder of each class, by its name in Unicode's composed form (NFC).

        Raises:
            DataError: a name has characters that cannot be printed, such as bytes that are no UTF-8.
        """
        found: dict[str, list[Path]] = {}
        for name in names:
            if printable(name) != name:
                raise DataError(f"the class {name!r} in {self.folder} has characters that cannot be printed: rename it")
            found.setdefault(normalize("NFC", Path(name).name), []).extend(self._below(Path(name)))
        return {name: sorted(files) for name, files in found.items()}

    def notes(self) -> list[str]:
        """A note on the links that were not followed."""
        loops = sorted(set(self._loops))
        return [f"the link {listed(loops)} leads back to a folder above it, and is not followed"] if loops else []

    def _below(self, inside: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
        above = (*above, (self.folder / inside).resolve())
        for path in (self.folder / inside).iterdir():
            if path.name.startswith("."):
                continue
            if not path.is_dir():
                yield inside / path.name
            elif not self._leads_back(path, above):
                yield from self._below(inside / path.name, above)

    def _leads_back(self, path: Path, above: tuple[Path, ...] = ()) -> bool:
        """Whether a folder is one of those above it on this way, or holds one of them."""
        real = path.resolve()
        back = any(folder.is_relative_to(real) for folder in (self.folder.resolve(), *above))
        if back:
            self._loops.append(path.relative_to(self.folder).as_posix())
        return back


def check_layout(walk: Walk, folders: Sequence[str]) -> None:
    """Refuse folders of a domain that are not its classes.

    Raises:
        DataError: they look like splits of other names than train and test, or there is one that holds the classes.
    """
    inside = {name: walk.entries(name)[0] for name in folders}
    if folders and {name.lower() for name in folders} <= SPLIT_WORDS and all(inside.values()):
        raise DataError(
            f"{walk.folder} has the folders {listed(folders)}, which look like splits: call them train and test, "
            "without others beside them. Are they classes? Then call them something else."
        )
    if len(folders) == 1 and len(inside[folders[0]]) > 1:
        raise DataError(
            f"{walk.folder} has a single folder, {folders[0]}, and that holds {listed(_named(inside[folders[0]]))}. "
            f"Are these the classes? Then move them up, out of {folders[0]}."
        )


def nested(classes: Mapping[str, Sequence[Path]]) -> list[str]:
    """A note where several classes have folders of the same names: these may be the classes, one level deeper."""
    below = {name: {path.parts[-2] for path in files if len(path.parts) > 2} for name, files in classes.items()}
    counts = Counter(folder for folders in below.values() for folder in folders)
    again = sorted(folder for folder, count in counts.items() if count > 1 and folder not in below)
    if not again:
        return []
    which = f"{counts[again[0]]} classes have folders called {listed(_named(again))} in them"
    return [f"{which}, whose pictures are those of the class above: are the classes one level deeper?"]


def holds(folder: Path) -> str:
    """The contents of a folder, in words."""
    entries = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    folders = [path.name for path in entries if path.is_dir()]
    files = Counter(path.suffix.lower() or "no suffix" for path in entries if not path.is_dir())
    alone = [path.name for path in entries if not path.is_dir() and files[path.suffix.lower() or "no suffix"] == 1]
    texts = [f"{count:,} files ({suffix})" for suffix, count in files.most_common() if count > 1]
    texts += [f"the file{'s' if len(alone) > 1 else ''} {listed(_named(alone))}"] if alone else []
    texts += [f"the folder{'s' if len(folders) > 1 else ''} {listed(_named(folders))}"] if folders else []
    return listed(texts) or "nothing"


def _named(names: Sequence[str], most: int = 5) -> list[str]:
    return [*names[:most], *([f"{len(names) - most:,} more"] if len(names) > most else [])]
