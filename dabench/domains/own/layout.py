"""Explanations for a domain that is not found in a suite's own folder: the contents, and the layout they resemble."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from dabench.config.own_data import OwnImages, OwnTables
from dabench.domains.own.folders import SPLIT_WORDS, holds
from dabench.domains.own.hub import place_of
from dabench.domains.own.table_files import is_table, looks_like_a_table, not_read, stem_of
from dabench.errors import listed
from dabench.specs.names import pair_name

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".ppm", ".pgm", ".tif", ".tiff", ".webp"})
_MANY = 200  # folders that are looked into


def explain(config: OwnImages | OwnTables, names: Sequence[str], own: Sequence[str]) -> str:
    """The contents of the suite's folder or file, and the fix.

    Args:
        config: `domains` of the suite.
        names: of domains that are not found there.
        own: names of those that are.
    """
    place = Path(config.images) if isinstance(config, OwnImages) else place_of(config)
    if place.is_file():
        column = config.domain if isinstance(config, OwnTables) else "domain"
        return f"The column {column} of {place} names {listed([*own[:10], *_more(own)])}."
    hint = _of_pictures(place, names) if isinstance(config, OwnImages) else _of_tables(place, names)
    if not hint and not own:
        needed = (
            f"{names[0]}/CLASS/PICTURE"
            if isinstance(config, OwnImages)
            else f"{names[0]}.csv, .parquet, .npz or the like"
        )
        hint = f" dabench looks for {needed} there."
    called = f" In a pair they are called {listed([*own[:10], *_more(own)])}." if own and not hint else ""
    return f"{place} holds {holds(place)}.{called}{hint}"


def _of_pictures(place: Path, names: Sequence[str]) -> str:
    wanted, folders = set(names), _folders(place)
    inside = {folder.name: [path.name for path in _folders(folder)] for folder in folders[:_MANY]}
    having = [name for name, children in inside.items() if wanted & set(map(pair_name, children))]
    child = next((item for name in having[:1] for item in inside[name] if pair_name(item) in wanted), "")
    if having and {name.lower() for name in inside} <= SPLIT_WORDS:
        return (
            f" It looks as if the split came first, as in {having[0]}/{child}. dabench reads the domain first: "
            f"{child}/train/CLASS/PICTURE and {child}/test/CLASS/PICTURE, or {child}/CLASS/PICTURE without a split."
        )
    if len(having) == 1:
        return f" The domain {pair_name(child)} lies one level deeper: let `images` name {place / having[0]}."
    if having:
        return (
            f" It looks as if the classes came first, as in {having[0]}/{child}. dabench reads the domain first: "
            f"{child}/{having[0]}/PICTURE."
        )
    deeper = next((path for folder in folders[:_MANY] for path in _two_down(folder, wanted)), None)
    if deeper:
        return f" The domain {pair_name(deeper.name)} lies deeper: let `images` name {deeper.parent}."
    if pair_name(place.name) in wanted:
        return f" The folder itself is called like the domain: let `images` name the folder above it, {place.parent}."
    files = [path for path in place.iterdir() if path.is_file() and not path.name.startswith(".")]
    if any(map(is_table, files)) and not _pictures_in(files):
        return " For tables say `tables` instead of `images`."
    if any(_pictures_in(folder.iterdir()) for folder in folders[:_MANY]):
        return (
            f" It looks like one domain with its classes. `images` names the folder of all domains, with one folder "
            f"for each, as in {names[0]}/{folders[0].name}/PICTURE."
        )
    return _beside(files)


def _of_tables(place: Path, names: Sequence[str]) -> str:
    wanted, folders = set(names), _folders(place)
    files = sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith("."))
    unread = [path for path in files if looks_like_a_table(path)]
    unread.sort(key=lambda path: pair_name(path.name.partition(".")[0]) not in wanted)
    if unread:
        return f" {not_read(unread[0])}."
    for folder in folders[:_MANY]:
        if pair_name(folder.name) in wanted and not _with_pictures(folder):
            return f" {folder} holds {holds(folder)}: a table that is split has a train and a test file, as train.csv."
    for folder in folders[:_MANY]:
        if wanted & {pair_name(stem_of(path)) for path in folder.iterdir()}:
            return f" The domain lies one level deeper: let `tables` name {folder}."
    tables = [path for path in files if is_table(path)]
    if len(tables) == 1:
        return (
            f" Is this one file for all domains? Then let `tables` name {tables[0]}, and `domain` the column that "
            "tells them apart."
        )
    if not tables and (_pictures_in(files) or any(map(_with_pictures, folders[:_MANY]))):
        return " For pictures say `images` instead of `tables`."
    return ""


def _folders(place: Path) -> list[Path]:
    return sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith("."))


def _two_down(folder: Path, wanted: set[str]) -> list[Path]:
    return [path for child in _folders(folder)[:_MANY] for path in _folders(child) if pair_name(path.name) in wanted]


def _pictures_in(paths: Iterable[Path]) -> bool:
    return any(path.suffix.lower() in PICTURES for path in paths)


def _with_pictures(folder: Path) -> bool:
    """Whether a folder, or one in it, holds pictures."""
    return any(_pictures_in(path.iterdir()) for path in (folder, *_folders(folder)[:_MANY]))


def _beside(files: Sequence[Path]) -> str:
    """Advice on files that lie where folders are needed."""
    suffixes = {path.suffix.lower() for path in files}
    if suffixes & PICTURES:
        return (
            " Does a table or a list say which picture belongs to which class? Let `images` name the table, with the "
            "columns file, label and domain, or say `lists: true`; else sort the pictures into folders."
        )
    if ".npy" in suffixes:
        return " Arrays are read from .npz, with `tables:`: np.savez(file, x=x, label=y)."
    return ""


def _more(own: Sequence[str]) -> list[str]:
    return [f"{len(own) - 10:,} more"] if len(own) > 10 else []
