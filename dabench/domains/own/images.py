"""Domains of one's own pictures: `DOMAIN/CLASS/*.jpg` below a folder, decoded once on all cores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.data.pictures.decode import Depth, Look
from dabench.data.pictures.store import Decoded, decode_files
from dabench.data.splits.drawn import drawn_for_test
from dabench.domains.own.folders import SPLITS, Walk, check_layout, holds, nested
from dabench.errors import DataError

Files = Mapping[str, Sequence[Path]]  # by class


@dataclass(frozen=True)
class Listing:
    """The files of a domain, by class, relative to its folder and sorted.

    Attributes:
        train: all of them where they are not split already.
        test: None where the split is to be drawn.
        stray: what lies beside the folders of the classes.
        notes: what else is worth knowing.
    """

    train: Files
    test: Files | None
    stray: tuple[Path, ...]
    notes: tuple[str, ...] = ()

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
        """The names of all classes, sorted."""
        return sorted({*self.train, *(self.test or {})})

    @property
    def by_class(self) -> dict[str, list[Path]]:
        """The files of train and of test together."""
        return {name: [*self.train.get(name, ()), *(self.test or {}).get(name, ())] for name in self.names}

    def _count(self, name: str) -> int:
        return len(self.train.get(name, ())) + len((self.test or {}).get(name, ()))


def list_files(folder: Path) -> Listing:
    """The files in the folder of a domain. Hidden files and folders do not count.

    Raises:
        DataError: there are no classes; folders called train and test beside others; or another layout than
            CLASS/PICTURE and train/CLASS/PICTURE.
    """
    walk = Walk(folder)
    folders, stray = walk.entries()
    split = set(folders) & set(SPLITS)
    if split != set(SPLITS):
        check_layout(walk, folders)
        train, test = walk.classes(folders), None
    elif len(folders) > len(SPLITS):
        others = ", ".join(name for name in folders if name not in SPLITS)
        raise DataError(
            f"{folder} has the folders train and test, and beside them {others}. Are train and test splits? Then move "
            "the others into them. Are they classes? Then call them something else."
        )
    else:
        (first, beside_first), (second, beside_second) = (walk.entries(name) for name in SPLITS)
        train = walk.classes([f"train/{name}" for name in first])
        test = walk.classes([f"test/{name}" for name in second])
        stray += [Path("train") / path for path in beside_first] + [Path("test") / path for path in beside_second]
    if not train and not test:
        raise DataError(
            f"{folder} has no folders: one is needed for each class, with pictures in it. It holds {holds(folder)}."
        )
    return Listing(train, test, tuple(stray), (*walk.notes(), *nested(train)))


def load(
    root: Path,
    *,
    folder: str,
    classes: Sequence[str],
    look: Mapping[str, Any],
    draw: Mapping[str, Any],
    left_out: Sequence[str],
    notes: Sequence[str],
    workers: int | None = None,
) -> DomainArrays:
    """Decode the pictures of a domain.

    Args:
        root: the folder of all domains.
        folder: of this one, below it.
        classes: to read, by name.
        look: `size`, `fit`, `max_megapixels` and `grey_bits`, see `config.own_data.OwnImages`.
        draw: `test_share` and `split_seed`, likewise.
        left_out: what is left out of this domain already.
        notes: what is known of its folder already.
        workers: processes; one per core if None.

    Raises:
        DataError: no picture of some class can be read.
    """
    listing = list_files(root / folder)
    chosen = split_files(listing, classes, **draw)
    bad = [*left_out, *(f"{folder}/{path.as_posix()}: beside the folders of the classes" for path in listing.stray)]
    splits = {}
    paths = {split: [root / folder / path for path, _ in files] for split, files in chosen.items()}

    def decoded(how: Look) -> dict[str, Decoded]:
        return {split: decode_files(found, how, f"{folder}, {split}", workers) for split, found in paths.items()}

    how = Look(**{**look, "grey_bits": look["grey_bits"] or 16})
    found = decoded(how)
    depth = Depth.of_all([part.depth for part in found.values()])
    if look["grey_bits"] is None and depth.bits < how.grey_bits:
        found = decoded(replace(how, grey_bits=depth.bits))
    for split, part in found.items():
        bad += [f"{paths[split][row].relative_to(root).as_posix()}: {reason}" for row, reason in part.bad]
        y = np.array([label for _, label in chosen[split]], dtype=np.int64)[part.good]
        _none_is_gone(y, classes, f"{root / folder}, {split}", [reason for _, reason in part.bad])
        splits[split] = Split(part.images, y)
    known = (*notes, *depth.notes(chosen=look["grey_bits"]))
    return DomainArrays(splits["train"], splits["test"], tuple(classes), tuple(bad), known)


def split_files(
    listing: Listing, classes: Sequence[str], test_share: float, split_seed: int
) -> dict[str, list[tuple[Path, int]]]:
    """The files of train and of test with their labels, in the order of the classes and of the names.

    Where the split is drawn, a share of every class goes to test: at least one file, and never all.
    """
    train: list[tuple[Path, int]] = []
    test: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        files = listing.train[name]
        if listing.test is not None:
            train += [(path, label) for path in files]
            test += [(path, label) for path in listing.test[name]]
            continue
        held = drawn_for_test(len(files), test_share, split_seed, f"own split:{name}")
        train += [(path, label) for place, path in enumerate(files) if place not in held]
        test += [(path, label) for place, path in enumerate(files) if place in held]
    return {"train": train, "test": test}


def _none_is_gone(y: NDArray[np.int64], classes: Sequence[str], where: str, reasons: Sequence[str]) -> None:
    gone = [name for label, name in enumerate(classes) if label not in y]
    if gone:
        why = f" ({reasons[0]}{', …' if len(reasons) > 1 else ''})" if reasons else ""
        raise DataError(f"{where}: no picture of {', '.join(gone)} can be read{why}")
