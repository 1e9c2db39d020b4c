"""Commands that name a row of a table, and make its runs again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from dabench.config.overrides import SCALARS
from dabench.config.row_choice import RowChoice, row_of
from dabench.config.settings import SECTIONS
from dabench.leaderboard.table import Row, Table
from dabench.plugin.method_file import is_method_file


def row_name(table: Table, row: Row) -> str:
    """`dann`; with its name in the suite, `dann:long`, where it has one; `dann:` where only others of the method do."""
    named = row_of(row.variant)
    alone = all(row_of(other.variant) == named for other in table.rows if other.method == row.method)
    return str(RowChoice(row.method, None if alone and not named else named))


def run_command(table: Table, row: Row, pair: str, seeds: Sequence[str], word: str = "") -> str:
    """The command that makes runs of a cell again; `word` is the suite's file, if it is not named by its name."""
    method = row.distribution if is_method_file(row.distribution) else row_name(table, row)
    parts = ["dabench", "run", word or table.suite, "--pairs", pair, "--methods", method]
    parts += ["--seeds", ",".join(seeds)]
    assignments = [item for item in row.variant.split(",") if "=" in item]  # else the name that the suite gives the row
    backbone = next((item.partition("=")[2] for item in assignments if item.startswith("backbone.name=")), "")
    if backbone:  # with its own defaults: what the suite's backbone had is None
        parts += ["--backbone", backbone]
        gone = ("backbone.", "budget.")
        assignments = [item for item in assignments if not (item.startswith(gone) and item.endswith("=None"))]
    for assignment in assignments:
        if not assignment.startswith("backbone.name="):
            section = assignment.partition("=")[0].partition(".")[0]
            shared = section in (*SECTIONS, *SCALARS)
            parts += ["--set", assignment if shared else f"{row.method}.{assignment}"]
    return shlex.join([*parts, "--fresh"])
