"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Any], Any]


def results_option(meaning: str = "Results folder, or a published .csv file.") -> Decorator:
    """`--results`: where runs are looked for, or written.

    Args:
        meaning: for the help.
    """
    return click.option(
        "--results", "directory", type=click.Path(path_type=Path), default="results", show_default=True,
        envvar="DABENCH_RESULTS", help=meaning,
    )  # fmt: skip


METHODS = click.option("--methods", help="Only these, in this order: dann,coral; dann:long for one row. Bounds stay.")
PAIRS = click.option("--pairs", help="Only these, comma-separated, in this order.")
SHOTS = click.option("--shots", help="Only the tables of these numbers of shots: 10 or 1,all.")
