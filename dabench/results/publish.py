"""The published file of a suite: its current runs, one row each, in a fixed order."""

from __future__ import annotations

import shlex
from math import inf
from pathlib import Path

import pandas as pd

from dabench.errors import ResultsError
from dabench.results.comparable import comparable_runs
from dabench.results.csv_file import csv_text, read_csv
from dabench.results.folder import read_results
from dabench.results.record_file import write_atomic
from dabench.specs.names import bound_rank


def publish(directory: Path, suite: str, out: Path, *, word: str = "") -> Path:
    """Write the current runs of a suite, failed ones included, as a CSV to commit: one row per run in a fixed order.

    Args:
        directory: a results folder.
        suite: its name.
        out: the file to write.
        word: how a command names the suite, if not by its name: the path of its file.

    Raises:
        ResultsError: there are no runs, `out` cannot be written, or rows of `out` would be lost.
    """
    results = read_results(directory, suite, word=word, indexed=False)
    frame, _ = comparable_runs(results.frame)
    if frame.empty:
        raise ResultsError(
            f"there is nothing to publish: no usable results of {suite!r} in {directory}. "
            f"`dabench results verify {shlex.quote(str(directory))}` says why, "
            f"`dabench run {shlex.quote(word or suite)}` makes new ones."
        )
    if out.exists():
        rows, flaws = read_csv(out)
        if flaws:
            raise ResultsError(f"{flaws[0]}. Publishing would overwrite it: fix it or move it away first.")
        if set(rows["suite"]) - {suite}:
            raise ResultsError(f"{out} holds runs of other suites. Name another file with -o.")
    return write_atomic(out, csv_text(in_order(frame)))


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The order of a published file, the same in whatever order the runs ended."""
    frame = frame.assign(_place=frame["method"].map(bound_rank), _shots=frame["shots"].map(shots_rank))
    order = ["source", "target", "_place", "method", "variant", "_shots", "seed", "suite", "run_id"]
    return frame.sort_values(order, kind="stable").drop(columns=["_place", "_shots"])


def shots_rank(shots: object) -> float:
    """The rank of a number of shots, as a frame holds it, among others: none first, all last."""
    return inf if shots == "all" else float(shots) if isinstance(shots, str) else 0.0
