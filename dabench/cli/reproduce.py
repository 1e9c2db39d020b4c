"""`dabench reproduce`: run a recorded cell again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dabench.cli.options import results_option
from dabench.cli.say import echo

if TYPE_CHECKING:
    from dabench.cli.context import Context
    from dabench.results.cells import Row
    from dabench.runner.reproduce import Recorded, Reproduction


@click.command("reproduce")
@click.argument("run", metavar="RECORD.json|RUN_ID")
@results_option("Where to look for a RUN_ID: a results folder, or a published .csv file.")
@click.option(
    "--suite", metavar="SUITE.yaml", help="The suite of the run, where its data are your own: it says where they lie."
)
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), help="Where to compute.  [default: as the run was]"
)
@click.pass_obj
def command(context: Context, run: str, directory: Path, suite: str | None, device: str | None) -> int:
    """Run a recorded run again: identical, within noise, or different, and the likely reason.

    RUN_ID is the beginning of a run's id. Exit code 1 if the numbers are different, or the data. Nothing is recorded.
    """
    from rich.console import Console

    from dabench.cli.progress import ProgressDisplay
    from dabench.cli.table import warn
    from dabench.config.suite_file import find_suite
    from dabench.device import resolve_device
    from dabench.planning.jobs import Options
    from dabench.runner.reproduce import find_recorded, plan_again, reproduce

    recorded = find_recorded(run, directory, lambda problems: warn(problems, directory))
    where = resolve_device(device or ("cpu" if recorded.row["env_device"] == "cpu" else "cuda"))
    console = Console(stderr=True)
    own = find_suite(suite, context.registry) if suite else None
    with console.status("preparing data"):
        plan = plan_again(recorded, context.registry, where.partition(":")[0], own)
    with ProgressDisplay(plan.runs, console) as display:
        result = reproduce(recorded, plan, context.registry, Options(device=where), display.show)
    for line in _lines(recorded, result):
        echo(line)
    return 1 if result.verdict in ("different", "other data") else 0


def _lines(recorded: Recorded, result: Reproduction) -> list[str]:

    def state(row: Row) -> str:
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
    title = "although it differs in" if result.verdict == "identical" else "likely reasons, first things first"
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
        return "no other seed of the cell is there to tell how large the noise is"
    from dabench.stats.regression import ALPHA

    where = "in" if result.verdict == "within noise" else "outside"
    return f"{where} the {100 * (1 - 2 * ALPHA):g} % prediction interval of the cell's seeds"


def _nothing_recorded(result: Reproduction) -> str:
    if result.recorded["run_id"] != result.now["run_id"]:
        return "likely reason: dabench has changed how it computes (NUMERICS_VERSION), or the kind of device"
    return (
        "nothing that is recorded differs: the method may draw random numbers of its own, or use an operation that is "
        "not deterministic"
    )
