"""Full records behind the cells of a table, where this machine has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from dabench.leaderboard.table import Recorded, Table
from dabench.plain_files import oddity, read_plain
from dabench.runs.record import RunRecord


def with_records(tables: Sequence[Table], records: Iterable[tuple[Path, RunRecord]]) -> list[Table]:
    """Fill `Table.records` from records and the files they are in.

    Pictures are files beside a record: `<seed>-<id>.<title>.png` beside `<seed>-<id>.json`. Of each cell only the first
    seed that has some shows them, so that a page stays small.
    """
    found = {record.run_id: (path, record) for path, record in records}
    return [replace(table, records=_of_table(table, found)) for table in tables]


def _of_table(table: Table, found: dict[str, tuple[Path, RunRecord]]) -> dict[str, Recorded]:
    records: dict[str, Recorded] = {}
    listings: dict[Path, list[Path]] = {}
    for row in table.rows:
        for cell in row.cells.values():
            shown = False
            for run in cell.runs:
                if run.run_id not in found:
                    continue
                path, record = found[run.run_id]
                if path.parent not in listings:
                    listings[path.parent] = _pictures_in(path.parent)
                files = [] if shown else [file for file in listings[path.parent] if _beside(file, path)]
                shown = shown or bool(files)
                pictures = {
                    file.name[len(path.stem) + 1 : -len(".png")]: read_plain(file, links=False) for file in files
                }
                records[run.run_id] = Recorded(record=record, pictures=pictures)
    return records


def _pictures_in(folder: Path) -> list[Path]:
    """The pictures in a folder, plain files alone: the target of a link does not belong on a page."""
    return sorted(path for path in folder.glob("*.png") if not oddity(path, links=False))


def _beside(picture: Path, record: Path) -> bool:
    return picture.name.startswith(f"{record.stem}.") and len(picture.name) > len(record.stem) + len("..png")
