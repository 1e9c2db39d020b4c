"""Reasons of failed runs, in few words: a missing data set fails hundreds of them for one reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dabench.runs.reasons import reason
from dabench.runs.record import RunRecord


def failures(records: Iterable[RunRecord], logs: Path, stems: Mapping[str, Path | str]) -> Iterator[str]:
    """A line for each reason: the runs that failed for it, the reason, and where the first one's log is.

    Args:
        records: of failed runs.
        logs: the folder of all runs.
        stems: the path of a run's files below it, without a suffix, by run id.
    """
    reasons: defaultdict[tuple[str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        reasons[record.status, reason(record.error)].append(record)
    for (status, why), runs in reasons.items():
        first = runs[0]
        more = f" and {len(runs) - 1:,} more" if len(runs) > 1 else ""
        log = (logs / stems[first.run_id]).with_suffix(".log")
        where = f". {'Log of the first' if more else 'Its log'}: {log}" if log.is_file() else ""
        yield f"{status}: {first.pair} {first.method} seed {first.seed}{more}: {why}{where}"
