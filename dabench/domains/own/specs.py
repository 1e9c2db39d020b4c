"""Descriptors of a suite's own domains, from the contents of its folder, under the names that its pairs use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dabench.config.own_data import OwnImages, OwnTables
from dabench.domains.own.classes import Shared, share
from dabench.errors import DataError, UsageError, unknown
from dabench.printable import printable
from dabench.specs.names import pair_name
from dabench.specs.spec import DomainSpec

if TYPE_CHECKING:
    from dabench.domains.own.column_types import Decided
    from dabench.domains.own.listing import Listing
    from dabench.domains.own.rows import Columns, Rows
    from dabench.domains.own.table_files import TableFile

LICENCE = "your own"


def own_specs(config: OwnImages | OwnTables, names: Sequence[str], sources: Sequence[str]) -> dict[str, DomainSpec]:
    """Describe those of some domains that lie in the suite's folder; the others are somebody else's.

    Args:
        config: `domains` of the suite.
        names: of all domains that the suite's pairs name.
        sources: those of them that are learned from.

    Raises:
        UsageError: the folder or file does not exist, or two domains in it have one name.
        DataError: the domains do not have the same classes, or something else that is seen before anything is decoded.
    """
    if isinstance(config, OwnImages):
        return _of_images(config, names)
    return _of_tables(config, names, sources)


def own_names(config: OwnImages | OwnTables) -> dict[str, str]:
    """All domains in the suite's own folder: the name in a pair -> the name of the folder, file or value.

    Raises:
        UsageError: there is no such folder or file, or two of them have one name.
        DataError: the table cannot be read.
    """
    if isinstance(config, OwnImages):
        root, places = _places_of_images(config)
        return _named(places, root)
    return _of_table(config)[0]


def _of_images(config: OwnImages, names: Sequence[str]) -> dict[str, DomainSpec]:
    from dabench.domains.own.listed import base_of, listing_of

    root, places = _places_of_images(config)
    known = _named(places, root)
    _refuse_unknown_bits(config, known)
    own = {name: places[known[name]] for name in names if name in known}
    listings = {name: listing_of(root, where) for name, where in own.items()}
    unusable = {name: listing.unusable for name, listing in listings.items()}
    shared = _shared(config, {name: listing.counts for name, listing in listings.items()}, unusable)
    return {
        name: DomainSpec(
            name=name,
            entry_point="dabench.domains.own.images:load",
            summary=f"pictures of {known[name]}",
            licence=LICENCE,
            files=tuple(
                f"{escape(part)}/**/*".removeprefix("/")
                for part in [base_of(where), *_linked(root, base_of(where), listings[name])]
            ),
            homepage=str(root),
            root=str(root),
            arguments={
                "where": dict(where),
                "classes": list(shared.classes),
                "left_out": list(shared.left_out[name]),
                "look": config.model_dump(include={"size", "fit", "max_megapixels"})
                | {"grey_bits": config.bits_of(name)},
                "draw": config.model_dump(include={"test_share", "split_seed"}),
                "notes": [*shared.notes[name], *listings[name].notes],
            },
            strict=config.on_bad == "error",
        )
        for name, where in own.items()
    }


def _places_of_images(config: OwnImages) -> tuple[Path, dict[str, Mapping[str, Any]]]:
    """The folder of all pictures, and the domains in it by the name they have there, as `listed.listing_of` takes them.

    Raises:
        UsageError: there is no such folder or table, or `lists` is said of a table.
        DataError: the table cannot be read.
    """
    from dabench.domains.own.listed import list_names, table_names

    path = Path(config.images)
    if path.is_file() and path.suffix.lower() == ".csv":
        if config.lists:
            raise UsageError(f"{path} is a table, and `lists: true` is for a folder: leave one of them out")
        return path.parent, {name: {"table": path.name, "domain": name} for name in table_names(path)}
    root = _existing(config.images, folder=True)
    if config.lists:
        return root, {name: {"lists": list(files)} for name, files in list_names(root).items()}
    folders = [item.name for item in root.iterdir() if item.is_dir() and not item.name.startswith(".")]
    return root, {name: {"folder": name} for name in folders}


def _refuse_unknown_bits(config: OwnImages, folders: Mapping[str, str]) -> None:
    """Refuse `grey_bits` of domains that there are not.

    Raises:
        UsageError: naming those there are.
    """
    for name in config.grey_bits if isinstance(config.grey_bits, dict) else ():
        if pair_name(name) not in folders:
            raise unknown("domain of `grey_bits`", name, folders)


def _linked(root: Path, folder: str, listing: Listing) -> list[str]:
    """Folders of a domain that are links: patterns of files do not follow them."""
    parents = {path.parent for files in listing.by_class.values() for path in files}
    every = {above for parent in parents for above in (parent, *parent.parents)}
    linked = (Path(folder, path) for path in every if (root / folder / path).is_symlink())
    return sorted(path.as_posix() for path in linked)


def _of_tables(config: OwnTables, names: Sequence[str], sources: Sequence[str]) -> dict[str, DomainSpec]:
    from dabench.domains.own.hub import place_of
    from dabench.domains.own.rows import read_rows, with_same_columns
    from dabench.domains.own.suspects import suspects
    from dabench.domains.own.table_files import files_of
    from dabench.domains.own.usable_rows import as_table, simultaneous

    found, without, known = _of_table(config)
    own = {name: found[name] for name in names if name in found}
    if not own:
        return {}
    place = place_of(config)
    root = place if config.domain is None else place.parent
    places: dict[str, tuple[str | Sequence[str], str | None]] = {
        name: (_table_places(place)[item], None) if config.domain is None else (place.name, item)
        for name, item in own.items()
    }
    columns = _columns(config)
    rows = with_same_columns(read_rows(root, places, columns, known))
    decided = _decided(rows, columns)
    tables = simultaneous({name: as_table(found, decided.categories, columns) for name, found in rows.items()})
    unusable = {name: table.unusable for name, table in tables.items()}
    shared = _shared(config, {name: table.counts for name, table in tables.items()}, unusable)
    items = [item for where, _ in places.values() for item in ([where] if isinstance(where, str) else where)]
    files = [str(file.relative_to(root)) for item in items for file in files_of(root / item)]
    warnings = [*map(_may_be_codes, decided.padded), *suspects(tables)]
    return {
        name: DomainSpec(
            name=name,
            entry_point="dabench.domains.own.tables:load",
            summary=f"rows of {item}",
            licence=LICENCE,
            files=tuple(escape(file) for file in dict.fromkeys(files)),
            homepage=str(root),
            root=str(root),
            arguments={
                "domain": name,
                "places": places,
                "sources": [source for source in sources if source in own] or list(own),
                "columns": {**asdict(columns), "types": decided.types},
                "classes": list(shared.classes),
                "remarks": {
                    "left_out": list(shared.left_out[name]),
                    "notes": [*shared.notes[name], *without],
                    "warnings": warnings if name == next(iter(own)) else [],  # they are of all domains: once is enough
                },
                "draw": config.model_dump(include={"test_share", "split_seed"}),
            },
            strict=config.on_bad == "error",
            recording=place.name if config.moment else "",
        )
        for name, item in own.items()
    }


def _of_table(config: OwnTables) -> tuple[dict[str, str], list[str], dict[str, TableFile]]:
    """The domains by name, as `own_names`; which rows belong to none; and the file, where there is one for all."""
    place = _existing_tables(config)
    if config.domain is None:
        return _named(list(_table_places(place)), place), [], {}
    from dabench.domains.own.column_types import as_class_names
    from dabench.domains.own.rows import without_domain
    from dabench.domains.own.table_files import Places, need, read_table

    file = read_table(place, _columns(config).dialect)
    need(file.frame, config.domain, str(place))
    without = without_domain(file.frame, Places({place.name: file}), config.domain)
    values = as_class_names(file.frame[config.domain]).dropna().unique().tolist()
    return _named(values, place), [without] if without else [], {place.name: file}


def _may_be_codes(column: str) -> str:
    return (
        f"the column {column} has numbers that begin with 0, as codes do: with `categorical: [{column}]` they are "
        "categories"
    )


def _columns(config: OwnTables) -> Columns:
    from dabench.domains.own.rows import Columns

    return Columns(**config.model_dump(include=set(Columns.__annotations__)))


def _decided(rows: Mapping[str, Rows], columns: Columns) -> Decided:
    """The types of the columns; images and windows of signals have none."""
    from dabench.domains.own.column_types import Decided, decide

    arrays = [name for name, found in rows.items() if found.examples is not None]
    if len(arrays) == len(rows):
        return Decided({}, ())
    if arrays:
        raise DataError(f"{', '.join(arrays)} holds images or windows of signals, and the other domains hold columns")
    features, places = ({name: getattr(found, key) for name, found in rows.items()} for key in ("features", "places"))
    return decide(features, places, columns.categorical, columns.notation)


def _shared(
    config: OwnImages | OwnTables,
    counts: Mapping[str, Mapping[str, int]],
    unusable: Mapping[str, Mapping[str, str]],
) -> Shared:
    """The classes of all domains; where the suite is strict, all must have the same ones."""
    if not counts:
        return Shared((), {}, {})
    found = {
        domain: {name: count for name, count in classes.items() if name not in unusable[domain]}
        for domain, classes in counts.items()
    }
    shared = share(found, config.classes, unusable)
    lines = [f"{domain}: {text}" for domain, texts in shared.left_out.items() for text in texts]
    if lines and config.on_bad == "error":
        raise DataError(
            "the domains do not have the same classes:\n  "
            + "\n  ".join(lines)
            + "\nCorrect the folders or tables, name "
            "the `classes`, or say `on_bad: skip` in `domains`, which leaves these out."
        )
    return shared


def _table_places(folder: Path) -> dict[str, str | tuple[str, str]]:
    """The tables in a folder: a file, or train and test in a folder of their own."""
    from dabench.domains.own.table_files import is_table, stem_of

    places: dict[str, str | tuple[str, str]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        item: str | tuple[str, str] | None = path.name if is_table(path) else None
        name = path.name if path.is_dir() else stem_of(path)
        if path.is_dir():
            inside = [file for file in sorted(path.iterdir()) if is_table(file)]
            sides = {file.name if file.is_dir() else stem_of(file): f"{path.name}/{file.name}" for file in inside}
            if {"train", "test"} & set(sides):  # one without the other is explained
                item = (sides["train"], sides["test"]) if {"train", "test"} <= set(sides) else None
        if item:
            if name in places:
                raise UsageError(f"{folder} has two tables called {name}: {places[name]} and {item}")
            places[name] = item
    return places


def _named(items: Iterable[str], where: Path) -> dict[str, str]:
    named: dict[str, str] = {}
    for item in sorted(items):
        name = pair_name(item)
        if printable(item) != item:
            raise UsageError(f"{item!r} in {where} has a name with characters that cannot be printed: rename it")
        if not name:
            raise UsageError(f"{item!r} in {where} has no letter or digit that a pair could name it by: rename it")
        if name in named:
            raise UsageError(f"{named[name]!r} and {item!r} in {where} are both called {name} in a pair: rename one")
        named[name] = item
    return named


def _existing_tables(config: OwnTables) -> Path:
    """The folder or the file of tables; with a column that names the domain, a folder of Parquet files is a file."""
    from dabench.domains.own.hub import place_of
    from dabench.domains.own.table_files import is_table

    place = place_of(config)
    if config.domain is not None and place.is_dir() and is_table(place):
        return place
    return _existing(str(place), folder=config.domain is None)


def _existing(place: str, *, folder: bool) -> Path:
    path = Path(place)
    if (path.is_dir() if folder else path.is_file()) is False:
        kind, other = ("folder", "file") if folder else ("file", "folder")
        what = f"is a {other}, and a {kind} is needed" if path.exists() else "does not exist"
        hint = " (with `domain:` it is one file, without one a folder of files)" if path.exists() else ""
        raise UsageError(f"{path} {what}{hint}. `domains` of the suite names it, relative to the suite file.")
    return path
