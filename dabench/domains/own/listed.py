"""Domains of pictures that list files or a table describe: which picture has which class, and in which split.

List files lie in the folder of the pictures: `DOMAIN_train.txt` and `DOMAIN_test.txt`, or `DOMAIN.txt` for a domain
whose split is to be drawn. A line is a path and a class, with a space or a tab between. A table has the columns
`file`, `label` and `domain`, and perhaps `split`, which is train or test. Paths are relative to the folder of the list
or table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from unicodedata import normalize

from dabench.domains.own.folders import SPLITS
from dabench.domains.own.listing import Listing, list_files
from dabench.domains.own.text_tables import read_text
from dabench.errors import DataError, UsageError, listed, shortened
from dabench.plain_files import read_text as read_lines

COLUMNS = ("file", "label", "domain")
Row = tuple[str, str, str]
"""The file, its class, and where that stands."""


def listing_of(root: Path, where: Mapping[str, Any]) -> Listing:
    """The files of a domain.

    Args:
        root: the folder of all pictures.
        where: `folder`, one below it; or `lists`, list files of train and of test, or of all; or `table` and the
            `domain` in it.

    Raises:
        DataError: they cannot be read, or name no picture that is there.
    """
    if "folder" in where:
        return list_files(root / where["folder"])
    if "lists" in where:
        files, found = listed(where["lists"]), _listing(root, [_of_list(root, name) for name in where["lists"]])
    else:
        files, found = where["table"], _of_table(root, where["table"], where["domain"])
    if not found.names:
        why = f": {shortened(found.bad)}." if found.bad else "."
        raise DataError(f"{files} names no picture of {root}{why} Paths are relative to that folder.")
    return found


def base_of(where: Mapping[str, Any]) -> str:
    """The folder that the paths of a listing are relative to, below that of all pictures."""
    return str(where.get("folder", ""))


def list_names(root: Path) -> dict[str, tuple[str, ...]]:
    """The domains that list files in a folder describe, each with its files: those of train and test, or one.

    Raises:
        UsageError: one of train and test is missing, or a domain has both kinds.
    """
    stems = {path.stem: path.name for path in sorted(root.glob("*.txt")) if not path.name.startswith(".")}
    split = {stem[: -len("_train")] for stem in stems if stem.endswith("_train")}
    split |= {stem[: -len("_test")] for stem in stems if stem.endswith("_test")}
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(split):
        gone = [f"{name}_{part}.txt" for part in SPLITS if f"{name}_{part}" not in stems]
        if gone:
            raise UsageError(f"{root} has a list of one split of {name}, and lacks {gone[0]}")
        if name in stems:
            raise UsageError(
                f"{root} has lists of train and of test of {name}, and beside them {name}.txt: keep either"
            )
        found[name] = tuple(f"{name}_{part}.txt" for part in SPLITS)
    parts = {f"{name}_{part}" for name in split for part in SPLITS}
    return found | {stem: (name,) for stem, name in stems.items() if stem not in parts}


def table_names(table: Path) -> list[str]:
    """The domains that a table names, sorted.

    Raises:
        DataError: it cannot be read, lacks a column, or names no domain.
    """
    names, rows, _ = _read(table)
    place = names.index("domain")
    found = sorted({normalize("NFC", row[place].strip()) for row in rows} - {""})
    if not found:
        raise DataError(f"{table} has no row that names a domain")
    return found


def _of_list(root: Path, name: str) -> list[Row]:
    path = root / name
    try:
        lines = read_lines(path).splitlines()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            text = line.strip()
            end = max(text.rfind(" "), text.rfind("\t"), 0)
            rows.append((text[:end].strip(), normalize("NFC", text[end:].strip()), f"{name}, line {number}"))
    return rows


def _of_table(root: Path, name: str, domain: str) -> Listing:
    names, rows, lines = _read(root / name)
    place = {column: names.index(column) for column in (*COLUMNS, "split") if column in names}
    found: dict[str, list[Row]] = {}
    bad = []
    for cells, line in zip(rows, lines, strict=True):
        text = {column: normalize("NFC", cells[at].strip()) for column, at in place.items()}
        if text["domain"] == domain:
            split = text.get("split", "").lower()
            where = f"{name}, line {line}"
            found.setdefault(split, []).append((text["file"], text["label"], where))
            if split not in ("", *SPLITS):
                bad.append(f"{where}: the split is {split!r}, and train or test is needed")
    if not found.keys() - {""} or "split" not in place:
        return _listing(root, [found.get("", [])], bad)
    bad += [f"{where}: no split, and other rows of {domain} have one" for _, _, where in found.get("", [])]
    return _listing(root, [found.get(split, []) for split in SPLITS], bad)


def _read(table: Path) -> tuple[list[str], list[list[str]], list[int]]:
    names, rows, lines = read_text(table, ",", "utf-8", None)
    gone = [column for column in COLUMNS if column not in names]
    if gone:
        raise DataError(
            f"{table} has the columns {', '.join(names)}, and lacks {listed(gone)}. A table of pictures has the "
            "columns file, label and domain, and perhaps split."
        )
    return names, rows, lines


def _listing(root: Path, parts: Sequence[Sequence[Row]], bad: Sequence[str] = ()) -> Listing:
    """A listing of rows of train and of test, or of all."""
    left_out = list(bad)
    files = []
    for rows in parts:
        by_class: dict[str, list[Path]] = {}
        for file, label, where in rows:
            why = _fault(root, file, label)
            if why:
                left_out.append(f"{where}: {why}")
            else:
                by_class.setdefault(label, []).append(Path(file.replace("\\", "/")))
        files.append({label: sorted(dict.fromkeys(paths)) for label, paths in sorted(by_class.items())})
    return Listing(files[0], files[1] if len(files) > 1 else None, bad=tuple(left_out))


def _fault(root: Path, file: str, label: str) -> str:
    """The reason why a row cannot be used; empty if it can."""
    path = PurePosixPath(file.replace("\\", "/"))
    if not file or not label:
        return "a path and a class are needed"
    if path.is_absolute() or ".." in path.parts:
        return f"{file} lies outside {root}"
    return "" if (root / path).is_file() else f"{file} is not there"
