"""Run a recorded cell again, and say whether its numbers come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from dabench.config.options import option_errors
from dabench.config.settings import Settings
from dabench.config.suite import Suite
from dabench.config.suite_file import find_suite, is_own_suite
from dabench.errors import UsageError
from dabench.files import scratch
from dabench.planning.jobs import RunOptions
from dabench.planning.plan import make_plan
from dabench.plugin.method_class import VERSION as CLASS
from dabench.plugin.method_file import VERSION as FILE
from dabench.plugin.registry import Registry
from dabench.results.cells import NUMBERS, RunRow, accuracies, rows_of
from dabench.results.changes import Change, changes
from dabench.results.comparable import CELL, LINEAGE
from dabench.results.csv_file import Flaw, frame_of
from dabench.results.folder import read_results
from dabench.results.lineage import former_ids
from dabench.results.record_file import read_record
from dabench.results.records import records_beside
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from dabench.runs.job import Event
from dabench.runs.plan import Plan
from dabench.runs.record import RunRecord, flatten
from dabench.specs.spec import DomainSpec, MethodSpec
from dabench.stats.regression import Drop, measure_drop

SHORTEST_ID = 6


@dataclass(frozen=True)
class RecordedRun:
    """A run to reproduce.

    Attributes:
        row: as `runs.record.flatten` gives it, None for what is missing.
        settings: of the full record; None for a published row.
        cell: accuracy by seed of the runs of its cell, its own included: the noise to judge by.
    """

    row: RunRow
    settings: Mapping[str, Any] | None
    cell: Mapping[int, float]

    def __str__(self) -> str:
        variant = f" ({self.row['variant']})" if self.row["variant"] else ""
        return f"{self.row['suite']} {self.pair} {self.row['method']}{variant} seed {self.row['seed']}"

    @property
    def pair(self) -> str:
        """`source:target`."""
        return f"{self.row['source']}:{self.row['target']}"


@dataclass(frozen=True)
class Reproduction:
    """The result of a reproduction.

    Attributes:
        verdict: `identical` to the bit; `other data` where the data are not those of the record; `within noise` of the
            cell's seeds; `different` else, also where no other seed tells how large the noise is.
        recorded, now: the run as it was and as it is.
        drop: from one to the other against the noise; None if one has no accuracy.
        changes: what differs beside the numbers, likeliest reason first.
    """

    verdict: Literal["identical", "other data", "within noise", "different"]
    recorded: RunRow
    now: RunRow
    drop: Drop | None
    changes: list[Change]


def find_recorded(
    what: str, directory: Path, tell: Callable[[Sequence[Flaw]], None] = lambda flaws: None
) -> RecordedRun:
    """A run from the file of its record, or by the beginning of its `run_id` in a results folder or file.

    An id that the run had before plugins were hashed by their syntax is as good (see `results.lineage`).

    Args:
        what: the path of a record, which ends in `.json`, or the beginning of a `run_id`.
        directory: where to look for the latter.
        tell: gets the files and rows that are not counted.

    Raises:
        UsageError: there is no such run, or more than one.
        ResultsError: the file or folder cannot be read.
    """
    path = Path(what)
    if path.suffix == ".json":
        record = read_record(path)
        beside = [record, *(other for _, other in records_beside(path))]
        rows = rows_of(frame_of(flatten(item) for item in beside))
        return RecordedRun(rows[0], record.settings, _cell(rows, rows[0]))
    if len(what) < SHORTEST_ID:
        raise UsageError(f"{what!r} is neither the .json file of a record nor {SHORTEST_ID} characters of a run_id.")
    results = read_results(directory)
    tell(results.flaws)
    rows = rows_of(results.frame)
    found = [row for row in rows if row["run_id"].startswith(what)]
    found = found or [row for row in rows if any(former.startswith(what) for former in former_ids(row))]
    if len(found) != 1:
        count = f"are {len(found)} runs" if found else "is no run"
        raise UsageError(f"there {count} in {directory} whose run_id begins with {what!r}.")
    settings = [record.settings for _, record in results.records_of([found[0]["run_id"]])]
    return RecordedRun(found[0], settings[0] if settings else None, _cell(rows, found[0]))


def _cell(rows: Sequence[RunRow], row: RunRow) -> dict[int, float]:
    """Accuracies of the runs that may stand in one cell with this one."""
    return accuracies([other for other in rows if all(other[name] == row[name] for name in [*CELL, *LINEAGE])])


def plan_again(recorded: RecordedRun, registry: Registry, device_kind: str, own: Suite | None = None) -> Plan:
    """A plan of that run alone: from the settings of its record, or for a published row from its suite.

    Args:
        recorded: the run.
        registry: of plugins.
        device_kind: `cpu` or `cuda`.
        own: the run's suite, which says where its own data lie; not needed for domains of plugins, nor where a file
            of this folder is that suite.

    Raises:
        UsageError: this version cannot make that run any more, or its data are of one's own and `own` is None.
    """
    row = recorded.row
    if row["track"] == "active":
        raise UsageError(
            f"{recorded} is of the track active, where a run follows from those of the rounds before: `dabench run "
            f"{row['suite']} --methods {row['method']} --pairs {recorded.pair} --seeds {row['seed']}` in another "
            "folder (--results) makes them all again."
        )
    if own is not None and own.name != row["suite"]:
        raise UsageError(
            f"{recorded} is of the suite {row['suite']}, not of {own.name}: name its own file with --suite."
        )
    foreign = [name for name in (row["source"], row["target"]) if name not in registry.all(DomainSpec)]
    if foreign and own is None and is_own_suite(row["suite"]):
        own = find_suite(row["suite"], registry)
    if foreign and own is None:
        raise UsageError(
            f"{recorded}: no plugin has {' and '.join(foreign)}. Data of your own are found by the file of their "
            "suite: dabench reproduce RECORD.json --suite SUITE.yaml. For a plugin's, install it."
        )
    if row["method"] not in registry.all(MethodSpec):
        raise _no_method(recorded)
    if recorded.settings is None:
        suite = (own or find_suite(row["suite"], registry)).model_copy(update={"precision": row["precision"]})
    else:
        suite = _suite_of(row, recorded.settings, own)
    plan = make_plan(
        suite,
        registry,
        device_kind=device_kind,
        methods=[row["method"]],
        pairs=[recorded.pair],
        seeds=(row["seed"],),
    )
    runs = [run for run in plan.runs if run.method.name == row["method"]]
    if recorded.settings is None:
        runs = [run for run in runs if run.settings_sha256 == row["settings_sha256"]]
    if not runs:
        commit = f", or run it at commit {row['code_commit'][:12]}" if row["code_commit"] else ""
        raise UsageError(
            f"{recorded} had other settings ({row['settings_sha256'][:12]}) than its suite has now, and a published "
            f"row does not hold them. Name the .json file of its record{commit}."
        )
    return replace(plan, runs=(runs[0],))


def _no_method(recorded: RecordedRun) -> UsageError:
    """The error where nobody registers the method of a run."""
    name, origin, version = (recorded.row[key] for key in ("method", "plugin_distribution", "plugin_version"))
    if version == CLASS:
        return UsageError(
            f"{recorded}: its method is a {origin} of the program that ran it. Put the class into a file, and name "
            "that: dabench reproduce RECORD.json --method FILE.py:CLASS. The source is then another, and the numbers "
            "say whether it computes the same."
        )
    if version != FILE:
        return UsageError(f"{recorded}: no plugin has the method {name!r}. It was of {origin} {version}: install that.")
    return UsageError(
        f"{recorded}: its method is the class of a file, {origin}, which is not installed. Name the file where it lies "
        f"now: dabench reproduce RECORD.json --method PATH/{origin}"
    )


def _suite_of(row: RunRow, settings: Mapping[str, Any], own: Suite | None) -> Suite:
    """A suite with the settings that were recorded, for this one run.

    With data of one's own all pairs are kept: together they decide how categorical columns are encoded.
    """
    derived = ("method", "options", "readout_version", "views")
    shared = {name: value for name, value in settings.items() if name not in derived}
    names = ("track", "metric", "selector")
    try:
        return Suite.model_validate(
            {
                **shared,
                **{name: row[name] for name in names},
                "name": row["suite"],
                "version": row["suite_version"],
                "seeds": [row["seed"]],
                "bounds": [],
                "methods": [{"method": row["method"], "options": settings["options"]}],
                "domains": own.domains if own else None,
                "pairs": [entry.pair for entry in own.pairs] if own else [f"{row['source']}:{row['target']}"],
            }
        )
    except ValidationError as error:
        raise UsageError(
            "this version of dabench does not know the settings of the record: "
            f"{option_errors(error, 'settings', Settings)}"
        ) from error


def reproduce(
    recorded: RecordedRun, plan: Plan, registry: Registry, options: RunOptions, on_event: Callable[[Event], None]
) -> Reproduction:
    """Carry out a plan of `plan_again` in a folder of its own, and compare.

    Raises:
        ResultsError: the temporary folder cannot be written.
    """
    with scratch() as folder:
        recorder = Recorder(plan, folder, registry)
        carry_out(recorder, options, on_event)
        (record,) = recorder.records
    return judge(recorded, record)


def judge(recorded: RecordedRun, record: RunRecord) -> Reproduction:
    """Compare a run with its repetition."""
    before, settings = recorded.row, {record.settings_sha256: record.settings}
    if recorded.settings is not None:
        settings[before["settings_sha256"]] = dict(recorded.settings)
    (now,) = rows_of(frame_of([flatten(record)]))
    found = changes([before], [now], settings)
    if all(before[name] == now[name] for name in NUMBERS):
        return Reproduction("identical", before, now, None, [change for change in found if change.known])
    known = before["data_sha256"] and now["data_sha256"]  # a run that failed early has none
    if known and before["data_sha256"] != now["data_sha256"]:
        return Reproduction("other data", before, now, None, found)
    scored = accuracies([now])
    if not scored or before["seed"] not in recorded.cell:
        return Reproduction("different", before, now, None, found)
    drop = measure_drop(recorded.cell, scored, before["test_rows"])
    noise = drop.rule != "none" and drop.low <= 0 <= drop.high
    return Reproduction("within noise" if noise else "different", before, now, drop, found)
