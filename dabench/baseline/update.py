"""A baseline with the current numbers: a file whose diff shows what a reviewer has to accept."""

from __future__ import annotations

import pandas as pd

from dabench.baseline.compare import Report
from dabench.results.cells import cell_name, rows_of
from dabench.results.comparable import comparable_runs
from dabench.results.publish import in_order


def updated(baseline: pd.DataFrame, now: pd.DataFrame, report: Report) -> pd.DataFrame:
    """The baseline's rows after an update, in the order of a published file.

    Cells with the same numbers keep their rows as they are and only gain seeds that are new; cells that are missing
    keep theirs; all others are replaced whole, so that no cell mixes two states of the code; new cells are added.
    Of rows that `current` leaves out, none is kept.

    Args:
        baseline: runs that `report` judged by.
        now: runs that it judged.
        report: what `baseline.compare.compare` made of the two.
    """
    verdicts = {cell.cell: cell.verdict for cell in report.cells}
    old, new = comparable_runs(baseline)[0], comparable_runs(now)[0]
    names = [cell_name(row) for row in rows_of(old)]
    kept = old[[verdicts[name] in ("same", "missing") for name in names]]
    seeds = {(*name, seed) for name, seed in zip(names, old["seed"], strict=True)}
    taken = []
    for row in rows_of(new):
        name = cell_name(row)
        verdict = verdicts.get(name)
        taken.append(verdict != "missing" and not (verdict == "same" and (*name, row["seed"]) in seeds))
    return in_order(pd.concat([kept, new[taken]], ignore_index=True))
