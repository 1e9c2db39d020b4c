"""Reasons of failed runs, in few words: a missing data set fails hundreds of them for one reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dabench.runs.reasons import reason

if TYPE_CHECKING:
    from dabench.results.stored import Row


def failures(rows: Iterable[Row], logs: Path, stems: Mapping[str, Path | str]) -> Iterator[str]:
    """A line for each reason: the runs that failed for it, the reason, and where the first one's log is.

    Args:
        rows: scalar fields of the records of failed runs.
        logs: the folder of all runs.
        stems: the path of a run's files below it, without a suffix, by run id.
    """
    reasons: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        reasons[row.status, reason(row.error)].append(row)
    for (status, why), runs in reasons.items():
        first = runs[0]
        more = f" and {len(runs) - 1:,} more" if len(runs) > 1 else ""
        log = (logs / stems[first.run_id]).with_suffix(".log")
        where = f". {'Log of the first' if more else 'Its log'}: {log}" if log.is_file() else ""
        why = why.rstrip(".") if where else why
        yield f"{status}: {first.source}:{first.target} {first.method} seed {first.seed}{more}: {why}{where}"
