"""Damage in a results folder: files that were edited, cut off, doubled, or that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dabench.results.csv_file import Flaw, frame_of, read_csv
from dabench.results.folder import read_results
from dabench.results.prune import ahead
from dabench.results.records import find_records
from dabench.runs.record import flatten


def verify(path: Path) -> tuple[int, list[Flaw]]:
    """Look at everything in a results folder or file. Nothing is changed.

    Returns:
        How many runs count, and what is wrong.

    Raises:
        ResultsError: there are no results to read.
    """
    results = read_results(path, indexed=False)
    disagreeing = list(_disagreements(path)) if path.is_dir() else []
    future = ahead(path) if path.is_dir() else []
    return len(results.frame), results.flaws + disagreeing + future


def _disagreements(directory: Path) -> Iterator[Flaw]:
    """Published rows that say something else than the record that they were made from."""
    found = {(record.run_id, record.finished): (path, record) for path, record in find_records(directory)[0]}
    for file in sorted(directory.glob("*.csv")):
        rows, _ = read_csv(file)
        both = [key for key in zip(rows["run_id"], rows["finished"], strict=True) if key in found]
        if not both:
            continue
        own = rows.set_index(["run_id", "finished"]).loc[both].reset_index()[list(rows.columns)]
        made = frame_of(flatten(found[key][1]) for key in both)
        differs = ~((own == made).fillna(False) | (own.isna() & made.isna()))
        for place in differs.index[differs.any(axis=1)]:
            names = ", ".join(differs.columns[differs.loc[place]][:4])
            reason = f"the row of run {both[place][0][:12]} differs from its record {found[both[place]][0]} in {names}"
            yield Flaw(file, f"{reason}: publish the file again, or restore the record")
