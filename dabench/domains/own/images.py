"""Domains of one's own pictures: `DOMAIN/CLASS/*.jpg` below a folder, decoded once on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.data.folder import data_dir
from dabench.domains.own.decode import Look, Task, decode_all
from dabench.errors import DataError
from dabench.files import staging
from dabench.parallel.pool import spread

CHUNK = 64  # pictures that a process decodes at a time
SPLITS = ("train", "test")
Files = Mapping[str, Sequence[Path]]  # by class


@dataclass(frozen=True)
class Listing:
    """The files of a domain, by class, relative to its folder and sorted.

    Attributes:
        train: all of them where they are not split already.
        test: None where the split is to be drawn.
        stray: what lies beside the folders of the classes.
    """

    train: Files
    test: Files | None
    stray: tuple[Path, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Files of each class, without classes that have none."""
        return {name: count for name in self.names if (count := self._count(name))}

    @property
    def unusable(self) -> dict[str, str]:
        """Classes that cannot be used, with the reason."""
        found = {}
        for name in self.names:
            if not self._count(name):
                found[name] = "its folder is empty"
            elif self.test is None and self._count(name) == 1:
                found[name] = "a single picture cannot be in train and in test"
            elif self.test is not None and not (self.train.get(name) and self.test.get(name)):
                found[name] = f"no picture in {'test' if self.train.get(name) else 'train'}"
        return found

    @property
    def names(self) -> list[str]:
        """Of all classes, sorted."""
        return sorted({*self.train, *(self.test or {})})

    def _count(self, name: str) -> int:
        return len(self.train.get(name, ())) + len((self.test or {}).get(name, ()))


def list_files(folder: Path) -> Listing:
    """What lies in the folder of a domain. Hidden files and folders do not count.

    Raises:
        DataError: there are no classes, or folders called train and test beside others.
    """
    folders, stray = _entries(folder)
    split = set(folders) & set(SPLITS)
    if split != set(SPLITS):
        train, test = _classes(folder, folders), None
    elif len(folders) > len(SPLITS):
        others = ", ".join(name for name in folders if name not in SPLITS)
        raise DataError(
            f"{folder} has the folders train and test, and beside them {others}. Are train and test splits? Then move "
            "the others into them. Are they classes? Then call them something else."
        )
    else:
        (first, beside_first), (second, beside_second) = (_entries(folder / name) for name in SPLITS)
        train, test = (
            _classes(folder, [f"train/{name}" for name in first]),
            _classes(folder, [f"test/{name}" for name in second]),
        )
        stray += [Path("train") / path for path in beside_first] + [Path("test") / path for path in beside_second]
    if not train and not test:
        raise DataError(f"{folder} has no folders: one is needed for each class, with pictures in it")
    return Listing(train, test, tuple(stray))


def load(
    root: Path,
    *,
    folder: str,
    classes: Sequence[str],
    size: int,
    fit: str,
    max_megapixels: float,
    test_share: float,
    split_seed: int,
    left_out: Sequence[str],
    notes: Sequence[str] = (),
    workers: int | None = None,
) -> DomainArrays:
    """Decode the pictures of a domain.

    Args:
        root: the folder of all domains.
        folder: of this one, below it.
        classes: to read, by name.
        size: see `config.own_data.OwnImages`, also for the next four.
        fit: how a picture becomes square.
        max_megapixels: the largest that is taken.
        test_share: of every class.
        split_seed: of the draw.
        left_out: what is left out of this domain already.
        notes: what there is to say of it already.
        workers: processes; one per core if None.

    Raises:
        DataError: no picture of some class can be read.
    """
    listing = list_files(root / folder)
    chosen = split_files(listing, classes, test_share, split_seed)
    look = Look(size, fit, max_megapixels)
    ready = data_dir() / "ready"
    ready.mkdir(parents=True, exist_ok=True)
    bad = [*left_out, *(f"{folder}/{path.as_posix()}: beside the folders of the classes" for path in listing.stray)]
    splits = {}
    # As long as they are mapped the pixels stay there, also when their files are gone.
    with staging(ready / "decoding") as temporary:
        for split, files in chosen.items():
            paths = [root / folder / path for path, _ in files]
            x, good, why = decode_files(paths, look, temporary / f"{split}.npy", f"{folder}, {split}", workers)
            bad += [f"{paths[row].relative_to(root).as_posix()}: {reason}" for row, reason in why]
            y = np.array([label for _, label in files], dtype=np.int64)[good]
            _none_is_gone(y, classes, f"{root / folder}, {split}", [reason for _, reason in why])
            splits[split] = Split(x, y)
    return DomainArrays(splits["train"], splits["test"], tuple(classes), left_out=tuple(bad), notes=tuple(notes))


