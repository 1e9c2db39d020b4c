"""Commands that name a row of a table, and make its runs again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from dabench.config.overrides import SCALARS, SECTIONS
from dabench.config.row_choice import RowChoice, row_of
from dabench.leaderboard.table import Row, Table


def row_name(table: Table, row: Row) -> str:
    """`dann`; with its name in the suite, `dann:long`, where it has one; `dann:` where only others of the method do."""
    named = row_of(row.variant)
    alone = all(row_of(other.variant) == named for other in table.rows if other.method == row.method)
    return str(RowChoice(row.method, None if alone and not named else named))


def run_command(table: Table, row: Row, pair: str, seeds: Sequence[str]) -> str:
    """The command that makes runs of a cell again."""
    parts = ["dabench", "run", table.suite, "--pairs", pair, "--methods", row_name(table, row)]
    parts += ["--seeds", ",".join(seeds)]
    for assignment in row.variant.split(","):
        if "=" in assignment:  # the rest is the name that the suite gives the variant
            section = assignment.partition("=")[0].partition(".")[0]
            shared = section in (*SECTIONS, *SCALARS)
            parts += ["--set", assignment if shared else f"{row.method}.{assignment}"]
    return shlex.join([*parts, "--fresh"])
