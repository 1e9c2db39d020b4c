"""List files of publishers: one picture a line, `path label`, which say what is in train and what in test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dabench.errors import DataError, shortened
from dabench.plain_files import read_text

MOST_SHOWN = 3


@dataclass(frozen=True)
class Entry:
    """A line of a list file.

    Attributes:
        key: the last folder and the name of the picture without its suffix, as in `dog/pic_001`.
        label: as the file counts, less the number of its first class.
        suffix: of the picture, as in `.jpg`.
    """

    key: str
    label: int
    suffix: str


def read_list(path: Path, first_label: int) -> list[Entry]:
    """Read a list file.

    Args:
        path: of it.
        first_label: the number that it gives to the first class.

    Raises:
        DataError: it cannot be read, or a line is no path with a whole number behind it.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [_entry(line, f"{path}, line {number}", first_label) for number, line in lines if line]


def _entry(line: str, where: str, first_label: int) -> Entry:
    name, _, label = line.rpartition(" ")
    try:
        counted = int(label)
    except ValueError as error:
        raise DataError(f"{where} is {line[:80]!r}, and `path label` is needed") from error
    place = PurePosixPath(name.strip().replace("\\", "/"))
    return Entry(key_of(place), counted - first_label, place.suffix)


def key_of(place: PurePosixPath | Path) -> str:
    """The last folder and the name without its suffix: what a list and a copy with other suffixes agree on."""
    return f"{place.parent.name}/{place.stem}"


@dataclass(frozen=True)
class Matched:
    """The pictures that list files name.

    Attributes:
        splits: paths and labels, by split.
        notes: what the lists and the folders do not agree on, and what was done about it.
    """

    splits: Mapping[str, list[tuple[Path, int]]]
    notes: tuple[str, ...]


def match(
    lists: Mapping[str, Sequence[Entry]], pictures: Mapping[Path, int | None], classes: Sequence[str], where: str
) -> Matched:
    """Find the pictures that list files name.

    A picture with another suffix than in the list is the same picture. One that is named twice counts once, in the
    split that names it first. Its folder decides its class. One that no list names is left out.

    Args:
        lists: entries by split.
        pictures: the label that each picture has by its folder; None where folders are no classes.
        classes: names of the labels.
        where: the lists, for messages.

    Raises:
        DataError: a list names pictures that are not there, or labels that no class has.
    """
    there: dict[str, Path] = {}
    for path in pictures:
        there.setdefault(key_of(path), path)
    splits: dict[str, list[tuple[Path, int]]] = {}
    seen: set[Path] = set()
    absent: list[str] = []
    renamed, twice, torn = [], [], []
    for split, entries in lists.items():
        found = splits.setdefault(split, [])
        for entry in entries:
            if entry.key not in there:
                absent.append(entry.key + entry.suffix)
                continue
            path = there[entry.key]
            if path in seen:
                twice.append(entry.key)
                continue
            seen.add(path)
            renamed += [entry.key] if path.suffix != entry.suffix else []
            label = pictures[path]
            if label is None:
                if not 0 <= entry.label < len(classes):
                    raise DataError(f"{where}: {entry.key} has a label outside the {len(classes)} classes")
                label = entry.label
            elif label != entry.label:
                torn.append(f"{entry.key} (said to be {_name(entry.label, classes)})")
            found.append((path, label))
    if absent:
        raise DataError(
            f"{where}: {len(absent):,} pictures are named that are not there: {shortened(absent, MOST_SHOWN)}. "
            "Is a part of the archive missing, or are the lists of another release?"
        )
    unnamed = [key_of(path) for path in pictures if path not in seen]
    notes = [
        f"{len(items):,} pictures {what}: {shortened(items, MOST_SHOWN)}"
        for items, what in (
            (renamed, "have another suffix than the publisher's lists say"),
            (twice, "are named twice in the publisher's lists, and count once"),
            (torn, "have another class in the publisher's lists than by their folder, which decides"),
            (unnamed, "are in none of the publisher's lists, and left out"),
        )
        if items
    ]
    notes += _one_sided(splits, classes)
    return Matched(splits, tuple(notes))


def _one_sided(splits: Mapping[str, list[tuple[Path, int]]], classes: Sequence[str]) -> list[str]:
    """Notes on classes that one split has and another lacks."""
    there = {split: {label for _, label in found} for split, found in splits.items()}
    whole = set().union(*there.values())
    gone = {split: [classes[label] for label in sorted(whole - labels)] for split, labels in there.items()}
    return [
        f"the publisher's list of {split} has no pictures of {len(names)} classes: {shortened(names, MOST_SHOWN)}"
        for split, names in gone.items()
        if names
    ]


def _name(label: int, classes: Sequence[str]) -> str:
    return classes[label] if 0 <= label < len(classes) else f"number {label}"