def split_files(
    listing: Listing, classes: Sequence[str], test_share: float, seed: int
) -> dict[str, list[tuple[Path, int]]]:
    """The files of train and of test with their labels, in the order of the classes and of the names.

    Where the split is drawn, a share of every class goes to test: at least one file, and never all.
    """
    from dabench.seeding import numpy_generator

    train: list[tuple[Path, int]] = []
    test: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        files = listing.train[name]
        if listing.test is not None:
            train += [(path, label) for path in files]
            test += [(path, label) for path in listing.test[name]]
            continue
        count = min(max(1, round(test_share * len(files))), len(files) - 1)
        held = set(numpy_generator(seed, f"own split:{name}").permutation(len(files))[:count].tolist())
        train += [(path, label) for place, path in enumerate(files) if place not in held]
        test += [(path, label) for place, path in enumerate(files) if place in held]
    return {"train": train, "test": test}


def decode_files(
    paths: Sequence[Path], look: Look, out: Path, title: str, workers: int | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int64], list[tuple[int, str]]]:
    """Decode pictures into a file that is mapped into memory.

    Returns:
        The good ones uint8 (G, 3, S, S), which of the paths they are (G,), and the others with the reason.
    """
    shape = (len(paths), 3, look.size, look.size)
    images = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=shape)
    tasks = [Task(tuple(paths[row : row + CHUNK]), out, row, look) for row in range(0, len(paths), CHUNK)]
    many = len(tasks) > 1  # a process takes longer to start than so few pictures to decode
    decoded = spread(decode_all, tasks, title=f"decoding {title}", workers=workers if many else 1)
    bad = [item for found in decoded for item in found]
    good = np.setdiff1d(np.arange(len(paths)), [row for row, _ in bad])
    for place, row in enumerate(good[len(bad) and bad[0][0] :], len(bad) and bad[0][0]):
        images[place] = images[row]  # close the gaps
    return images[: len(good)], good, bad


def _none_is_gone(y: NDArray[np.int64], classes: Sequence[str], where: str, reasons: Sequence[str]) -> None:
    gone = [name for label, name in enumerate(classes) if label not in y]
    if gone:
        why = f" ({reasons[0]}{', …' if len(reasons) > 1 else ''})" if reasons else ""
        raise DataError(f"{where}: no picture of {', '.join(gone)} can be read{why}")


def _entries(folder: Path) -> tuple[list[str], list[Path]]:
    """Names of the folders in a folder, and files beside them, sorted."""
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return [path.name for path in entries if path.is_dir()], [Path(path.name) for path in entries if path.is_file()]


def _classes(folder: Path, names: Sequence[str]) -> dict[str, list[Path]]:
    """The files below the folder of each class."""
    return {Path(name).name: sorted(_below(folder, Path(name))) for name in names}


def _below(folder: Path, inside: Path, seen: frozenset[Path] = frozenset()) -> Iterator[Path]:
    place = (folder / inside).resolve()
    if place in seen:  # a link to a folder that it is in
        return
    for path in (folder / inside).iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _below(folder, inside / path.name, seen | {place})
        else:
            yield inside / path.name
