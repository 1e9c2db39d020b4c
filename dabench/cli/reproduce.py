"""`dabench reproduce`: run a recorded cell again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_suites
from dabench.cli.options import run_options
from dabench.cli.say import echo
from dabench.errors import UsageError

if TYPE_CHECKING:
    from dabench.cli.context import Context
    from dabench.results.cells import RunRow
    from dabench.runner.reproduce import RecordedRun, Reproduction
    from dabench.session.choices import RunChoices


@click.command("reproduce")
@click.argument("run", metavar="RECORD.json|RUN_ID")
@run_options("Where to look for a RUN_ID: a results folder, or a published .csv file.", device=None)
@click.option(
    "--suite",
    shell_complete=complete_suites,
    help="The file of the run's suite, where its data are your own and it is not in this folder.",
)
@click.option("--method", metavar="FILE.py:CLASS", help="The method of the run, where it is one of a file.")
@click.pass_obj
def command(context: Context, run: str, choices: RunChoices, suite: str | None, method: str | None) -> int:
    """Run a recorded run again: identical, within noise, or different, and the likely reason.

    RUN_ID is the beginning of a run's id. Exit code 1 if the numbers are different, or the data. Nothing is recorded.
    """
    from dabench.cli.session import open_session
    from dabench.cli.table import warn
    from dabench.config.suite_file import find_suite
    from dabench.runner.reproduce import find_recorded, plan_again, reproduce

    recorded = find_recorded(run, choices.directory, lambda flaws: warn(flaws, choices.directory))
    as_it_was = "cpu" if recorded.row["env_device"] == "cpu" else "cuda"
    named = [] if method is None else [method]
    session, names = open_session(context.registry, replace(choices, device=choices.device or as_it_was), named)
    if names not in ([], [recorded.row["method"]]):
        raise UsageError(f"--method {method} is {names[0]!r}, and the run is of {recorded.row['method']!r}.")
    own = find_suite(suite, session.registry) if suite else None
    with session.busy():
        plan = plan_again(recorded, session.registry, session.device_kind, own)
    with session.progress(plan.runs) as display:
        result = reproduce(recorded, plan, session.registry, session.options(), display.show)
    for line in _lines(recorded, result):
        echo(line)
    return 1 if result.verdict in ("different", "other data") else 0


def _lines(recorded: RecordedRun, result: Reproduction) -> list[str]:

    def state(row: RunRow) -> str:
        accuracy = row["accuracy_selected"]
        return str(row["status"]) if accuracy is None else f"{accuracy:.4f} ({row['status']})"

    before, now = result.recorded, result.now
    lines = [
        str(recorded),
        f"recorded  {state(before)}",
        f"now       {state(now)}",
        f"{result.verdict}: {_why(result)}",
    ]
    if result.verdict != "identical" and now["error"]:
        lines.append(f"error now: {now['error']}")
    title = "although it differs in" if result.verdict == "identical" else "likely reasons, the likeliest first"
    if result.changes:
        lines += [f"{title}:", *(f"  {change}" for change in result.changes)]
    elif result.verdict != "identical":
        lines.append(_nothing_recorded(result))
    return lines


def _why(result: Reproduction) -> str:
    if result.verdict == "identical":
        return "accuracies, metrics and predictions are the same to the bit"
    if result.verdict == "other data":
        return "the data are not those of the record, so the numbers cannot be compared"
    if result.drop is None:
        return "one of the two has no accuracy"
    if result.drop.noise is None:
        return "no other seed of the cell tells the size of the noise"
    from dabench.stats.regression import FALSE_ALARMS

    where = "in" if result.verdict == "within noise" else "outside"
    return f"{where} the {100 * (1 - 2 * FALSE_ALARMS):g} % prediction interval of the cell's seeds"


def _nothing_recorded(result: Reproduction) -> str:
    if result.recorded["run_id"] != result.now["run_id"]:
        return "likely reason: dabench has changed how it computes (NUMERICS_VERSION), or the kind of device"
    return (
        "nothing that is recorded differs: the method may draw random numbers of its own, or use an operation that is "
        "not deterministic"
    )
