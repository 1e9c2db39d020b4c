"""Published pictures in folders by class, `…/DOMAIN/CLASS/PICTURE`: found, split and decoded.

Every picture becomes RGB of 256x256 pixels, stretched and interpolated linearly: what most published protocols cut
224x224 out of. Where the publisher has no lists of train and test, a fifth of every class is drawn for test, the same
for all runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dabench.data.arrays import DomainArrays, Split
from dabench.data.folder import data_dir, find
from dabench.data.pictures.decode import Look
from dabench.data.pictures.store import decode_splits
from dabench.data.splits.drawn import drawn_for_test
from dabench.domains.objects.published_lists import match, read_list
from dabench.errors import DataError, listed, shortened

SIZE = 256  # pixels of a side
TEST_SHARE = 0.2
MOST_MEGAPIXELS = 170.0
SPLITS = ("train", "test")
_COPIES = "__MACOSX"  # what an archiver adds beside the files: no pictures, under their names

Labelled = list[tuple[Path, int]]


def load(
    *,
    domain: str,
    pictures: str,
    classes: Sequence[str],
    layout: str,
    homepage: str,
    lists: Mapping[str, Any],
    size: int = SIZE,
    workers: int | None = None,
) -> DomainArrays:
    """Decode the pictures of a published domain.

    Args:
        domain: its name, for messages.
        pictures: glob pattern of its files below the data folder, whose last two parts are class and picture.
        classes: names of the folders, in the order of the labels.
        layout: the place of the files, for messages.
        homepage: where a person gets the files.
        lists: patterns of the publisher's list files, by split (`train` and `test`, or `all` of a split that is drawn);
            and as `first` the number of the first class in them. With `labels`, folders are no classes and the lists
            say the label.
        size: of a side, in pixels.
        workers: threads; one per core if None.

    Raises:
        DataError: files or classes are missing, two copies are there, or lists and pictures do not fit.
    """
    folder, chosen, notes = _chosen(domain, pictures, classes, layout, homepage, lists)
    bad: list[str] = []
    splits = []
    paths = {split: [path for path, _ in chosen[split]] for split in SPLITS}
    decoded = decode_splits(paths, Look(size, "stretch", MOST_MEGAPIXELS, bilinear=True), domain, workers)
    for split, part in decoded.items():
        bad += [f"{paths[split][row].relative_to(folder).as_posix()}: {reason}" for row, reason in part.bad]
        y = np.array([label for _, label in chosen[split]], dtype=np.int64)[part.good]
        splits.append(Split(part.images, y))
    return DomainArrays(splits[0], splits[1], tuple(classes), tuple(bad), notes)


def picture_names(arguments: Mapping[str, Any]) -> dict[str, list[str]]:
    """The pictures of a domain by split, as `DOMAIN/CLASS/PICTURE`, bad ones included."""
    given = {name: value for name, value in arguments.items() if name not in ("size", "workers")}
    folder, chosen, _ = _chosen(**given)
    domain = arguments["domain"]
    return {
        split: [f"{domain}/{path.relative_to(folder).as_posix()}" for path, _ in found]
        for split, found in chosen.items()
    }


def _chosen(
    domain: str, pictures: str, classes: Sequence[str], layout: str, homepage: str, lists: Mapping[str, Any]
) -> tuple[Path, dict[str, Labelled], tuple[str, ...]]:
    """The folder of a domain, its pictures by split, and notes; see `load`."""
    folder, files = _the_folder(domain, pictures, f"{layout} below {data_dir()}", homepage)
    labels: dict[Path, int | None] = dict.fromkeys(files)
    notes: list[str] = []
    if not lists.get("labels"):
        labels, notes = _by_class(domain, folder, files, classes, homepage)
    chosen, more = _split(domain, labels, classes, lists)
    return folder, chosen, (*notes, *more)


def _the_folder(domain: str, pattern: str, place: str, homepage: str) -> tuple[Path, list[Path]]:
    """The folder of a domain, and the pictures in the folders of its classes, sorted."""
    found: dict[Path, list[Path]] = {}
    for path in find(pattern):
        if not path.name.startswith(".") and _COPIES not in path.parts:
            found.setdefault(path.parents[1], []).append(path)
    if not found:
        raise DataError(
            f"domain {domain!r} needs {place}. Get the files from {homepage} and unpack them there, or run: "
            "dabench data import FOLDER"
        )
    if len(found) > 1:
        folders = listed([str(path) for path in sorted(found)])
        raise DataError(
            f"domain {domain!r} is there {len(found)} times: {folders}. Keep one, or move the others out of the data "
            "folder."
        )
    return found.popitem()


def _by_class(
    domain: str, folder: Path, files: Sequence[Path], classes: Sequence[str], homepage: str
) -> tuple[dict[Path, int | None], list[str]]:
    """The label of every picture by its folder, and a note on folders that are no class."""
    places = {_plain(name): label for label, name in enumerate(classes)}
    labels: dict[Path, int | None] = {}
    others: dict[str, int] = {}
    for path in files:
        label = places.get(_plain(path.parent.name))
        if label is None:
            others[path.parent.name] = others.get(path.parent.name, 0) + 1
        else:
            labels[path] = label
    there = set(labels.values())
    gone = [name for label, name in enumerate(classes) if label not in there]
    if gone:
        beside = f" It has {shortened(sorted(others), 3)}, which are no classes of it." if others else ""
        raise DataError(
            f"domain {domain!r}: {folder} has no pictures of {len(gone)} of its {len(classes)} classes: "
            f"{shortened(gone, 5)}.{beside} Is a part of the archive missing, or is it another data set? "
            f"Get it anew from {homepage}."
        )
    extra = [f"{name} ({count:,} files)" for name, count in sorted(others.items())]
    return labels, [f"folders that are no class of it, left out: {shortened(extra, 5)}"] if extra else []


def _plain(name: str) -> str:
    """A folder's name for comparison: copies write `Alarm Clock` and `alarm-clock` for `Alarm_Clock`."""
    return name.casefold().replace(" ", "_").replace("-", "_")


