"""The text of a pull request that submits published results."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dabench.results.cells import NUMBERS, pair_column, rows_of

CHECKS = (
    "`dabench results verify` finds nothing, and `code_dirty` is False in every row",
    "the rows are of all seeds that were run, not of a choice",
    "no option was chosen with target labels, or `chosen_by` says so",
    "`make tables` was run, and the new tables are part of this pull request",
    "a new method has a paper or a page that is cited, and `dabench plugin check` passes",
)


def request_text(suite: str, before: pd.DataFrame, after: pd.DataFrame) -> str:
    """The description of a pull request, in markdown.

    Args:
        suite: its name.
        before: the runs of the file that was there; without rows if there was none.
        after: those of the new file.
    """
    return "\n".join([f"## Results of `{suite}`", "", *_changes(before, after), *_made_with(after), *_checks()])


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    old = {row["run_id"]: [row[name] for name in NUMBERS] for row in rows_of(before)}
    new = {row["run_id"]: [row[name] for name in NUMBERS] for row in rows_of(after)}
    added = after[~after["run_id"].isin(list(old))]
    changed = sum(old[run_id] != numbers for run_id, numbers in new.items() if run_id in old)
    gone = len(old.keys() - new.keys())
    yield f"{len(added)} new rows, {changed} with other numbers, {gone} removed, {len(after)} in all."
    yield ""
    if len(added):
        yield "| method | pairs | seeds | new rows | failed | collapsed | options chosen by | from |"
        yield "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |"
        for method, runs in added.groupby("method"):
            states = runs["status"].value_counts()
            failed = len(runs) - int(states.get("ok", 0)) - int(states.get("collapsed", 0))
            chosen, origin = (", ".join(sorted(runs[name].unique())) for name in ("chosen_by", "plugin_distribution"))
            counts = [
                pair_column(runs).nunique(),
                runs["seed"].nunique(),
                len(runs),
                failed,
                int(states.get("collapsed", 0)),
            ]
            yield f"| {method} | {' | '.join(map(str, counts))} | {chosen} | {origin} |"
        yield ""


def _made_with(after: pd.DataFrame) -> Iterator[str]:
    names = {
        "commit": "code_commit",
        "torch": "env_torch",
        "device": "env_device",
        "instructions": "env_cpu_capability",
    }
    yield "Made with:"
    yield ""
    for name, column in names.items():
        yield f"- {name}: {', '.join(sorted(map(str, after[column].dropna().unique()))) or 'not recorded'}"
    if after["code_dirty"].fillna(False).any():
        yield "- **some rows are of code that was not committed: run them again on a clean commit**"
    yield ""


def _checks() -> Iterator[str]:
    yield from (f"- [ ] {check}" for check in CHECKS)
    yield ""
