"""Files of a domain of pictures by class and split, as its folders have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dabench.domains.own.folders import SPLITS, Walk, check_layout, holds, nested
from dabench.errors import DataError

Files = Mapping[str, Sequence[Path]]  # by class


@dataclass(frozen=True)
class Listing:
    """The files of a domain, by class and sorted, relative to its folder; listed ones to the folder of all domains.

    Attributes:
        train: all of them where they are not split already.
        test: None where the split is to be drawn.
        stray: what lies beside the folders of the classes.
        notes: what else is worth knowing.
        bad: lines of a list or a table that cannot be used, with the reason.
    """

    train: Files
    test: Files | None
    stray: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()

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