def _split(
    domain: str, labels: Mapping[Path, int | None], classes: Sequence[str], lists: Mapping[str, Any]
) -> tuple[dict[str, Labelled], list[str]]:
    """The pictures of train and of test, and notes."""
    found = {split: _the_lists(domain, lists[split]) for split in ("train", "test", "all") if split in lists}
    named = {split: paths for split, paths in found.items() if paths}
    if named and len(named) < len(found):
        lacking = [lists[split] for split in found if split not in named]
        raise DataError(f"domain {domain!r}: the list files {listed(lacking)} are missing, and others of it are there")
    if not named:
        whole = [(path, label) for path, label in labels.items() if label is not None]
        note = f"no lists of its publisher are there: {TEST_SHARE:.0%} of every class are drawn for test"
        return _drawn(domain, whole, classes), [note] if found else []
    entries = {
        split: [entry for path in paths for entry in read_list(path, lists["first"])] for split, paths in named.items()
    }
    where = f"domain {domain!r}, {listed([str(path) for paths in named.values() for path in paths])}"
    matched = match(entries, labels, classes, where)
    if "all" in matched.splits:
        return _drawn(domain, matched.splits["all"], classes), list(matched.notes)
    return {split: matched.splits[split] for split in SPLITS}, list(matched.notes)


def _the_lists(domain: str, pattern: str) -> list[Path]:
    """The one list file that matches a pattern, or none."""
    paths = [path for path in find(pattern) if not path.name.startswith(".") and _COPIES not in path.parts]
    if len(paths) > 1:
        found = listed([str(path) for path in paths])
        raise DataError(f"domain {domain!r} has {len(paths)} list files {paths[0].name}: {found}. Keep one.")
    return paths


def _drawn(domain: str, pictures: Labelled, classes: Sequence[str]) -> dict[str, Labelled]:
    """A fifth of every class for test; the order of the classes and of the names."""
    splits: dict[str, Labelled] = {split: [] for split in SPLITS}
    for label, name in enumerate(classes):
        own = [item for item in pictures if item[1] == label]
        held = drawn_for_test(len(own), TEST_SHARE, 0, f"published split:{domain}:{name}")
        splits["train"] += [item for place, item in enumerate(own) if place not in held]
        splits["test"] += [item for place, item in enumerate(own) if place in held]
    return splits
