"""The audit of published rows: a sample of them is run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dabench.errors import DabenchError
from dabench.hashing.canonical import sha256
from dabench.planning.jobs import RunOptions
from dabench.plugin.registry import Registry
from dabench.results.cells import NUMBERS, RunRow
from dabench.results.verified import Mark, mark
from dabench.runner.reproduce import find_recorded, plan_again, reproduce
from dabench.runs.job import Event
from dabench.runs.record import SCORED


@dataclass(frozen=True)
class Audited:
    """One row that was run again.

    Attributes:
        name: suite, pair, method and seed.
        verdict: of the reproduction; `not possible` where this machine cannot make the run.
        why: the reason for the latter.
        mark: for the list of verified runs; None unless the numbers came out.
    """

    name: str
    verdict: Literal["identical", "other data", "within noise", "different", "not possible"]
    why: str
    mark: Mark | None


def new_rows(rows: Sequence[RunRow], before: Sequence[RunRow]) -> list[RunRow]:
    """The rows with a number that were not there before, or had other numbers."""
    known = {row["run_id"]: [row[name] for name in NUMBERS] for row in before}
    return [
        row for row in rows if row["status"] in SCORED and known.get(row["run_id"]) != [row[name] for name in NUMBERS]
    ]


def sample(rows: Sequence[RunRow], count: int, salt: str) -> list[RunRow]:
    """Some of the rows, the same ones for the same salt: another method before a second row of one.

    Args:
        rows: to choose from.
        count: how many, at most.
        salt: text that was not known when the rows were submitted, so that nobody can tell which ones are run.
    """
    drawn = sorted(rows, key=lambda row: sha256([salt, row["run_id"]]))
    seen: dict[str, int] = {}
    turns = []
    for row in drawn:
        seen[row["method"]] = seen.get(row["method"], 0) + 1
        turns.append(seen[row["method"]])
    order = sorted(range(len(drawn)), key=lambda place: (turns[place], place))
    return [drawn[place] for place in order[:count]]


def audit(
    row: RunRow,
    file: Path,
    registry: Registry,
    device_kind: str,
    options: RunOptions,
    on_event: Callable[[Event], None],
) -> Audited:
    """Run one row of a published file again."""
    recorded = find_recorded(row["run_id"], file)
    try:
        plan = plan_again(recorded, registry, device_kind)
        result = reproduce(recorded, plan, registry, options, on_event)
    except DabenchError as error:
        return Audited(str(recorded), "not possible", str(error), None)
    if result.verdict in ("identical", "within noise"):
        return Audited(str(recorded), result.verdict, "", mark(result.recorded, result.now, result.verdict))
    reasons = [str(result.now["error"] or "")] + [str(change) for change in result.changes]
    return Audited(str(recorded), result.verdict, "; ".join(reason for reason in reasons if reason), None)
